/** The flow of a chaos run: every node whose promise is held against it. */
import { accountOf, type FlowNode, flowTab, propertyIn, propertyOut, tab } from "../support/flows";
import type { House } from "../support/simulated-account";

/** Variables that a board reports, each value unlike all others. */
export const reported = ["counter", "level", "word"] as const;
/** The variable that the flow writes. */
export const written = "setpoint";
export const variables = { counter: "INT", level: "FLOAT", word: "CHARSTRING", [written]: "INT" };

/** Nodes that keep their messages beyond their process. */
export const keepsMessages = (node: string): boolean => node === "out";

/** Nodes of which one alone is changed. What is on its way to another node would be lost if that was changed. */
export const changeable = ["in-late", "in-every", "out", "archive", "manage", "get", "account"] as const;

/** A second tab: a deploy of changed tabs leaves the other one alone. */
const otherTab: FlowNode = { id: "other", type: "tab", label: "Other" };
/** The tab that is changed. */
export const changeableTab = otherTab.id;
const place = { x: 100, y: 100 };

/** Hands on what the spec needs to know, with the time at which it came to the flow. */
const note = (label: string, what: string): string => `global.get("tell")(${JSON.stringify(label)}, ${what});`;
const noted = (label: string, what: string, z = tab): FlowNode => ({
  id: label,
  type: "function",
  z,
  ...place,
  func: note(label, what),
  outputs: 0,
  wires: [],
});
const value = "{ variable: msg.topic, value: msg.payload, source: msg.source, at: Date.now() }";
const rows = "{ rows: msg.payload.map(({ property, value }) => ({ variable: property, value })), at: Date.now() }";

/** Keeps Node-RED from all else most of the time, as heavy flows do: then each turn of its event loop begins with values. */
const busy: FlowNode = {
  ...{ id: "busy", type: "function", z: tab, ...place, func: "", outputs: 0, wires: [] },
  initialize: "setInterval(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10), 11);",
};

/**
 * Returns the flow.
 * @param versions tells how often nodes and tabs were changed, by their ids
 */
export function chaosFlow(house: House, versions: ReadonlyMap<string, number>, isBusy: boolean): FlowNode[] {
  const version = (id: string): number => versions.get(id) ?? 0;
  return [...nodesOf(house), ...(isBusy ? [busy] : [])].map((node) => ({
    ...node,
    name: `Version ${version(node.id)} ${version(String(node["z"]))}`,
  }));
}

function nodesOf(house: House): FlowNode[] {
  const caughtUp = { catchUp: "all", catchUpDelay: "0.3" };
  const ofOther = { z: otherTab.id };
  return [
    flowTab,
    otherTab,
    accountOf(house, { requestsPerSecond: 20 }),
    propertyIn(house, "every", caughtUp),
    noted("every", value),
    propertyIn(house, "one", { ...caughtUp, ...ofOther, property: house.propertyIds.counter }),
    noted("one", value, otherTab.id),
    propertyIn(house, "late", { ...caughtUp, property: "word" }),
    noted("late", value),
    propertyOut("out", { ...ofOther, thing: house.thingId, property: house.propertyIds[written], keepQueue: true }),
    {
      id: "archive",
      type: "arduino-cloud-history",
      z: tab,
      ...place,
      account: "account",
      thing: house.thingId,
      property: "",
      since: "last-run",
      lookBack: 300,
      output: "stream",
      batch: 40,
      wires: [["rows"]],
    },
    noted("rows", rows),
    {
      id: "manage",
      type: "arduino-cloud-manage",
      ...place,
      ...ofOther,
      account: "account",
      resource: "things",
      wires: [["answers"]],
    },
    {
      id: "get",
      type: "arduino-cloud-property-get",
      z: tab,
      ...place,
      account: "account",
      thing: house.thingId,
      property: "",
      wires: [[]],
    },
    noted("answers", "{ number: msg.number, payload: msg.payload }", otherTab.id),
  ];
}
