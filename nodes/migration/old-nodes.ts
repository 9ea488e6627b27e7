/**
 * What a flow holds of `@arduino/node-red-contrib-arduino-iot-cloud` 1.x: its node types and the fields that matter.
 * The names are facts of the flow files of its users.
 */

/** A node as a flow file has it. */
export type FlowNode = Record<string, unknown> & { id: string; type: string };

/** The config node that holds an API key: field `applicationname`, credentials `clientid` and `clientsecret`. */
export const connectionType = "arduino-connection";

/** The node types that stand on the canvas. All have `connection`, `organization`, `thing`, `property`, `propname`. */
export const oldTypes = [
  "property in",
  "property out",
  "property in hist",
  "property in poll",
  "property in push",
] as const;
export type OldType = (typeof oldTypes)[number];

/** The content of a field in whose list nothing was ever chosen, or whose list could not be loaded. */
const noChoice = new Set(["", "0", "err", "updating", "_ADD_", "undefined", "null"]);

/** Returns whether a node stands on the canvas and is of the old package. */
export function isOldNode(node: FlowNode): node is FlowNode & { type: OldType } {
  return (oldTypes as readonly string[]).includes(node.type);
}

/** Returns whether a node is the old package's config node. */
export function isConnection({ type }: FlowNode): boolean {
  return type === connectionType;
}

/** Returns a text of a node, trimmed; blank where there is none. */
export function nodeText(node: FlowNode, field: string): string {
  const value = node[field];
  return typeof value === "string" ? value.trim() : "";
}

/** Returns what was chosen in a field; blank where nothing was. */
export function nodeChoice(node: FlowNode, field: string): string {
  const text = nodeText(node, field);
  return noChoice.has(text) ? "" : text;
}

/** Returns the span or interval of a node in seconds: a whole number of units. `undefined` where it is none. */
export function nodeSeconds({ timeWindowCount, timeWindowUnit }: FlowNode): number | undefined {
  const seconds = parseInt(String(timeWindowCount), 10) * Number(timeWindowUnit);
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : undefined;
}
