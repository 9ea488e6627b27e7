import { textsOf } from "./editor/i18n";
import { notLoadedText } from "./editor/import-file";
import { loadSharedCode } from "./editor/shared-code";

const id = "arduino-cloud-sidebar";
const action = "arduino-cloud:show-sidebar";

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
    RED.actions.add(action, show, { label: translate("label.tab") });
  },
});
