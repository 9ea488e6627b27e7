import { textsOf } from "./editor/i18n";
import { deviceLabel } from "./editor/node-label";
import { noForm, openForm } from "./editor/open-form";
import { numberFrom } from "./editor/validators";

const translate = textsOf("arduino-cloud-device-status");
let form = noForm;

RED.nodes.registerType("arduino-cloud-device-status", {
  category: "Arduino Cloud",
  categoryDescription: translate("tip.category"),
  color: "#62adb2",
  defaults: {
    name: { value: "" },
    account: { value: "", type: "arduino-cloud-account", label: translate("label.account") },
    device: { value: "" },
    deviceName: { value: "" },
    interval: { value: 60, label: translate("label.interval"), validate: numberFrom(0.1) },
    staleAfter: { value: 0, label: translate("label.stale-after"), validate: numberFrom(0) },
  },
  inputs: 0,
  outputs: 1,
  outputLabels: translate("port.output"),
  icon: "arduino-cloud-status.svg",
  paletteLabel: translate("palette"),
  label() {
    return deviceLabel(this, translate("palette"));
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    form = openForm(this, ({ deviceStatusForm }) => deviceStatusForm(this));
  },
  oneditsave: () => form.save(),
  oneditcancel: () => form.close(),
});
