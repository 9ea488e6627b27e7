import { randomBytes } from "node:crypto";
import { textOf, type Field } from "../fields";
import type { Call, Route } from "../route";
import { checkPlan, refuse } from "../resource-helpers";
import type { View } from "../views";

/** Frequency plans (docs/protocol.md#lora). */
const plans = [
  ...["EU_863_870_TTN", "US_902_928_FSB_2", "EU_433", "AU_915_928_FSB_2", "CN_470_510_FSB_11", "AS_920_923"],
  ...["AS_920_923_TTN_AU", "AS_923_925", "AS_923_925_TTN_AU", "KR_920_923_TTN", "IN_865_867"],
];

const eui: Field = { kind: "string", pattern: /[0-9a-z]{16}/ };

/** Makes a LoRa device, which is a device like others too (docs/protocol.md#lora). */
function create(call: Call): View {
  const { store, scope, body } = call;
  if (body.user_id !== "me" && body.user_id !== scope.userId) refuse("body.user_id must be your own or me");
  const taken = [...store.devices.values()].some((device) => device.eui === body.eui && !device.deleted_at);
  if (taken) refuse(`a device with the EUI ${textOf(body.eui)} exists`);
  checkPlan(call, "devices");
  const device = store.createDevice(
    {
      name: textOf(body.name),
      type: textOf(body.type),
      serial: textOf(body.serial),
      connection_type: "lora",
      eui: textOf(body.eui),
    },
    scope,
  );
  return {
    device_id: device.id,
    eui: body.eui,
    app_eui: body.app_eui ?? randomBytes(8).toString("hex"),
    app_key: body.app_key ?? randomBytes(8).toString("hex"),
  };
}

/** LoRa devices and frequency plans; the paths end with a slash (docs/protocol.md#lora). */
export const loraRoutes: readonly Route[] = [
  {
    method: "PUT",
    path: "/iot/v1/lora-devices/",
    answers: "loradevicev1",
    success: 201,
    body: {
      app: { kind: "string", required: true },
      eui: { ...eui, required: true },
      frequency_plan: { kind: "string", required: true, values: plans },
      name: { kind: "string", required: true },
      type: { kind: "string", required: true, values: ["lora-device", "mkrwan1300", "mkrwan1310"] },
      user_id: { kind: "string", required: true },
      app_eui: eui,
      app_key: eui,
      serial: { kind: "string" },
    },
    handle: create,
  },
  {
    method: "GET",
    path: "/iot/v1/lora-freq-plans/",
    answers: "lorafreqplansv1",
    handle: () => ({
      frequency_plans: plans.map((id) => ({ id, name: id.replaceAll("_", " "), advanced: !id.endsWith("TTN") })),
    }),
  },
];
