import type { NodeAPI } from "node-red";
import type { CloudAccount } from "../../cloud/account";
import type { AccountSettings } from "../../cloud/rest/account-settings";
import type { AccountCase } from "../../cloud/doctor/index";
import { CloudError } from "../../cloud/core/errors";
import { notRunning, wrongType } from "./not-running";
import type { SessionNode } from "./session-node";

/** The config node `arduino-cloud-account`, as other nodes see it. */
export interface AccountNode extends SessionNode {
  /** Absent where the settings are not usable. */
  account?: CloudAccount;
  /** Whether nodes show the last value under them. */
  showsValues?: boolean;
  /** Whether it is the demo house. */
  isDemo?: boolean;
  /**
   * Returns the subject of the doctor: the account as it runs, or with settings that were typed. Absent as `account`
   * is.
   */
  caseOf?: (typed?: AccountSettings) => Omit<AccountCase, "uses">;
}

/** An account node whose settings are usable. */
export type UsableAccountNode = AccountNode & Required<Pick<AccountNode, "account" | "caseOf">>;

/**
 * Returns the account node of a node's setting.
 * @throws CloudError `not_configured` where none is chosen, it is disabled or deleted, or its settings are wrong
 */
export function findAccount(RED: NodeAPI, id: string): UsableAccountNode {
  if (id === "") throw new CloudError("not_configured", "No account is chosen: choose one in the node's settings.");
  const node = RED.nodes.getNode(id) as AccountNode | null | undefined;
  if (!node) throw notRunning(RED, id, "account");
  if (!hasAccount(node)) throw node.fault ?? wrongType("account");
  return node;
}

function hasAccount(node: AccountNode): node is UsableAccountNode {
  return node.account !== undefined && node.caseOf !== undefined;
}
