import type { Node, NodeAPI } from "node-red";
import type { ClusterSettings } from "../../cloud/cluster/cluster-settings";
import { CloudError } from "../../cloud/core/errors";

/** The config node `arduino-cloud-cluster`, as accounts see it. */
export interface ClusterNode extends Node {
  /** A function, so that nobody who looks at the node sees the password. Absent where the settings are not usable. */
  settingsOf?: () => ClusterSettings;
  /** Why its settings are not usable. */
  fault?: CloudError;
}

/**
 * Returns the settings of a cluster node; `undefined` for a blank id.
 * @throws CloudError `not_configured` where there is no such node, or its settings are wrong
 */
export function findCluster(RED: NodeAPI, id: string): ClusterSettings | undefined {
  if (id === "") return undefined;
  const node = RED.nodes.getNode(id) as ClusterNode | null | undefined;
  if (node?.settingsOf !== undefined) return node.settingsOf();
  throw (
    node?.fault ??
    new CloudError("not_configured", "The cluster of the account is disabled or was deleted: choose another one.")
  );
}
