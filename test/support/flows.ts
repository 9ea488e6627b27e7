import type { House } from "./simulated-account";

/** A node of a flow file. */
export type FlowNode = Record<string, unknown> & { id: string; type: string };

/** The id of the tab that the nodes made here stand on unless they say otherwise. */
export const tab = "tab";

/** Node-RED takes a node without a place for a config node. */
const place = { x: 100, y: 100 };

export const flowTab: FlowNode = { id: tab, type: "tab", label: "Flow" };

/** An account of the house, with its credentials, as an editor deploys it. */
export function accountOf(house: House, more: Record<string, unknown> = {}): FlowNode {
  const { clientId, clientSecret, ...settings } = house.account;
  return {
    id: "account",
    type: "arduino-cloud-account",
    ...settings,
    credentials: { clientId, clientSecret },
    ...more,
  };
}

/** A flow as an editor deploys it again: the credentials stay as they are, so that the account has not changed. */
export function again(flow: readonly FlowNode[]): FlowNode[] {
  return flow.map((node) => ({ ...node, credentials: undefined }));
}

/** A property in that listens to the house and sends to `to`. */
export function propertyIn(house: House, to: string, more: Record<string, unknown> = {}): FlowNode {
  return {
    id: `in-${to}`,
    type: "arduino-cloud-property-in",
    z: tab,
    ...place,
    account: "account",
    thing: house.thingId,
    property: "",
    wires: [[to]],
    ...more,
  };
}

/** A property out that takes thing and variable from the message unless `more` names them. */
export function propertyOut(id: string, more: Record<string, unknown> = {}): FlowNode {
  return {
    id,
    type: "arduino-cloud-property-out",
    z: tab,
    ...place,
    account: "account",
    thing: "",
    property: "",
    whenOffline: "queue",
    queueLimit: 1000,
    wires: [[]],
    ...more,
  };
}

/** A core function node that hands whatever it gets to the spec, under its id as the label. */
export function sink(label: string, more: Record<string, unknown> = {}): FlowNode {
  const func = `global.get("tell")(${JSON.stringify(label)}, msg);`;
  return { id: label, type: "function", z: tab, ...place, func, outputs: 0, wires: [], ...more };
}

/** Core nodes that hand every error, status and completed message of the tab to the spec. */
export const watchers: FlowNode[] = [
  { id: "catch", type: "catch", z: tab, ...place, scope: null, uncaught: false, wires: [["errors"]] },
  sink("errors"),
  { id: "status", type: "status", z: tab, ...place, scope: null, wires: [["statuses"]] },
  sink("statuses"),
];

/** A core Complete node that hands the messages of one node to the spec, when it is done with them. */
export function completeOf(node: string, label: string): FlowNode[] {
  return [
    { id: `complete-${label}`, type: "complete", z: tab, ...place, scope: [node], wires: [[label]] },
    sink(label),
  ];
}
