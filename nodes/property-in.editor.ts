import { targetLabel } from "./editor/label";
import { pickThingAndVariable } from "./editor/thing-variable";
import { textsOf } from "./editor/text";
import { numberFrom } from "./editor/validators";

const translate = textsOf("arduino-cloud-property-in");
let closeLists: () => void = () => undefined;

RED.nodes.registerType("arduino-cloud-property-in", {
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
    direction: { value: "reported" },
    emit: { value: "all" },
    deadband: { value: 0, label: translate("label.deadband"), validate: numberFrom(0) },
    initial: { value: false },
    catchUp: { value: "none" },
    inputs: { value: 0 },
  },
  inputs: 0,
  outputs: 1,
  icon: "arduino-cloud-in.svg",
  paletteLabel: translate("palette"),
  label() {
    return targetLabel(this, translate("palette"));
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    closeLists = pickThingAndVariable({ type: "arduino-cloud-property-in", writes: false });
    $("#node-input-emit").on("change", function () {
      $("#arduino-cloud-deadband-row").toggle($(this).val() === "changed");
    });
    $("#node-input-inputs").on("change", function () {
      $("#arduino-cloud-inputs-hint").toggle($(this).val() === "1");
    });
  },
  oneditsave: () => closeLists(),
  oneditcancel: () => closeLists(),
});
