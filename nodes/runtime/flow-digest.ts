import type { NodeAPI } from "node-red";
import { shortDigest } from "../../cloud/core/short-digest";

/** Returns what tells the nodes that use an account from those of another flow; the same in all copies of one flow. */
export function flowDigest(RED: NodeAPI, account: string): string {
  const uses: string[] = [];
  RED.nodes.eachNode((node) => {
    const { id, type, account: used } = node as typeof node & { account?: unknown };
    if (used === account) uses.push(`${id} ${type}`);
  });
  return uses.length === 0 ? "" : shortDigest(uses.sort().join("\n"));
}
