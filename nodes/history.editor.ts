import { textsOf } from "./editor/i18n";
import { targetLabel } from "./editor/node-label";
import { noForm, openForm } from "./editor/open-form";
import { numberFrom, type Validate, wholeNumberFrom } from "./editor/validators";

const translate = textsOf("arduino-cloud-history");
/** A date with or without a time, milliseconds since 1970, `now`, or a span back from now; the runtime looks closer. */
const timeForm = /^(now|\d{4}-\d\d-\d\d.*|-?\d{9,16}|0|-\d{1,9}[mhdw])?$/;

const typedText = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
const isTime: Validate = (value, { label = "" }) =>
  timeForm.test(typedText(value)) || `${label}: ${translate("error.time")}`;
const isInterval: Validate = (value, { label = "" }) => {
  const text = typedText(value);
  const isFine =
    /^(day|week|month)?$/.test(text) || (/^\d{1,8}$/.test(text) && Number(text) >= 1 && Number(text) <= 31_622_400);
  return isFine || `${label}: ${translate("error.interval")}`;
};

let form = noForm;

RED.nodes.registerType("arduino-cloud-history", {
  category: "Arduino Cloud",
  categoryDescription: translate("tip.category"),
  color: "#62adb2",
  defaults: {
    name: { value: "" },
    account: { value: "", type: "arduino-cloud-account", label: translate("label.account") },
    thing: { value: "" },
    thingName: { value: "" },
    property: { value: "" },
    propertyName: { value: "" },
    from: { value: "", label: translate("label.from"), validate: isTime },
    to: { value: "", label: translate("label.to"), validate: isTime },
    mode: { value: "" },
    interval: { value: "", label: translate("label.interval"), validate: isInterval },
    aggregation: { value: "" },
    output: { value: "rows" },
    chartFormat: { value: "dashboard-2" },
    batch: { value: 1000, label: translate("label.batch"), validate: wholeNumberFrom(1) },
    limit: { value: 0, label: translate("label.limit"), validate: wholeNumberFrom(0) },
    advance: { value: "auto" },
    compatible: { value: false },
    since: { value: "" },
    lookBack: { value: 300, label: translate("label.look-back"), validate: numberFrom(0) },
    store: { value: "" },
  },
  inputs: 1,
  outputs: 1,
  inputLabels: translate("port.input"),
  outputLabels: translate("port.output"),
  icon: "arduino-cloud-history.svg",
  paletteLabel: translate("palette"),
  label() {
    return targetLabel(this, translate("palette"));
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    form = openForm(this, ({ historyForm }) => historyForm(this));
  },
  oneditsave: () => form.save(),
  oneditcancel: () => form.close(),
});
