import type { Fields } from "./operation";

/** Bodies of requests (rest-api 8), by their official names. */

const name = { type: "string", maxLength: 64, pattern: "^[a-zA-Z0-9_. -]+$" } as const;
const tagText = { type: "string", maxLength: 64, pattern: "^[a-zA-Z0-9_.@-]+$", required: true } as const;
const assistant = { type: "string", values: ["ALEXA", "GOOGLE", "NONE"] } as const;
const sketchVersion = { type: "string", values: ["v1", "v2"] } as const;
const query = { type: "string", required: true, note: "property.<id> or thing.<id>" } as const;
const version = { type: "integer", required: true, note: "1" } as const;
const needed = { required: true } as const;

/** How the service may condense numbers and booleans (rest-api 7, History). */
export const aggregations = [
  "AVG",
  "MIN",
  "MAX",
  "SUM",
  "COUNT",
  "PCT_99",
  "PCT_95",
  "PCT_90",
  "PCT_75",
  "PCT_50",
  "PCT_15",
  "PCT_5",
  "BOOL_OR",
  "BOOL_AND",
] as const;

const thingFields = {
  assistant,
  device_id: { type: "uuid", note: "the device to bind" },
  id: { type: "uuid" },
  name,
  properties: { type: "list", items: { type: "object", schema: "property" } },
  webhook_active: { type: "boolean" },
  webhook_uri: { type: "string" },
} as const;

const keyName = { type: "string", maxLength: 64, pattern: "[a-zA-Z0-9_.@-]+" } as const;
const boards = [
  ...["mkrwifi1010", "mkr1000", "nano_33_iot", "mkrgsm1400", "mkrnb1500", "login_and_secretkey_wifi", "envie_m7"],
  ...["nanorp2040connect", "nicla_vision", "phone", "portenta_x8", "opta", "giga", "generic_device_secretkey"],
  ...["portenta_c33", "unor4wifi", "nano_nora", "unoq"],
] as const;
const connections = ["wifi", "eth", "wifiandsecret", "gsm", "nb", "lora", "catm1", "cellular"] as const;

const deviceFields = {
  ble_mac: { type: "string", maxLength: 17, pattern: "^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}" },
  connection_type: { type: "string", values: connections },
  fqbn: { type: "string" },
  locked: { type: "boolean", note: "whether nobody else can claim it" },
  name: keyName,
  serial: keyName,
  unique_hardware_id: { type: "string", maxLength: 64, note: "64 characters" },
  user_id: { type: "uuid", note: "the owner of the API key where absent" },
  wifi_fw_version: { type: "string", maxLength: 10 },
} as const;

export const schemas = {
  ThingCreate: {
    ...thingFields,
    tags: { type: "list", items: { type: "object", schema: "tag" } },
    timezone: { type: "string", default: "America/New_York" },
  },
  thingUpdate: {
    ...thingFields,
    soft_deleted: { type: "boolean", default: false, note: "false restores a deleted thing" },
    timezone: { type: "string" },
  },
  ThingClone: { name: { ...name, ...needed }, include_tags: { type: "boolean" } },
  thingSketch: { sketch_version: sketchVersion },
  updateSketch: { sketch_version: sketchVersion },
  tag: { key: tagText, value: tagText },
  property: {
    name: { type: "string", ...needed },
    permission: { type: "string", values: ["READ_ONLY", "READ_WRITE"], ...needed },
    type: { type: "property-type", ...needed },
    update_strategy: { type: "string", values: ["ON_CHANGE", "TIMED"], ...needed },
    max_value: { type: "number" },
    min_value: { type: "number" },
    persist: { type: "boolean", default: true, note: "whether history is stored" },
    tag: { type: "integer" },
    update_parameter: { type: "number", note: "seconds for TIMED, least change for ON_CHANGE" },
    variable_name: { type: "string", maxLength: 64, pattern: "^[a-zA-Z_][a-zA-Z0-9_]*$" },
  },
  propertyValue: {
    value: { type: "any", ...needed },
    device_id: { type: "uuid", note: "given: the value comes from this device; absent: it goes to the device" },
  },
  propertyValues: {
    properties: { type: "list", minItems: 1, items: { type: "object", schema: "propertyDefinition" }, ...needed },
    to_device: { type: "boolean", default: false, note: "true: to the device; false: as if the device had sent it" },
  },
  propertyDefinition: { property: { type: "string", ...needed }, value: { type: "any", ...needed } },
  propertyTimedValue: { timestamp: { type: "time", ...needed }, value: { type: "any", ...needed } },
  BatchQueryRequestsMediaV1: {
    requests: { type: "list", items: { type: "object", schema: "BatchQueryRequestMediaV1" }, ...needed },
    resp_version: version,
  },
  BatchQueryRequestMediaV1: {
    from: { type: "time", ...needed },
    q: query,
    to: { type: "time", ...needed },
    aggregation: { type: "string", values: aggregations, note: "AVG, for booleans BOOL_OR, where absent" },
    interval: { type: "integer", maximum: 86_400, note: "seconds" },
    series_limit: { type: "integer", default: 300, maximum: 10_000, note: "at most 1000 for a property" },
  },
  BatchQueryRawRequestsMediaV1: {
    requests: { type: "list", items: { type: "object", schema: "BatchQueryRawRequestMediaV1" }, ...needed },
    resp_version: version,
  },
  BatchQueryRawRequestMediaV1: {
    q: query,
    from: { type: "time" },
    series_limit: { type: "integer", default: 1_000, maximum: 10_000, note: "at most 1000 for a property" },
    sort: { type: "string", values: ["ASC", "DESC"], default: "DESC" },
    to: { type: "time" },
  },
  BatchQuerySampledRequestsMediaV1: {
    requests: { type: "list", items: { type: "object", schema: "BatchQuerySampledRequestMediaV1" }, ...needed },
    resp_version: version,
  },
  BatchQuerySampledRequestMediaV1: {
    q: { ...query, note: "property.<id>" },
    from: { type: "time", note: "24 hours ago where absent" },
    interval: { type: "integer", default: 300, minimum: 60, maximum: 86_400, note: "seconds" },
    series_limit: { type: "integer", default: 300, maximum: 1_000 },
    to: { type: "time", note: "now where absent" },
  },
  BatchLastValueRequestsMediaV1: {
    requests: { type: "list", items: { type: "object", schema: "BatchQueryRawLastValueRequestMediaV1" }, ...needed },
  },
  BatchQueryRawLastValueRequestMediaV1: {
    property_id: { type: "uuid", ...needed },
    thing_id: { type: "uuid", ...needed },
  },
  HistoricDataRequest: {
    from: { type: "time", ...needed },
    properties: { type: "list", minItems: 1, items: { type: "uuid" }, ...needed },
    to: { type: "time", ...needed },
  },
  CreateDevicesV2Payload: {
    type: { type: "string", values: boards, ...needed },
    ...deviceFields,
    soft_deleted: { type: "boolean", default: false },
  },
  devicev2: {
    type: { type: "string", values: boards },
    ...deviceFields,
    soft_deleted: { type: "boolean", default: false, note: "false restores a deleted device" },
  },
  CreateClaimedDevicesV2Payload: {
    type: { type: "string", values: boards, ...needed },
    ...deviceFields,
    ID: { type: "uuid" },
    unique_hardware_id: { type: "string", maxLength: 64, note: "64 characters", ...needed },
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
  "devicev2.pass": { password: { type: "string", note: "the secret key" } },
  CheckDevicesV2PassPayload: { password: { type: "string", note: "the secret key", ...needed } },
} as const satisfies Record<string, Fields>;
