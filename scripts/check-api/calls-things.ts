import type { Call } from "./call";

const window = { from: "2026-01-01T00:00:00Z", to: "2036-01-02T00:00:00Z" };
const property = (variable_name: string, type: string): object => ({
  ...{ name: variable_name, variable_name, type, permission: "READ_WRITE", update_strategy: "ON_CHANGE" },
});

/** Things with all that belongs to them. */
export const things: readonly Call[] = [
  {
    id: "things_v2#create",
    request: ({ device }) => ({
      body: {
        ...{ name: "Pump house", device_id: device, assistant: "NONE", webhook_uri: "http://localhost/hook" },
        properties: [property("level", "FLOAT"), property("on", "STATUS"), property("note", "CHARSTRING")],
      },
    }),
    keeps: { thing: "id", level: "properties.0.id", on: "properties.1.id", note: "properties.2.id" },
  },
  { id: "things_v2#list", request: () => ({ query: { show_properties: "true", show_deleted: "true" } }) },
  { id: "things_v2#show", request: ({ thing }) => ({ path: { id: thing } }) },
  { id: "things_v2#update", request: ({ thing }) => ({ path: { id: thing }, body: { timezone: "Europe/Rome" } }) },
  {
    id: "things_v2_tags#upsert",
    request: ({ thing }) => ({ path: { id: thing }, body: { key: "floor", value: "1" } }),
  },
  { id: "things_v2_tags#list", request: ({ thing }) => ({ path: { id: thing } }) },
  {
    id: "things_v2#createSketch",
    request: ({ thing }) => ({ path: { id: thing }, body: { sketch_version: "v2" } }),
    keeps: { sketch: "sketch_id" },
  },
  {
    id: "things_v2#updateSketch",
    request: ({ thing, sketch }) => ({ path: { id: thing, sketchId: sketch }, body: { sketch_version: "v2" } }),
  },
  { id: "things_v2#template", request: ({ thing }) => ({ path: { id: thing } }) },
  { id: "things_v2#deleteSketch", request: ({ thing }) => ({ path: { id: thing } }) },
  {
    id: "things_v2#clone",
    request: ({ thing }) => ({ path: { id: thing }, body: { name: "Copy", include_tags: true } }),
    keeps: { copy: "id" },
  },
  {
    id: "properties_v2#create",
    request: ({ thing }) => ({ path: { id: thing }, body: { ...property("spare", "INT"), max_value: 5, tag: 3 } }),
    keeps: { spare: "id" },
  },
  {
    id: "properties_v2#update",
    request: ({ thing, spare }) => ({ path: { id: thing, pid: spare }, body: property("spare", "INT") }),
  },
  {
    id: "properties_v2#publish",
    request: ({ thing, level, device }) => ({
      path: { id: thing, pid: level },
      body: { value: 1.5, device_id: device },
    }),
  },
  {
    id: "properties_v2#publishMulti",
    request: ({ thing }) => ({ path: { id: thing }, body: { properties: [{ property: "on", value: true }] } }),
  },
  {
    id: "properties_v2#publishBatch",
    request: ({ thing, note }) => ({ path: { id: thing, pid: note }, body: [{ timestamp: window.from, value: "hi" }] }),
  },
  { id: "properties_v2#list", request: ({ thing }) => ({ path: { id: thing } }) },
  { id: "properties_v2#show", request: ({ thing, level }) => ({ path: { id: thing, pid: level } }) },
  {
    id: "properties_v2#timeseries",
    request: ({ thing, level }) => ({ path: { id: thing, pid: level }, query: { aggregation: "MAX" } }),
  },
  { id: "property_types_v1#listTypes", request: () => ({}) },
];

/** History. */
export const series: readonly Call[] = [
  {
    id: "series_v2#batch_query",
    request: ({ thing }) => ({
      body: {
        resp_version: 1,
        requests: [{ q: `thing.${thing ?? ""}`, ...window, aggregation: "AVG", interval: 86_400 }],
      },
    }),
  },
  {
    id: "series_v2#batch_query_raw",
    request: ({ thing }) => ({ body: { resp_version: 1, requests: [{ q: `thing.${thing ?? ""}`, ...window }] } }),
  },
  {
    id: "series_v2#batch_query_raw_last_value",
    request: ({ thing, level }) => ({ body: { requests: [{ thing_id: thing, property_id: level }] } }),
  },
  {
    id: "series_v2#batch_query_sampling",
    request: ({ note }) => ({ body: { resp_version: 1, requests: [{ q: `property.${note ?? ""}`, ...window }] } }),
  },
  { id: "series_v2#historic_data", request: ({ level }) => ({ body: { ...window, properties: [level] } }) },
];
