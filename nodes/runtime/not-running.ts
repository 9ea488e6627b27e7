import type { NodeAPI } from "node-red";
import { CloudError } from "../../cloud/core/errors";

/** The account or device is there, but does not run, as while the flows are stopped. */
export class FlowsStopped extends CloudError {
  constructor(what: "account" | "device") {
    super(
      "not_configured",
      `The ${what} of this node does not run: the flows are stopped, or the one that it is part of is disabled; start them.`,
    );
  }
}

/** Returns the error of a node whose account or device does not run: the sentence says which way leads out. */
export function notRunning(RED: NodeAPI, id: string, what: "account" | "device"): CloudError {
  let deployed: { type: string; d?: unknown } | undefined;
  RED.nodes.eachNode((node) => {
    if (node.id === id) deployed = node;
  });
  if (deployed === undefined) {
    return unusable(what, "was deleted, or is not deployed yet: choose another one, or deploy");
  }
  if (deployed.type !== `arduino-cloud-${what}`) return wrongType(what);
  if (deployed.d === true) return unusable(what, "is disabled: enable it, or choose another one");
  return new FlowsStopped(what);
}

/** Returns the error of a node whose account or device is a node of another type. */
export function wrongType(what: "account" | "device"): CloudError {
  return new CloudError("not_configured", `The chosen config node is no ${what}.`);
}

function unusable(what: string, state: string): CloudError {
  return new CloudError("not_configured", `The ${what} of this node ${state}.`);
}
