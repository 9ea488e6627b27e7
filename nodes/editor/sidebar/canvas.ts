import type { PlannedNode } from "./node-for-item";

/** A place on the canvas, in the coordinates of its nodes. */
interface Place {
  x: number;
  y: number;
}

const chart = (): JQuery => $("#red-ui-workspace-chart");
/** Nodes that are added one after the other stand below each other. */
const step = 40;

/** Returns whether nodes may be put on the canvas: a flow is open, it is not locked, and no form lies over it. */
export function isCanvasOpen(): boolean {
  return RED.workspaces.active() !== 0 && !RED.workspaces.isLocked() && RED.view.state() !== RED.state.EDITING;
}

/** Returns the place on the canvas below a point of the page; `undefined` where something else is there. */
export function placeAt(clientX: number, clientY: number): Place | undefined {
  const element = chart().get(0);
  const target = document.elementFromPoint(clientX, clientY);
  if (element === undefined || target === null || !element.contains(target)) return undefined;
  const { left, top } = element.getBoundingClientRect();
  const scale = RED.view.scale();
  return { x: (clientX - left + element.scrollLeft) / scale, y: (clientY - top + element.scrollTop) / scale };
}

/** Returns a free place in the middle of what is in sight of the canvas. */
export function placeInSight(): Place {
  const scale = RED.view.scale();
  const element = chart().get(0);
  const middle = (scroll: number, size: number): number => Math.round((scroll + size / 2) / scale);
  const x = middle(element?.scrollLeft ?? 0, element?.clientWidth ?? 0);
  let y = middle(element?.scrollTop ?? 0, element?.clientHeight ?? 0);
  const taken: number[] = [];
  const flow = RED.workspaces.active();
  RED.nodes.eachNode((node) => {
    if (node.z === flow && Math.abs(node.x - x) < 2 * step) taken.push(node.y);
  });
  while (taken.some((other) => Math.abs(other - y) < step)) y += step;
  return { x, y };
}

/** Puts a node on the canvas as a drag from the palette does: undo takes it back, and it is selected. */
export function addNode({ type, fields }: PlannedNode, place: Place): void {
  const { node: fresh, historyEvent } = RED.view.createNode(type);
  const node = RED.nodes.add(Object.assign(fresh, fields, place), { source: "palette" });
  const events = [historyEvent];
  const group = RED.view.getGroupAtPoint(node.x, node.y);
  if (group !== null) {
    RED.group.addToGroup(group, node);
    events.push({ t: "addToGroup", group, nodes: [node] });
  }
  RED.history.push(group === null ? historyEvent : { t: "multi", events });
  RED.editor.validateNode(node);
  RED.nodes.dirty(true);
  // The width is known only once the label has been drawn, and the drawing keeps the left edge where it was.
  RED.view.redraw(true, true);
  Object.assign(node, place);
  if (RED.view.snapGrid) {
    const offset = RED.view.tools.calculateGridSnapOffsets(node);
    node.x -= offset.x;
    node.y -= offset.y;
  }
  node.dirty = true;
  RED.view.select({ nodes: [node] });
}
