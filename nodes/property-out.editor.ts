import { accountOrDevice } from "./editor/account-or-device";
import { textsOf } from "./editor/i18n";
import { targetLabel } from "./editor/node-label";
import { noForm, openForm } from "./editor/open-form";
import { numberFrom, wholeNumberFrom } from "./editor/validators";

const translate = textsOf("arduino-cloud-property-out");
let form = noForm;

RED.nodes.registerType("arduino-cloud-property-out", {
  category: "Arduino Cloud",
  categoryDescription: translate("tip.category"),
  color: "#62adb2",
  defaults: {
    name: { value: "" },
    account: {
      value: "",
      type: "arduino-cloud-account",
      label: translate("label.account"),
      validate: accountOrDevice("arduino-cloud-property-out"),
    },
    device: { value: "", type: "arduino-cloud-device", required: false, label: translate("label.device") },
    thing: { value: "" },
    thingName: { value: "" },
    property: { value: "" },
    propertyName: { value: "" },
    as: { value: "user" },
    whenOffline: { value: "queue" },
    queueLimit: { value: 1000, label: translate("label.queue-limit"), validate: wholeNumberFrom(1) },
    confirm: { value: "broker" },
    confirmTimeout: { value: 10, label: translate("label.confirm-timeout"), validate: numberFrom(0.1) },
    keepQueue: { value: false },
  },
  inputs: 1,
  outputs: 1,
  inputLabels: translate("port.input"),
  outputLabels: translate("port.output"),
  icon: "arduino-cloud-out.svg",
  align: "right",
  paletteLabel: translate("palette"),
  label() {
    return targetLabel(this, translate("palette"));
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    form = openForm(this, ({ propertyOutForm }) => propertyOutForm(this));
  },
  oneditsave: () => form.save(),
  oneditcancel: () => form.close(),
});
