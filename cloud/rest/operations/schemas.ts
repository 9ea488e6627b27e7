import { propertyTypeRows } from "../../property-types/table";
import type { Fields, PathField, Field } from "./operation";
import { credentialTypes, deviceSchemas } from "./schemas-devices";
import { dashboardSchemas } from "./schemas-dashboards";
import { triggerSchemas } from "./schemas-triggers";

/** Bodies of requests (docs/protocol.md#models), by their official names. */

const name = { type: "string", maxLength: 64, pattern: "^[a-zA-Z0-9_. -]+$" } as const;
const tagText = { type: "string", maxLength: 64, pattern: "^[a-zA-Z0-9_.@-]+$", required: true } as const;
const assistant = { type: "string", values: ["ALEXA", "GOOGLE", "NONE"], grows: true } as const;
const sketchVersion = { type: "string", values: ["v1", "v2"], grows: true } as const;
const propertyType = { type: "string", values: propertyTypeRows.map(([type]) => type), grows: true } as const;
const query = { type: "string", required: true, note: "property.<id> or thing.<id>" } as const;
const version = { type: "integer", required: true, note: "1" } as const;
const needed = { required: true } as const;
const id = { type: "string" } as const;

/** Ways in which the service can aggregate numbers (docs/protocol.md#history). */
const numberAggregations = [
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
] as const;

/** The ways in which a query condenses numbers. */
export const numericAggregation = { type: "string", values: numberAggregations, grows: true } as const;

const aggregation = { ...numericAggregation, values: [...numberAggregations, "BOOL_OR", "BOOL_AND"] } as const;

const thingFields = {
  assistant,
  device_id: { type: "uuid", note: "the device to bind" },
  id: { type: "uuid" },
  name,
  properties: { type: "list", items: { type: "object", schema: "property" } },
  webhook_active: { type: "boolean" },
  webhook_uri: { type: "string" },
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
    type: { ...propertyType, ...needed },
    update_strategy: { type: "string", values: ["ON_CHANGE", "TIMED"], ...needed },
    max_value: { type: "number" },
    min_value: { type: "number" },
    persist: { type: "boolean", default: true, note: "whether history is stored" },
    tag: { type: "integer" },
    update_parameter: { type: "number", note: "seconds for TIMED, least change for ON_CHANGE" },
    variable_name: {
      type: "string",
      maxLength: 64,
      pattern: "^[a-zA-Z_][a-zA-Z0-9_]*$",
      note: "letters, digits and _, no digit first",
    },
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
    aggregation: { ...aggregation, note: "AVG, for booleans BOOL_OR, where absent" },
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
  ...deviceSchemas,
  ...dashboardSchemas,
  ...triggerSchemas,
} as const satisfies Record<string, Fields>;

/** Fields of the parameters of paths. Ids are UUIDs (docs/protocol.md#conventions), but only the service knows them. */
export const pathFormats: Readonly<Record<PathField, Field>> = {
  thing: id,
  property: id,
  sketch: id,
  tag: { type: "string", maxLength: 64, pattern: "^[a-zA-Z0-9_.@-]+$" },
  device: id,
  certificate: id,
  dashboard: id,
  user: id,
  widget: id,
  trigger: id,
  action: id,
  type: { type: "string", values: credentialTypes, grows: true },
};
