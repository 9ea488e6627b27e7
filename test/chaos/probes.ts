/** What is asked for while answers are wrong: each row asks for one kind of answer through one node. */
import { accountOf, type FlowNode, flowTab, propertyIn, propertyOut, tab } from "../support/flows";
import type { House } from "../support/simulated-account";

/** One kind of answer, and what makes a node ask for it. */
export interface Probe {
  name: string;
  /** Id of the node that is asked. */
  node: string;
  /** What its message holds. */
  message: Record<string, unknown>;
  /** The path whose answer is changed. */
  match: RegExp;
  method?: string;
  /** Done before each message, so that what is known already is asked for again. */
  before?: (house: House) => void;
}

/** Ids of what the probes ask for. */
export interface ProbeIds {
  trigger: string;
  dashboard: string;
}

const place = { z: tab, x: 100, y: 100 };
const things = /\/iot\/v2\/things$/;
const oneThing = /\/iot\/v2\/things\/[^/]+$/;

/** Returns a node that reads an hour of history. */
const history = (id: string, more: object): FlowNode => ({
  id,
  type: "arduino-cloud-history",
  ...place,
  account: "account",
  thing: "",
  property: "",
  from: "-1h",
  wires: [[]],
  ...more,
});

/** Returns a flow with every node that asks for something, its account at a pace that keeps no one waiting. */
export function probesFlow(house: House): FlowNode[] {
  const account = { requestsPerSecond: 1_000, messagesPerSecond: 1_000 };
  const ask = { ...place, account: "account", wires: [[]] };
  return [
    flowTab,
    accountOf(house, account),
    { ...ask, id: "get", type: "arduino-cloud-property-get", thing: "", property: "" },
    { ...ask, id: "manage", type: "arduino-cloud-manage", resource: "any", operation: "" },
    ...["things", "dashboards", "triggers", "devices"].map((resource) => ({
      ...ask,
      id: `manage ${resource}`,
      type: "arduino-cloud-manage",
      resource,
      operation: "",
    })),
    history("rows", { mode: "raw" }),
    history("buckets", { mode: "aggregate" }),
    history("samples", { mode: "sample" }),
    history("archive", { since: "last-run", lookBack: 300, output: "csv" }),
    propertyIn(house, "none", { id: "in", thing: house.thingId, initial: true, inputs: 1, wires: [[]] }),
    propertyOut("out"),
    propertyOut("report", { as: "device" }),
  ];
}

/** Returns the probes. Those of tokens come last: nothing else works while they are wrong. */
export function probesOf({ thingId, deviceId, propertyIds }: House, { trigger, dashboard }: ProbeIds): Probe[] {
  const byId = { thingId };
  const manage = (operation: string, match: RegExp, more: object = {}): Probe => ({
    name: operation,
    node: "manage",
    message: { operation, ...more },
    match,
  });
  const property = { ...byId, propertyId: propertyIds.counter };
  return [
    { name: "present values", node: "get", message: byId, match: oneThing },
    { name: "present values by name", node: "get", message: { thingId: "House", property: "lamp" }, match: things },
    { name: "raw history", node: "rows", message: byId, match: /batch_query_raw$/ },
    { name: "aggregated history", node: "buckets", message: byId, match: /batch_query$/ },
    { name: "sampled history", node: "samples", message: byId, match: /batch_query_sampling$/ },
    { name: "the thing of an archive", node: "archive", message: byId, match: oneThing },
    { name: "an archive", node: "archive", message: byId, match: /batch_query_raw$/ },
    { name: "a report", node: "report", message: { ...byId, property: "counter", payload: 5 }, match: /publish$/ },
    manage("things_v2#list", things),
    manage("things_v2#show", oneThing, byId),
    manage("properties_v2#list", /\/properties$/, byId),
    manage("properties_v2#show", /\/properties\/[^/]+$/, property),
    manage("devices_v2#list", /devices$/),
    manage("devices_v2#getProperties", /devices\/[^/]+\/properties$/, { deviceId }),
    manage("devices_v2#show", /devices\/[^/]+$/, { deviceId }),
    manage("dashboards_v2#list", /dashboards$/),
    manage("dashboards_v2#show", /dashboards\/[^/]+$/, { dashboardId: dashboard }),
    manage("triggers_v1#list", /triggers$/),
    manage("triggers_v1#show", /triggers\/[^/]+$/, { triggerId: trigger }),
    manage("things_v2#template", /template$/, byId),
    { ...manage("things_v2#create", things, { payload: { name: "Made" } }), method: "PUT" },
    {
      name: "names of a list",
      node: "manage things",
      message: { operation: "get", thingId: "House" },
      match: things,
    },
    {
      name: "many made",
      node: "manage things",
      message: { operation: "create", payload: [{ name: "One of many" }] },
      match: things,
    },
    {
      name: "a wanted state",
      node: "manage things",
      message: { operation: "ensure", dryRun: true, payload: [{ name: "House", properties: [] }] },
      match: /\/iot\/v2\/things/,
    },
    {
      name: "wanted dashboards",
      node: "manage dashboards",
      message: { operation: "ensure", dryRun: true, payload: [{ name: "Board", widgets: [] }] },
      match: /dashboards/,
    },
    {
      name: "wanted triggers",
      node: "manage triggers",
      message: { operation: "ensure", dryRun: true, payload: [] },
      match: /triggers/,
    },
    {
      name: "a token",
      node: "get",
      message: byId,
      match: /token$/,
      before: ({ simulator }) => simulator.tokens.revokeAll(),
    },
  ];
}
