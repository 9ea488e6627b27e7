import type { NodeAPI } from "node-red";
import { CloudError } from "../../cloud/core/errors";

/** The form of nodes' ids. Node-RED keeps credentials in a plain object by id, so one name can't be any. */
const form = /^(?!__proto__$)[\w.-]{1,64}$/;

/**
 * Returns the id of a node whose credentials are to be changed. It may not be deployed yet, but no node of another type
 * may be under it, running or disabled.
 * @param what names the field and what is expected of it, as the end of the error's sentence
 * @throws CloudError `invalid_input`
 */
export function readNodeId(RED: NodeAPI, given: unknown, types: readonly string[], what: string): string {
  const id = typeof given === "string" && form.test(given.trim()) ? given.trim() : "";
  let type: string | undefined;
  RED.nodes.eachNode((node) => {
    if (node.id === id) type = node.type;
  });
  if (id !== "" && (type === undefined || types.includes(type))) return id;
  throw new CloudError("invalid_input", `The field ${what}.`);
}
