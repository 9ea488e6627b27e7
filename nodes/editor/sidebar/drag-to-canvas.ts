import type { Translate } from "../i18n";
import { addNode, isCanvasOpen, placeAt, placeInSight } from "./canvas";
import { itemName } from "./details";
import { planNode } from "./node-for-item";
import type { TreeItem, TreeRow } from "./tree-rows";

/** All that is needed to make nodes of items. */
export interface Putting {
  translate: Translate;
  /** The id of the account whose items they are. */
  account: () => string;
}

/** Puts an item into the middle of what is in sight of the canvas; says why if that cannot be. */
export function putInSight(item: TreeItem, out: boolean, putting: Putting): void {
  put(item, out, placeInSight, putting);
}

/** Does as `putInSight`, and leads the keyboard to the canvas, where undo and Delete take the node back. */
export function putAndFollow(item: TreeItem, out: boolean, putting: Putting): void {
  if (put(item, out, placeInSight, putting)) RED.view.focus();
}

/** Lets the row of an element be dragged onto the canvas; with Alt it becomes property out. */
export function makeDraggable(element: JQuery, row: () => TreeRow | undefined, putting: Putting): void {
  let dragged: TreeItem | undefined;
  element.draggable({
    helper: () => {
      dragged = row()?.item;
      return helperFor(dragged, false, putting);
    },
    appendTo: "#red-ui-editor",
    distance: 5,
    cancel: ".arduino-cloud-sidebar-caret",
    // The middle of the helper, where the middle of the node will be.
    cursorAt: { left: 80, top: 22 },
    scroll: false,
    start: () => dragged !== undefined && planNode(dragged, putting.account(), false) !== undefined,
    drag: (event, { helper }) => {
      helper.empty().append(helperFor(dragged, event.altKey, putting).contents());
    },
    stop: ({ clientX, clientY, altKey }) => {
      const place = placeAt(clientX, clientY);
      if (dragged === undefined || place === undefined) return;
      if (put(dragged, altKey, () => place, putting)) RED.view.focus();
    },
  });
}

/** Returns the element that follows the pointer: the item, and the node that it becomes. */
function helperFor(item: TreeItem | undefined, out: boolean, { account, translate }: Putting): JQuery {
  const helper = $('<div class="arduino-cloud-sidebar-helper">');
  if (item === undefined) return helper;
  const plan = planNode(item, account(), out);
  if (plan === undefined) return helper;
  const kind = plan === "read-only" ? plan : plan.type.replace("arduino-cloud-", "");
  return helper.append(
    $("<small>").text(translate(`label.becomes-${kind}`)),
    $("<span>").text(itemName(item)).attr("dir", "auto"),
  );
}

/** Tells whether a node was added. */
function put(item: TreeItem, out: boolean, place: () => ReturnType<typeof placeInSight>, putting: Putting): boolean {
  const { translate, account } = putting;
  const plan = planNode(item, account(), out);
  if (plan === undefined) return false;
  if (plan === "read-only") RED.notify(translate("tip.read-only"), "warning");
  else if (!isCanvasOpen()) RED.notify(translate("tip.canvas-closed"), "warning");
  else addNode(plan, place());
  return plan !== "read-only" && isCanvasOpen();
}
