import { textsOf } from "./editor/i18n";
import { nameLabel } from "./editor/node-label";
import { noForm, openPartForm } from "./editor/open-form";
import { address, numberFrom } from "./editor/validators";

const translate = textsOf("arduino-cloud-device");
let form = noForm;

RED.nodes.registerType("arduino-cloud-device", {
  category: "config",
  color: "#62adb2",
  defaults: {
    name: { value: "" },
    account: { value: "", type: "arduino-cloud-account", required: false, label: translate("label.account") },
    brokerUrl: {
      value: "",
      label: translate("label.broker-url"),
      validate: address("mqtts", "mqtt", "wss", "ws"),
    },
    tls: { value: "", type: "tls-config", required: false },
    proxy: { value: "", type: "http proxy", required: false, label: translate("label.proxy") },
    messagesPerSecond: { value: 25, label: translate("label.messages-per-second"), validate: numberFrom(0.1) },
  },
  credentials: { deviceId: { type: "text" }, secretKey: { type: "password" } },
  icon: "arduino-cloud-device.svg",
  paletteLabel: translate("label.device"),
  label() {
    return nameLabel(this, translate("label.device"));
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    form = openPartForm(this, "device", ({ deviceForm }) => deviceForm(this));
  },
  oneditsave: () => form.save(),
  oneditcancel: () => form.close(),
});
