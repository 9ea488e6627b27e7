import { offerConnectionTest } from "./editor/forms/connection-test";
import { registerDoctorAction } from "./editor/forms/doctor-subjects";
import { nameLabel } from "./editor/node-label";
import { textsOf } from "./editor/i18n";
import { address, numberFrom } from "./editor/validators";

const translate = textsOf("arduino-cloud-account");
let endTest: () => void = () => undefined;

RED.nodes.registerType("arduino-cloud-account", {
  category: "config",
  color: "#62adb2",
  defaults: {
    name: { value: "" },
    organization: { value: "" },
    baseUrl: {
      value: "https://api2.arduino.cc",
      label: translate("label.base-url"),
      validate: address("https", "http"),
    },
    audience: {
      value: "https://api2.arduino.cc/iot",
      label: translate("label.audience"),
      validate: address("https", "http"),
    },
    brokerUrl: {
      value: "wss://wss.iot.arduino.cc:8443/mqtt",
      label: translate("label.broker-url"),
      validate: address("wss", "ws", "mqtts", "mqtt"),
    },
    deviceBrokerUrl: {
      value: "mqtts://mqtts-up.iot.arduino.cc:8884",
      label: translate("label.device-broker-url"),
      validate: address("wss", "ws", "mqtts", "mqtt"),
    },
    tls: { value: "", type: "tls-config", required: false },
    requestsPerSecond: { value: 10, label: translate("label.requests-per-second"), validate: numberFrom(0.1) },
    messagesPerSecond: { value: 25, label: translate("label.messages-per-second"), validate: numberFrom(0.1) },
  },
  credentials: { clientId: { type: "password" }, clientSecret: { type: "password" } },
  icon: "arduino-cloud.svg",
  paletteLabel: translate("label.account"),
  label() {
    return nameLabel(this, translate("label.account"));
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    // A new account begins with what has to be pasted; the editor itself focuses the first field a little later.
    const clientId = $("#node-config-input-clientId");
    if (clientId.val() === "") window.setTimeout(() => clientId.trigger("focus"), 400);
    endTest = offerConnectionTest(this.id, translate);
    const advanced = $("#arduino-cloud-account-advanced");
    // The placeholders show the defaults: what differs from them should be seen.
    const isChanged = advanced.find("input").is((_index, input) => $(input).val() !== $(input).attr("placeholder"));
    advanced.prop("open", isChanged || $("#node-config-input-tls").val() !== "_ADD_");
  },
  oneditsave: () => endTest(),
  oneditcancel: () => endTest(),
});

registerDoctorAction();
