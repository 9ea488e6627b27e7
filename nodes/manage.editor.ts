import { preferOnlyAccount } from "./editor/default-account";
import { nameLabel } from "./editor/node-label";
import { manageForm, operationSentence } from "./editor/forms/manage";
import { textsOf } from "./editor/i18n";

const translate = textsOf("arduino-cloud-manage");
let closeForm: () => void = () => undefined;

RED.nodes.registerType("arduino-cloud-manage", {
  category: "Arduino Cloud",
  categoryDescription: translate("tip.category"),
  color: "#62adb2",
  defaults: {
    name: { value: "" },
    account: { value: "", type: "arduino-cloud-account", label: translate("label.account") },
    resource: { value: "things" },
    operation: { value: "list" },
    method: { value: "" },
    path: { value: "" },
    thing: { value: "" },
    thingName: { value: "" },
    property: { value: "" },
    propertyName: { value: "" },
    device: { value: "" },
    deviceName: { value: "" },
    dashboard: { value: "" },
    dashboardName: { value: "" },
    trigger: { value: "" },
    triggerName: { value: "" },
    force: { value: false },
  },
  inputs: 1,
  outputs: 1,
  inputLabels: translate("port.input"),
  outputLabels: translate("port.output"),
  icon: "arduino-cloud-manage.svg",
  paletteLabel: translate("palette"),
  label() {
    return nameLabel(this, operationSentence(this));
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    preferOnlyAccount(this);
    closeForm = manageForm(this);
  },
  oneditsave: () => closeForm(),
  oneditcancel: () => closeForm(),
});
