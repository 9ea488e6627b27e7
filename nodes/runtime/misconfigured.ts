import type { Node } from "node-red";
import type { CloudError } from "../../cloud/core/errors";
import { onInput } from "./input";
import { ownerOfFault } from "./shared-faults";
import type { NodeStatus } from "./status";
import { nextTurn } from "../../cloud/core/guard";

/** Lets a node that can't work say why: on its status, and to every message. */
export function failMisconfigured(node: Node, status: NodeStatus, error: CloudError): void {
  // Status and Catch nodes listen only when all nodes have been constructed.
  nextTurn(() => status.failed(error));
  onInput(node, () => Promise.reject(error));
}

/**
 * Refuses as `refuse`, and tells Catch nodes once, of an account's fault once for all its nodes: for a node that works without being asked, so that it is heard of.
 */
export function failMisconfiguredAloud(node: Node, status: NodeStatus, error: CloudError): void {
  failMisconfigured(node, status, error);
  const owner = ownerOfFault(error);
  nextTurn(() => (owner === undefined ? node.error(error, {}) : owner.tell(error, [node])));
}
