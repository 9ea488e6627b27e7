import { textsOf } from "./editor/i18n";
import { nameLabel } from "./editor/node-label";
import { isFormOpen, noForm, openForm } from "./editor/open-form";
import { withSharedCode } from "./editor/shared-code";
import { address, numberFrom, type Validate } from "./editor/validators";

const translate = textsOf("arduino-cloud-account");
const doctor = "arduino-cloud:doctor";
let form = noForm;

/**
 * Tells what is missing of the API key, as far as the editor knows: of a deployed one only when it was opened. The demo
 * house needs none.
 */
const hasKey: Validate = function (_value, { label = "" }) {
  const { changed, credentials } = this;
  if (isFormOpen(this) ? $("#node-config-input-demo").is(":checked") : this.demo === true) return true;
  const has = (name: "clientId" | "clientSecret"): boolean =>
    isFormOpen(this)
      ? $(`#node-config-input-${name}`).val() !== ""
      : credentials === undefined
        ? changed !== true
        : credentials[`has_${name}`] === true || ![undefined, ""].includes(credentials[name] as string | undefined);
  return (has("clientId") && has("clientSecret")) || [label, translate("error.key-needed")].filter(Boolean).join(": ");
};

RED.nodes.registerType("arduino-cloud-account", {
  category: "config",
  color: "#62adb2",
  defaults: {
    name: { value: "" },
    demo: { value: false },
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
    proxy: { value: "", type: "http proxy", required: false, label: translate("label.proxy") },
    showValues: { value: true, validate: hasKey },
    cluster: { value: "", type: "arduino-cloud-cluster", required: false, label: translate("label.cluster") },
    requestsPerSecond: { value: 10, label: translate("label.requests-per-second"), validate: numberFrom(0.1) },
    messagesPerSecond: { value: 25, label: translate("label.messages-per-second"), validate: numberFrom(0.1) },
  },
  credentials: {
    clientId: { type: "password", required: true, label: translate("label.client-id") },
    clientSecret: { type: "password", required: true, label: translate("label.client-secret") },
  },
  icon: "arduino-cloud.svg",
  paletteLabel: translate("label.account"),
  label() {
    return nameLabel(this, translate("label.account"));
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    // A flow may lack it, and the runtime takes that for "on".
    if (this.showValues === undefined) $("#node-config-input-showValues").prop("checked", true);
    form = openForm(this, ({ accountForm }) => accountForm(this));
  },
  oneditsave: () => form.save(),
  oneditcancel: () => form.close(),
});

// The script runs again when the nodes are disabled and enabled, and an action can't be added twice.
RED.actions.remove(doctor);
RED.actions.add(
  doctor,
  () => withSharedCode(({ usePart }) => usePart("doctor", ({ examineConfigured }) => examineConfigured())),
  {
    label: translate("doctor.action"),
  },
);
