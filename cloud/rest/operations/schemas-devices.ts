import type { Fields } from "./operation";

/** Bodies for devices, by their official names (docs/protocol.md#models). */

const needed = { required: true } as const;
const keyName = { type: "string", maxLength: 64, pattern: "[a-zA-Z0-9_.@-]+" } as const;
const flag = { type: "boolean" } as const;
const text = { type: "string" } as const;

/** Kinds of connection of boards (docs/protocol.md#things-and-devices). */
export const connections = ["wifi", "eth", "wifiandsecret", "gsm", "nb", "lora", "catm1", "cellular"] as const;

const programmable = [
  ...["mkrwifi1010", "mkr1000", "nano_33_iot", "mkrgsm1400", "mkrnb1500", "login_and_secretkey_wifi", "envie_m7"],
  ...["nanorp2040connect", "nicla_vision", "opta", "giga", "portenta_c33", "unor4wifi", "nano_nora"],
] as const;
const loraBoards = ["lora-device", "mkrwan1300", "mkrwan1310"] as const;

/** The types of devices that can be created. */
const deviceTypes = [...programmable, "phone", "portenta_x8", "generic_device_secretkey", "unoq"] as const;

/** The types of boards whose network credentials are known. */
export const credentialTypes = [...programmable, ...loraBoards] as const;

const deviceType = { type: "string", values: deviceTypes, grows: true } as const;
const hardwareId = { type: "string", minLength: 64, maxLength: 64 } as const;
const csr = { type: "string", maxLength: 1_024, note: "a signing request in PEM" } as const;
const binaryKey = { type: "string", pattern: "^ota/[a-zA-Z0-9_-]+/[a-zA-Z0-9_-]+.ota$" } as const;
const secretKey = { type: "string", secret: true, note: "the secret key" } as const;
const loraKey = { type: "string", pattern: "[0-9a-z]{16}" } as const;

const deviceFields = {
  ble_mac: {
    type: "string",
    minLength: 17,
    maxLength: 17,
    pattern: "^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}",
    note: "AA:BB:CC:DD:EE:FF",
  },
  connection_type: { type: "string", values: connections, grows: true },
  fqbn: text,
  locked: { type: "boolean", note: "whether nobody else can claim it" },
  name: keyName,
  // Arduino's command line tool sends a blank one with each generic device.
  serial: { ...keyName, blank: true },
  unique_hardware_id: hardwareId,
  user_id: { type: "uuid", note: "the owner of the API key where absent" },
  wifi_fw_version: {
    type: "string",
    maxLength: 10,
    pattern: "^(0|[1-9]\\d*)(\\.(0|[1-9]\\d*)){2}(-[0-9a-zA-Z.-]+)?(\\+[0-9a-zA-Z.-]+)?$",
    note: "as 1.2.3",
  },
} as const satisfies Fields;

const otaOptions = {
  async: { type: "boolean", default: true, note: "false: the answer waits for the device" },
  expire_in_mins: { type: "integer", default: 10, note: "how long the device may take to fetch it" },
} as const satisfies Fields;

export const deviceSchemas = {
  CreateDevicesV2Payload: {
    type: { ...deviceType, ...needed },
    ...deviceFields,
    soft_deleted: { type: "boolean", default: false },
  },
  devicev2: {
    type: deviceType,
    ...deviceFields,
    soft_deleted: { type: "boolean", default: false, note: "false restores a deleted device" },
  },
  CreateClaimedDevicesV2Payload: {
    type: { ...deviceType, ...needed },
    ...deviceFields,
    ID: { type: "uuid" },
    unique_hardware_id: { ...hardwareId, ...needed },
    user_id: { type: "uuid", ...needed },
  },
  propertiesValues: {
    properties: { type: "list", items: { type: "object", schema: "propertiesValue" }, ...needed },
    input: { type: "boolean", default: false, note: "true: to the device" },
  },
  propertiesValue: {
    name: { type: "string", ...needed },
    type: { type: "string", values: ["infer", "base64", "hex", "json"], default: "infer", ...needed },
    value: { type: "any", ...needed },
  },
  "devicev2.pass": { password: secretKey },
  CheckDevicesV2PassPayload: { password: { ...secretKey, ...needed } },
  CreateDevicesV2CertsPayload: {
    csr: { ...csr, ...needed },
    enabled: { type: "boolean", ...needed },
    ca: { type: "string", note: "the authority that signs, such as Arduino_v2" },
  },
  "devicev2.cert": { ca: text, csr, enabled: flag },
  devices_v2_ota_upload_request: {
    ota_file: { type: "file", note: "a binary in Arduino's .ota format", ...needed },
    ...otaOptions,
  },
  "devicev2.otabinaryurl": { binary_key: { ...binaryKey, ...needed }, ...otaOptions },
  "devicev2.otaurlpyalod": {
    binary_key: binaryKey,
    sha256: { type: "string", pattern: "^[a-fA-F0-9]{64}$" },
    user_id: { type: "uuid" },
  },
  CreateLoraDevicesV1Payload: {
    app: { type: "string", note: "such as defaultApp", ...needed },
    eui: { ...loraKey, ...needed },
    frequency_plan: {
      type: "string",
      values: [
        ...["EU_863_870_TTN", "EU_433", "US_902_928_FSB_2", "AU_915_928_FSB_2", "CN_470_510_FSB_11", "AS_920_923"],
        ...["AS_920_923_TTN_AU", "AS_923_925", "AS_923_925_TTN_AU", "KR_920_923_TTN", "IN_865_867"],
      ],
      grows: true,
      ...needed,
    },
    name: { type: "string", ...needed },
    type: { type: "string", values: loraBoards, grows: true, ...needed },
    user_id: { type: "string", note: "a user id, or me", ...needed },
    app_eui: loraKey,
    app_key: { ...loraKey, secret: true },
    serial: text,
  },
} as const satisfies Record<string, Fields>;
