import { textsOf } from "./editor/i18n";
import { operationLabel } from "./editor/node-label";
import { noForm, openPartForm } from "./editor/open-form";
import { jsonText } from "./editor/validators";

const translate = textsOf("arduino-cloud-manage");
let form = noForm;

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
    body: { value: "", label: translate("label.body"), validate: jsonText() },
  },
  inputs: 1,
  outputs: 1,
  inputLabels: translate("port.input"),
  outputLabels: translate("port.output"),
  icon: "arduino-cloud-manage.svg",
  paletteLabel: translate("palette"),
  label() {
    return operationLabel(this);
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    form = openPartForm(this, "manage", ({ manageForm }) => manageForm(this));
  },
  oneditsave: () => form.save(),
  oneditcancel: () => form.close(),
});
