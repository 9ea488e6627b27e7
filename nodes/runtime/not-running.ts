import type { NodeAPI } from "node-red";
import { CloudError } from "../../cloud/core/errors";

/** Returns the error of a node whose account or device does not run: the sentence says which way leads out. */
export function notRunning(RED: NodeAPI, id: string, what: "account" | "device"): CloudError {
  let isDisabled: boolean | undefined;
  RED.nodes.eachNode((node) => {
    if (node.id === id) isDisabled = (node as { d?: unknown }).d === true;
  });
  if (isDisabled === undefined) {
    return unusable(what, "was deleted, or is not deployed yet: choose another one, or deploy");
  }
  if (isDisabled) return unusable(what, "is disabled: enable it, or choose another one");
  return unusable(what, "does not run: the flows are stopped, or the one that it is part of is disabled; start them");
}

function unusable(what: string, state: string): CloudError {
  return new CloudError("not_configured", `The ${what} of this node ${state}.`);
}
