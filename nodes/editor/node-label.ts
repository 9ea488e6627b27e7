import { textOf } from "../../cloud/core/text";
/**
 * Returns the label of a node that is about a thing, or a device of Node-RED's own, and a variable: its name, else
 * their names, else `fallback`.
 */
export function targetLabel(node: EditorNode, fallback: string): string {
  const device = RED.nodes.node(textOf(node.device)) ?? undefined;
  const place = device === undefined ? textOf(node.thingName) || textOf(node.thing) : textOf(device.name);
  const variable = textOf(node.propertyName) || textOf(node.property);
  return nameLabel(node, [place, variable].filter(Boolean).join(" / ") || fallback);
}

/** Returns the label of a node that is about a device: its name, else the device's, else `fallback`. */
export function deviceLabel(node: EditorNode, fallback: string): string {
  return nameLabel(node, textOf(node.deviceName) || textOf(node.device) || fallback);
}

/** Returns the label of a node that manages: its name, else what it does, in short: "things: create". */
export function operationLabel(node: EditorNode): string {
  const call = [node.method, node.path].map(textOf).filter(Boolean).join(" ");
  return nameLabel(node, `${textOf(node.resource)}: ${textOf(node.operation) || call || "msg.operation"}`);
}

/** Returns the name that the user gave a node, else `fallback`. */
export function nameLabel({ name }: EditorNode, fallback: string): string {
  return textOf(name) || fallback;
}
