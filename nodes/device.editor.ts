import { type DeviceCreator, offerDeviceCreation } from "./editor/forms/create-device";
import { pickDeviceId } from "./editor/forms/device-pickers";
import { offerDeviceDoctor } from "./editor/forms/doctor-subjects";
import { nameLabel } from "./editor/node-label";
import type { ListPicker } from "./editor/widgets/list-picker";
import { textsOf } from "./editor/i18n";
import { address, numberFrom } from "./editor/validators";

const translate = textsOf("arduino-cloud-device");
let creator: DeviceCreator | undefined;
let ownDevices: ListPicker | undefined;

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
    creator = offerDeviceCreation(this.id, translate);
    ownDevices = pickDeviceId(translate);
    offerDeviceDoctor(this.id);
    const advanced = $("#arduino-cloud-device-advanced");
    // The placeholders show the defaults: what differs from them should be seen.
    const isChanged =
      $("#node-config-input-brokerUrl").val() !== "" || $("#node-config-input-messagesPerSecond").val() !== "25";
    advanced.prop("open", isChanged || $("#node-config-input-tls").val() !== "_ADD_");
    $("#arduino-cloud-device-creation").prop("open", $("#node-config-input-deviceId").val() === "");
  },
  oneditsave() {
    creator?.save(this);
    closeForm();
  },
  oneditcancel: closeForm,
});

/** Answers that come later are ignored. */
function closeForm(): void {
  creator?.close();
  ownDevices?.close();
}
