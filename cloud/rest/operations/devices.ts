import type { Operation } from "./operation";

const root = "/iot/v2/devices";
const common = { resource: "devices", query: {} } as const;

/** Devices: rest-api 6, "Devices". */
export const devices = [
  {
    ...common,
    id: "devices_v2#list",
    client: "devicesV2List",
    name: "list",
    verb: "GET",
    path: root,
    summary: "Lists the devices.",
    pathFields: {},
    query: {
      across_user_ids: { type: "boolean", default: false },
      serial: { type: "string" },
      show_deleted: { type: "boolean", default: false },
      tags: { type: "list", items: { type: "string", maxLength: 129 }, note: "key:value; all must match" },
      unique_hardware_id: { type: "string" },
    },
    answer: "json",
    safe: true,
  },
] as const satisfies readonly Operation[];
