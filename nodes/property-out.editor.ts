import { targetLabel } from "./editor/label";
import { pickThingAndVariable } from "./editor/thing-variable";
import { textsOf } from "./editor/text";
import { numberFrom, wholeNumberFrom } from "./editor/validators";

const translate = textsOf("arduino-cloud-property-out");
let closeLists: () => void = () => undefined;

RED.nodes.registerType("arduino-cloud-property-out", {
  category: "Arduino Cloud",
  categoryDescription: translate("tip.category"),
  color: "#8fc1c4",
  defaults: {
    name: { value: "" },
    account: { value: "", type: "arduino-cloud-account", label: translate("label.account") },
    device: { value: "" },
    thing: { value: "" },
    thingName: { value: "" },
    property: { value: "" },
    propertyName: { value: "" },
    as: { value: "user" },
    whenOffline: { value: "queue" },
    queueLimit: { value: 1000, label: translate("label.queue-limit"), validate: wholeNumberFrom(1) },
    confirm: { value: "broker" },
    confirmTimeout: { value: 10, validate: numberFrom(0) },
  },
  inputs: 1,
  outputs: 1,
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
    closeLists = pickThingAndVariable({ type: "arduino-cloud-property-out", writes: true });
    $("#node-input-whenOffline").on("change", function () {
      $("#arduino-cloud-queue-limit-row").toggle($(this).val() !== "reject");
    });
  },
  oneditsave: () => closeLists(),
  oneditcancel: () => closeLists(),
});
