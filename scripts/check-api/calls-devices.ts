import type { Call } from "./call";

/** The boards that things need. */
export const boards: readonly Call[] = [
  {
    id: "devices_v2#create",
    request: () => ({ body: { type: "giga", name: "Board", fqbn: "arduino:mbed_giga:giga", connection_type: "wifi" } }),
    keeps: { device: "id" },
  },
  { id: "devices_v2_tags#upsert", request: ({ device }) => ({ path: { id: device }, body: { key: "a", value: "b" } }) },
];

/** Devices with all that belongs to them, network credentials and LoRa. */
export const devices: readonly Call[] = [
  { id: "devices_v2#list", request: () => ({ query: { tags: "a:b" } }) },
  { id: "devices_v2#show", request: ({ device }) => ({ path: { id: device } }) },
  { id: "devices_v2#update", request: ({ device }) => ({ path: { id: device }, body: { name: "Board-2" } }) },
  { id: "devices_v2#getEvents", request: ({ device }) => ({ path: { id: device } }) },
  { id: "devices_v2#getProperties", request: ({ device }) => ({ path: { id: device } }) },
  {
    id: "devices_v2#updateProperties",
    request: ({ device }) => ({
      path: { id: device },
      body: { properties: [{ name: "level", type: "infer", value: 2 }] },
    }),
  },
  {
    id: "devices_v2#timeseries",
    request: ({ device, level }) => ({ path: { id: device, pid: level }, query: { limit: "1" } }),
  },
  { id: "devices_v2#GetStatusEvents", request: ({ device }) => ({ path: { id: device } }) },
  {
    id: "devices_v2#createClaimed",
    request: ({ user }) => ({ body: { type: "giga", unique_hardware_id: "a".repeat(64), user_id: user } }),
    keeps: { claimed: "id" },
  },
  { id: "devices_v2#removeHardwareID", request: ({ claimed }) => ({ path: { id: claimed } }) },
  {
    id: "devices_v2_pass#get",
    request: ({ device }) => ({ path: { id: device }, query: { suggested_password: "true" } }),
  },
  {
    id: "devices_v2_pass#set",
    request: ({ device }) => ({ path: { id: device }, body: { password: "a-Secret-key-1" } }),
  },
  {
    id: "devices_v2_pass#check",
    request: ({ device }) => ({ path: { id: device }, body: { password: "a-Secret-key-1" } }),
  },
  { id: "devices_v2_pass#delete", request: ({ device }) => ({ path: { id: device } }) },
  { id: "devices_v2_tags#list", request: ({ device }) => ({ path: { id: device } }) },
  { id: "devices_v2_tags#delete", request: ({ device }) => ({ path: { id: device, key: "a" } }) },
  {
    id: "devices_v2_certs#create",
    request: ({ device, csr }) => ({ path: { id: device }, body: { csr, enabled: true, ca: "Arduino_v2" } }),
    keeps: { certificate: "id" },
  },
  { id: "devices_v2_certs#list", request: ({ device }) => ({ path: { id: device } }) },
  { id: "devices_v2_certs#show", request: ({ device, certificate }) => ({ path: { id: device, cid: certificate } }) },
  {
    id: "devices_v2_certs#update",
    request: ({ device, certificate }) => ({ path: { id: device, cid: certificate }, body: { enabled: false } }),
  },
  { id: "devices_v2_certs#delete", request: ({ device, certificate }) => ({ path: { id: device, cid: certificate } }) },
  {
    id: "devices_v2_ota#upload",
    request: ({ device }) => ({ path: { id: device }, body: { ota_file: Buffer.from("firmware") } }),
  },
  {
    id: "devices_v2_ota#send",
    request: ({ claimed }) => ({ path: { id: claimed }, body: { binary_key: "ota/user/file.ota" } }),
  },
  {
    id: "devices_v2_ota#url",
    request: ({ device }) => ({ path: { id: device }, body: { binary_key: "ota/user/file.ota" } }),
  },
  { id: "network_credentials_v1#show", request: () => ({ path: { type: "giga" }, query: { connection: "wifi" } }) },
  { id: "network_credentials_v1#showByDevice", request: () => ({ path: { type: "mkrwan1310" } }) },
  { id: "lora_freq_plan_v1#list", request: () => ({}) },
  {
    id: "lora_devices_v1#create",
    request: () => ({
      body: {
        ...{ app: "defaultApp", eui: "0123456789abcdef", frequency_plan: "EU_863_870_TTN", name: "Field" },
        ...{ type: "mkrwan1310", user_id: "me" },
      },
    }),
  },
];
