import type { NodeAPI } from "node-red";
import type { CloudAccount } from "../../cloud/account";
import { CloudError } from "../../cloud/errors";
import type { SessionNode } from "./session-node";

/** The config node `arduino-cloud-account`, as other nodes see it. */
export interface AccountNode extends SessionNode {
  /** Absent where the settings are not usable. */
  account?: CloudAccount;
}

/**
 * Gives the account node of a node's setting.
 * @throws CloudError `not_configured` where none is chosen, it is disabled or deleted, or its settings are wrong
 */
export function findAccount(RED: NodeAPI, id: string): AccountNode & { account: CloudAccount } {
  if (id === "") throw new CloudError("not_configured", "No account is chosen: choose one in the node's settings.");
  const node = RED.nodes.getNode(id) as AccountNode | null | undefined;
  if (!node) {
    throw new CloudError("not_configured", "The account of this node is disabled or was deleted: choose another one.");
  }
  if (!hasAccount(node)) throw node.fault ?? new CloudError("not_configured", "The chosen config node is no account.");
  return node;
}

function hasAccount(node: AccountNode): node is AccountNode & { account: CloudAccount } {
  return node.account !== undefined;
}
