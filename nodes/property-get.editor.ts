import { textsOf } from "./editor/i18n";
import { targetLabel } from "./editor/node-label";
import { noForm, openForm } from "./editor/open-form";
import { numberFrom } from "./editor/validators";

const translate = textsOf("arduino-cloud-property-get");
let form = noForm;

RED.nodes.registerType("arduino-cloud-property-get", {
  category: "Arduino Cloud",
  categoryDescription: translate("tip.category"),
  color: "#62adb2",
  defaults: {
    name: { value: "" },
    account: { value: "", type: "arduino-cloud-account", label: translate("label.account") },
    thing: {
      value: "",
      label: translate("label.thing"),
      // Two declared parameters: with one, the editor takes a reason for "valid".
      validate(value, { label = "" }) {
        return value !== "" || !(Number(this.repeat) > 0) || `${label}: ${translate("error.thing-needed")}`;
      },
    },
    thingName: { value: "" },
    property: { value: "" },
    propertyName: { value: "" },
    repeat: { value: 0, label: translate("label.repeat"), validate: numberFrom(0) },
    compatible: { value: false },
  },
  inputs: 1,
  outputs: 1,
  inputLabels: translate("port.input"),
  outputLabels: translate("port.output"),
  icon: "arduino-cloud-get.svg",
  paletteLabel: translate("palette"),
  label() {
    return targetLabel(this, translate("palette"));
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    form = openForm(this, ({ propertyGetForm }) => propertyGetForm(this));
  },
  oneditsave: () => form.save(),
  oneditcancel: () => form.close(),
});
