import { CloudTab } from "./editor/sidebar/tab";
import { textsOf } from "./editor/i18n";

const id = "arduino-cloud-sidebar";
const action = "arduino-cloud:show-sidebar";

RED.plugins.registerPlugin(id, {
  type: id,
  onadd: () => {
    // The script runs again when the package is disabled and enabled, and nothing of this can be added twice.
    RED.actions.remove(action);
    if (RED.sidebar.containsTab(id)) RED.sidebar.removeTab(id);
    const translate = textsOf(id);
    const tab = new CloudTab(translate);
    RED.sidebar.addTab({
      id,
      label: translate("label.short"),
      name: translate("label.tab"),
      content: tab.element,
      iconClass: "fa fa-cloud",
      pinned: true,
      enableOnEdit: true,
      action,
    });
    const show = (): void => {
      RED.sidebar.show(id);
      tab.focus();
    };
    RED.actions.add(action, show, { label: translate("label.tab") });
  },
});
