import type { Node, NodeAPI } from "node-red";
import type { NodeUse } from "../../cloud/doctor/index";
import { fieldsOf, resolveEnvironment } from "./routes";
import { trimmedText } from "../../cloud/core/text";

/** The node types that name a thing and a variable. */
const types = ["property-in", "property-out", "property-get", "history"].map((set) => `arduino-cloud-${set}`);

/** A node as the active flows have it. */
interface DeployedNode {
  id: string;
  type: string;
  /** The tab or subflow that it is on. */
  z: string;
  fields: Readonly<Record<string, unknown>>;
}

/**
 * Returns what the deployed nodes name that use this account or device. Nodes that are disabled, or on a disabled tab,
 * are left out, and so is what only an instance of a subflow knows.
 */
export function usesOf(RED: NodeAPI, kind: "account" | "device", id: string): NodeUse[] {
  const all: DeployedNode[] = [];
  RED.nodes.eachNode((config) => {
    const fields = fieldsOf(config);
    all.push({ id: trimmedText(fields.id), type: trimmedText(fields.type), z: trimmedText(fields.z), fields });
  });
  const disabled = new Set(all.filter(({ fields }) => fields.disabled === true).map((tab) => tab.id));
  return all.flatMap(({ id: own, type, z, fields }) => {
    if (!types.includes(type) || fields.d === true || disabled.has(z)) return [];
    const node = RED.nodes.getNode(own) as Node | null | undefined;
    const read = (field: string): string => trimmedText(resolve(RED, node ?? undefined, fields[field]));
    // If both are set, the device wins.
    if (read(kind) !== id || (kind === "account" && read("device") !== "")) return [];
    const writes = kind === "account" && type.endsWith("-out") && fields.as !== "device";
    const thing = kind === "device" ? "" : read("thing");
    const [thingName, property] = [trimmedText(fields.thingName), read("property")];
    const names = [thingName || thing, trimmedText(fields.propertyName) || property].filter(Boolean).join(" / ");
    const label =
      trimmedText(fields.name) || names || `${type.slice("arduino-cloud-".length).replace("-", " ")} ${own}`;
    // What an environment variable says is not mended in the node.
    const isOwn = !/\$\{/.test(`${trimmedText(fields.thing)}${trimmedText(fields.property)}`);
    return [{ node: label, ...(isOwn && { id: own }), thingName, thing, property, writes }];
  });
}

function resolve(RED: NodeAPI, node: Node | undefined, value: unknown): unknown {
  try {
    return resolveEnvironment(RED, node, value);
  } catch {
    return undefined;
  }
}
