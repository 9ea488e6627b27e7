import { preferOnlyAccount } from "./editor/default-account";
import { prepareStores, showRetention } from "./editor/forms/archive";
import { targetLabel } from "./editor/node-label";
import { fieldValue, showRows } from "./editor/form-rows";
import { pickThingAndVariable } from "./editor/forms/thing-and-variable";
import { textsOf } from "./editor/i18n";
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

/** Shows several aggregations, which one field holds with commas between them. */
function prepareStatistics(aggregation: string): void {
  const chosen = aggregation.toUpperCase().split(/[\s,]+/);
  $<HTMLInputElement>("#arduino-cloud-statistics-row input").each(function () {
    this.checked = chosen.includes(this.value);
  });
  // What the other list lacks would be saved as nothing at all.
  $("#node-input-aggregation").val(fieldValue("aggregation"));
}

/** Puts what is chosen for buckets where the editor looks for the field. */
function saveStatistics(): void {
  if (fieldValue("mode") !== "buckets") return;
  const boxes = $<HTMLInputElement>("#arduino-cloud-statistics-row input:checked").get();
  const value = boxes.map((box) => box.value).join();
  $("#node-input-aggregation").append($("<option>", { value })).val(value);
}

let closeLists: () => void = () => undefined;

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
    preferOnlyAccount(this);
    prepareStatistics(typedText(this.aggregation));
    closeLists = pickThingAndVariable({
      type: "arduino-cloud-history",
      problemOf: ({ persist }) => (persist ? undefined : translate("tip.no-history")),
    });
    prepareStores(typedText(this.store), translate);
    showRetention(translate);
    showRows(["mode", "output", "since"], {
      "#arduino-cloud-interval-row": () => fieldValue("mode") !== "raw",
      "#arduino-cloud-aggregation-row": () => ["", "aggregate"].includes(fieldValue("mode")),
      ".arduino-cloud-archive": () => fieldValue("since") === "last-run",
      "#arduino-cloud-statistics-row": () => fieldValue("mode") === "buckets",
      "#arduino-cloud-chart-format-row, #arduino-cloud-compatible-row": () => fieldValue("output") === "chart",
      "#arduino-cloud-batch-row, #arduino-cloud-advance-row": () => fieldValue("output") === "stream",
    });
  },
  oneditsave() {
    saveStatistics();
    closeLists();
  },
  oneditcancel: () => closeLists(),
});
