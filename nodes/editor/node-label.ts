import { textOf } from "../../cloud/core/text";

/** How many letters a label on the canvas may have, unless a person wrote it. */
const maxLength = 40;
/** The room that the name of a thing has at least, however long the name of its variable is. */
const minPlaceLength = 12;

/**
 * Returns the label of a node that is about a thing, or a device of Node-RED's own, and a variable: its name, else
 * their names, else `fallback`.
 */
export function targetLabel(node: EditorNode, fallback: string): string {
  const { place, variable } = targetNames(node);
  const room = Math.max(minPlaceLength, maxLength - variable.length - 3);
  const parts = variable === "" ? [place] : [cut(place, room), variable];
  return nameLabel(node, cut(parts.filter(Boolean).join(" / "), maxLength) || fallback);
}

/** Returns the label of a node that is about a device: its name, else the device's, else `fallback`. */
export function deviceLabel(node: EditorNode, fallback: string): string {
  return nameLabel(node, cut(textOf(node.deviceName) || textOf(node.device), maxLength) || fallback);
}

/** Returns the label of a node that manages: its name, else what it does, in short: "things: create". */
export function operationLabel(node: EditorNode): string {
  const call = [node.method, node.path].map(textOf).filter(Boolean).join(" ");
  return nameLabel(
    node,
    cut(`${textOf(node.resource)}: ${textOf(node.operation) || call || "msg.operation"}`, maxLength),
  );
}

/** Returns the name that the user gave a node, else `fallback`. */
export function nameLabel({ name }: EditorNode, fallback: string): string {
  return textOf(name) || fallback;
}

/** Returns all names that a node's label is made of, for whom the label on the canvas is too short. */
function wholeLabel(node: EditorNode): string {
  const { place, variable } = targetNames(node);
  return [textOf(node.name), place, variable, textOf(node.deviceName)].filter(Boolean).join(" / ");
}

/** Returns the names of the thing, or of the device of Node-RED's own, and of the variable that a node is about. */
function targetNames(node: EditorNode): { place: string; variable: string } {
  const device = RED.nodes.node(textOf(node.device)) ?? undefined;
  const place = device === undefined ? textOf(node.thingName) || textOf(node.thing) : textOf(device.name);
  return { place, variable: textOf(node.propertyName) || textOf(node.property) };
}

/** Shows the whole label of each of our nodes where the pointer rests on it. */
export function titleNodes(): void {
  const hook = "viewRedrawNode.arduino-cloud";
  RED.hooks.remove(hook);
  RED.hooks.add(hook, ({ node, el }) => {
    if (!node.type.startsWith("arduino-cloud-")) return;
    const title =
      el.querySelector(":scope > title") ?? el.appendChild(document.createElementNS(el.namespaceURI, "title"));
    const text = wholeLabel(node);
    if (title.textContent !== text) title.textContent = text;
  });
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
}
