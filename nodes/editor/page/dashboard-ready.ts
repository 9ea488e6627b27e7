import type { Translate } from "../i18n";

const packageName = "@flowfuse/node-red-dashboard";
/** The youngest of the node types that a page needs. */
const neededTypes = ["ui-spacer", "ui-number-input", "ui-markdown"];

/** Tells whether this Node-RED has what a page needs; where it has not, says so and offers the palette manager. */
export function isDashboardReady(translate: Translate): boolean {
  const isThere = hasType("ui-page");
  if (isThere && neededTypes.every(hasType)) return true;
  const close = (): void => notice.close();
  const notice = RED.notify($("<p>").text(isThere ? translate("page.tip.too-old") : translate("page.tip.missing")), {
    type: "warning",
    fixed: true,
    modal: true,
    buttons: [
      { text: RED._("common.label.cancel"), click: close },
      {
        text: translate("page.label.palette"),
        class: "primary",
        click: () => {
          close();
          const view = isThere ? "nodes" : "install";
          RED.actions.invoke("core:manage-palette", { view, filter: isThere ? packageName : `"${packageName}"` });
        },
      },
    ],
  });
  return false;
}

function hasType(type: string): boolean {
  return Boolean(RED.nodes.getType(type));
}
