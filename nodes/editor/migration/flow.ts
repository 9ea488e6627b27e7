import { type FlowNode, isConnection, isOldNode, nodeText } from "../../migration/old-nodes";

/** Returns the flows as they stand in the editor, with what was typed and is not deployed yet. */
export function presentFlow(): FlowNode[] {
  return RED.nodes.createCompleteNodeSet();
}

/** Returns the names of the locked flows that hold nodes of Arduino's own package. */
export function lockedFlows(flow: readonly FlowNode[]): string[] {
  const places = new Set(flow.filter((node) => isOldNode(node) || isConnection(node)).map(({ z }) => z));
  return flow
    .filter(({ id, locked }) => locked === true && places.has(id))
    .map((tab) => nodeText(tab, "label") || tab.id);
}

/**
 * Puts other nodes in the place of all that the editor holds, as one step that undo takes back. The editor has a step
 * of this kind for merges of flows; here, what is not converted keeps its state, and what was deployed stays known.
 * @param converted the ids of the nodes that are new or different
 */
export function replaceFlow(flow: readonly FlowNode[], converted: ReadonlySet<string>): void {
  const { nodes, workspaces } = RED;
  const before = presentFlow();
  const shown = workspaces.active();
  const deployed = nodes.originalFlow();
  const old = new Map(before.map(({ id }) => [id, nodes.node(id)]));
  const idsWhere = (field: "changed" | "moved"): Record<string, boolean> =>
    Object.fromEntries([...old].filter(([, node]) => node?.[field] === true).map(([id]) => [id, true]));
  const [changed, moved] = [idsWhere("changed"), idsWhere("moved")];
  const step = { t: "replace", config: before, complete: true, changed, moved };
  RED.history.push({ ...step, dirty: nodes.dirty(), rev: nodes.version() });

  nodes.clear();
  const { nodes: imported } = nodes.import(structuredClone(flow));
  nodes.originalFlow(deployed);
  for (const node of imported) {
    if (converted.has(node.id) || changed[node.id]) node.changed = true;
    if (moved[node.id]) node.moved = true;
    if (!converted.has(node.id)) node.status = old.get(node.id)?.status;
    node.dirtyStatus = true;
  }
  nodes.dirty(true);
  RED.view.redraw(true);
  RED.palette.refresh();
  workspaces.refresh();
  workspaces.show(shown, true);
  RED.sidebar.config.refresh();
}
