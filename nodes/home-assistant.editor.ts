import { textsOf } from "./editor/i18n";
import { nameLabel } from "./editor/node-label";
import { noForm, openForm } from "./editor/open-form";

const translate = textsOf("arduino-cloud-home-assistant");
let form = noForm;

RED.nodes.registerType("arduino-cloud-home-assistant", {
  category: "Arduino Cloud",
  categoryDescription: translate("tip.category"),
  color: "#62adb2",
  defaults: {
    name: { value: "" },
    account: { value: "", type: "arduino-cloud-account", label: translate("label.account") },
    things: { value: "" },
    tag: { value: "" },
    prefix: { value: "" },
    base: { value: "" },
    write: { value: true },
    // Not "status", under which the editor keeps what the node shows below itself.
    availability: { value: true },
    overrides: { value: "" },
  },
  inputs: 1,
  outputs: 1,
  inputLabels: translate("port.input"),
  outputLabels: translate("port.output"),
  icon: "arduino-cloud-home.svg",
  paletteLabel: translate("palette"),
  label() {
    return nameLabel(this, translate("palette"));
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    form = openForm(this, ({ plainForm }) => plainForm(this));
  },
  oneditsave: () => form.save(),
  oneditcancel: () => form.close(),
});
