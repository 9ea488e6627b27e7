import type { NodeCure } from "../../../cloud/doctor/index";

/** Returns a node of the canvas; `undefined` where the editor has none of that id any more. */
export function findCanvasNode(id: string): EditorNode | undefined {
  return RED.nodes.node(id) ?? undefined;
}

/** Shows a node on the canvas, as the search of the editor does. */
export function goToNode({ id }: EditorNode): void {
  RED.view.reveal(id);
}

/** Has a node name what was meant, as if a person had done so in its form: undo takes it back, and a deploy is needed. */
export function applyCure(node: EditorNode, { field, value, name }: NonNullable<NodeCure["use"]>): void {
  const fields = { [field]: value, [`${field}Name`]: name };
  const changes = Object.fromEntries(Object.keys(fields).map((key) => [key, node[key]]));
  RED.history.push({ t: "edit", node, changes, changed: node.changed === true, dirty: RED.nodes.dirty() });
  Object.assign(node, fields, { changed: true, dirty: true });
  RED.editor.validateNode(node);
  RED.nodes.dirty(true);
  RED.view.redraw(true);
}
