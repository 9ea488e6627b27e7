import { accountOrDevice } from "./editor/account-or-device";
import { textsOf } from "./editor/i18n";
import { targetLabel } from "./editor/node-label";
import { noForm, openForm } from "./editor/open-form";
import { numberFrom } from "./editor/validators";

const translate = textsOf("arduino-cloud-property-in");
let form = noForm;

RED.nodes.registerType("arduino-cloud-property-in", {
  category: "Arduino Cloud",
  categoryDescription: translate("tip.category"),
  color: "#62adb2",
  defaults: {
    name: { value: "" },
    account: {
      value: "",
      type: "arduino-cloud-account",
      label: translate("label.account"),
      validate: accountOrDevice("arduino-cloud-property-in"),
    },
    device: { value: "", type: "arduino-cloud-device", required: false, label: translate("label.device") },
    thing: { value: "" },
    thingName: { value: "" },
    property: { value: "" },
    propertyName: { value: "" },
    direction: { value: "reported" },
    emit: { value: "all" },
    deadband: { value: 0, label: translate("label.deadband"), validate: numberFrom(0) },
    // For a node that is dragged in anew; where a flow has nothing about it, it is off.
    initial: { value: true },
    initialHours: { value: 0, label: translate("label.initial-hours"), validate: numberFrom(0) },
    catchUp: { value: "none" },
    catchUpDelay: { value: 15, label: translate("label.catch-up-delay"), validate: numberFrom(0) },
    ack: { value: "sent" },
    echo: { value: true },
    inputs: { value: 0 },
    compatible: { value: false },
  },
  inputs: 0,
  outputs: 1,
  inputLabels: translate("port.input"),
  outputLabels: translate("port.output"),
  icon: "arduino-cloud-in.svg",
  paletteLabel: translate("palette"),
  label() {
    return targetLabel(this, translate("palette"));
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    // A flow may lack it, and the runtime takes that for "on".
    if (this.echo === undefined) $("#node-input-echo").prop("checked", true);
    form = openForm(this, ({ propertyInForm }) => propertyInForm(this));
  },
  oneditsave: () => form.save(),
  oneditcancel: () => form.close(),
});
