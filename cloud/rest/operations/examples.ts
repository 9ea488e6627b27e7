import { exampleIds } from "./example-ids";
import type { RowWithBody } from "./index";
import type { Operation } from "./operation";

const day = { from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z" } as const;
const property = {
  name: "Temperature",
  variable_name: "temperature",
  type: "TEMPERATURE_C",
  permission: "READ_ONLY",
  update_strategy: "ON_CHANGE",
  update_parameter: 0.5,
} as const;
const widget = {
  id: exampleIds.fresh,
  name: "Temperature",
  type: "Gauge",
  options: { max: 40 },
  x: 0,
  y: 0,
  width: 4,
  height: 3,
  variables: [exampleIds.property],
} as const;
const dashboard = { name: "Greenhouse", widgets: [widget] } as const;
const overrides = {
  overrides: [{ old_thing_id: exampleIds.thing, new_thing_id: exampleIds.otherThing }],
} as const;
const email = {
  name: "Tell me",
  kind: "NOTIFY-EMAIL",
  email: {
    subject: { expression: "The door is open" },
    body: {
      expression: "Hello {{who}}, somebody opened the door.",
      variables: [{ placeholder: "who", entity: "RECIPIENT", attribute: "USERNAME" }],
    },
    delivery: { to: [{ id: exampleIds.user }] },
  },
} as const;
const trigger = { name: "Door open", property_id: exampleIds.property, active: true, actions: [email] } as const;
const tag = { key: "floor", value: "1" } as const;
const secretKey = { password: "a secret key of mine" } as const;
const csr = "-----BEGIN CERTIFICATE REQUEST-----\n…\n-----END CERTIFICATE REQUEST-----" as const;

/**
 * A body of each operation that has one, as somebody might send it: what the form of manage inserts and
 * docs/operations.md shows. Ids are those of `exampleIds`.
 */
const bodyExamples = {
  "things_v2#create": { name: "Greenhouse", timezone: "Europe/Rome", properties: [property], tags: [tag] },
  "things_v2#update": { name: "Greenhouse", timezone: "Europe/Rome" },
  "things_v2#clone": { name: "Second greenhouse", include_tags: true },
  "things_v2#createSketch": { sketch_version: "v2" },
  "things_v2#updateSketch": { sketch_version: "v2" },
  "things_v2_tags#upsert": tag,
  "properties_v2#create": property,
  "properties_v2#update": property,
  "properties_v2#publish": { value: 21.3 },
  "properties_v2#publishBatch": [
    { timestamp: "2026-03-01T12:00:00Z", value: 21.3 },
    { timestamp: "2026-03-01T12:05:00Z", value: 21.5 },
  ],
  "properties_v2#publishMulti": { properties: [{ property: "temperature", value: 21.3 }], to_device: true },
  "series_v2#batch_query": {
    resp_version: 1,
    requests: [{ q: `property.${exampleIds.property}`, ...day, aggregation: "AVG", interval: 3_600 }],
  },
  "series_v2#batch_query_raw": {
    resp_version: 1,
    requests: [{ q: `property.${exampleIds.property}`, ...day, series_limit: 1_000, sort: "ASC" }],
  },
  "series_v2#batch_query_raw_last_value": {
    requests: [{ thing_id: exampleIds.thing, property_id: exampleIds.property }],
  },
  "series_v2#batch_query_sampling": {
    resp_version: 1,
    requests: [{ q: `property.${exampleIds.property}`, ...day, interval: 3_600 }],
  },
  "series_v2#historic_data": { ...day, properties: [exampleIds.property] },
  "devices_v2#create": { type: "giga", name: "Greenhouse-board", connection_type: "wifi" },
  "devices_v2#update": { name: "Greenhouse-board" },
  "devices_v2#updateProperties": { properties: [{ name: "temperature", type: "infer", value: 21.3 }], input: true },
  "devices_v2#createClaimed": {
    type: "giga",
    name: "Claimed-board",
    unique_hardware_id: "0123456789abcdef".repeat(4),
    user_id: exampleIds.user,
  },
  "devices_v2_pass#check": secretKey,
  "devices_v2_pass#set": secretKey,
  "devices_v2_tags#upsert": tag,
  "devices_v2_certs#create": { csr, enabled: true, ca: "Arduino_v2" },
  "devices_v2_certs#update": { enabled: false },
  "devices_v2_ota#upload": { ota_file: "/data/sketch.ota", async: true, expire_in_mins: 10 },
  "devices_v2_ota#send": { binary_key: "ota/user/sketch.ota", async: true },
  "devices_v2_ota#url": { binary_key: "ota/user/sketch.ota" },
  "lora_devices_v1#create": {
    app: "defaultApp",
    eui: "a1b2c3d4e5f60718",
    frequency_plan: "EU_863_870_TTN",
    name: "Field",
    type: "mkrwan1310",
    user_id: "me",
  },
  "dashboards_v3#create": dashboard,
  "dashboards_v3#patch": { name: "Greenhouse-2" },
  "dashboards_v3#update": dashboard,
  "dashboards_v3#clone": overrides,
  "dashboards_v2#create": dashboard,
  "dashboards_v2#patch": { name: "Greenhouse-2" },
  "dashboards_v2#update": dashboard,
  "dashboards_v2#clone": overrides,
  "dashboards_v2#requestAccess": { message: "May I see it?" },
  "dashboards_v2#share": { user_id: exampleIds.otherUser },
  "dashboards_v2#link": { variables: [exampleIds.property] },
  "triggers_v1#create": trigger,
  "triggers_v1#patch": { active: false },
  "triggers_v1#update": {
    name: "Boards away",
    device_status_source: { criteria: "INCLUDE", device_ids: [exampleIds.device], grace_period_offline: 60 },
  },
  "triggers_v1#unsubscribe": { recipients: [exampleIds.otherUser] },
  "actions_v1#create": { ...email, trigger_id: exampleIds.trigger },
  "actions_v1#update": { name: "Tell me by mail" },
  "actions_v1#Unsubscribe": { recipients: [exampleIds.otherUser] },
  "templates#apply": { template_name: "remote-controlled-lights", prefix_name: "Attic" },
} as const satisfies Record<RowWithBody["id"], unknown>;

/** Returns the example of an operation's body; `undefined` where it has none. */
export function bodyExampleOf({ id }: Operation): unknown {
  return (bodyExamples as Readonly<Record<string, unknown>>)[id];
}
