import { textsOf } from "./editor/i18n";
import { nameLabel } from "./editor/node-label";
import { numberFrom, redisAddress } from "./editor/validators";

const translate = textsOf("arduino-cloud-cluster");

RED.nodes.registerType("arduino-cloud-cluster", {
  category: "config",
  color: "#62adb2",
  defaults: {
    name: { value: "" },
    url: { value: "redis://127.0.0.1:6379", label: translate("label.url"), validate: redisAddress() },
    tls: { value: "", type: "tls-config", required: false },
    share: { value: "standby" },
    ttl: { value: 5, label: translate("label.ttl"), validate: numberFrom(1) },
    hold: { value: 60, label: translate("label.hold"), validate: numberFrom(1) },
    whenEngineDown: { value: "hold" },
  },
  credentials: { user: { type: "text" }, password: { type: "password" } },
  icon: "arduino-cloud.svg",
  paletteLabel: translate("label.cluster"),
  label() {
    return nameLabel(this, translate("label.cluster"));
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
});
