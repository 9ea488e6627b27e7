import { isFirstTime } from "./editor/first-time";
import { textsOf } from "./editor/i18n";
import { notLoadedText } from "./editor/import-file";
import { loadSharedCode } from "./editor/shared-code";

const id = "arduino-cloud-sidebar";
const action = "arduino-cloud:show-sidebar";

/** The editor chooses a tab itself when it has the flows; a moment later it has. */
const settleMs = 500;

/** Shows the tab once in this browser where there is no account yet: the first flow begins in it. */
function openOnce(): void {
  const open = (): void => {
    window.setTimeout(() => {
      const types = new Set<string>();
      RED.nodes.eachConfig(({ type }) => types.add(type));
      if (!types.has("arduino-cloud-account") && isFirstTime(id)) RED.sidebar.show(id);
    }, settleMs);
  };
  if (RED.workspaces.active() === 0) RED.events.on("flows:loaded", open);
  else open();
}

RED.plugins.registerPlugin(id, {
  type: id,
  onadd: () => {
    // The script runs again when the package is disabled and enabled, and nothing of this can be added twice.
    const isFirst = !RED.sidebar.containsTab(id);
    RED.actions.remove(action);
    if (RED.sidebar.containsTab(id)) RED.sidebar.removeTab(id);
    const translate = textsOf(id);
    const content = $('<div class="arduino-cloud-sidebar">');
    const tab = loadSharedCode().then(({ adoptImported, CloudTab, titleNodes }) => {
      titleNodes();
      if (isFirst) adoptImported();
      return new CloudTab(content, translate);
    });
    tab.catch(() => content.append($('<div class="arduino-cloud-sidebar-note">').text(notLoadedText())));
    RED.sidebar.addTab({
      id,
      label: translate("label.short"),
      name: translate("label.tab"),
      content,
      iconClass: "fa fa-cloud",
      pinned: true,
      enableOnEdit: true,
      action,
    });
    const show = (): void => {
      RED.sidebar.show(id);
      tab.then(
        (shown) => shown.focus(),
        () => undefined,
      );
    };
    if (isFirst) openOnce();
    RED.actions.add(action, show, { label: translate("label.tab") });
  },
});
