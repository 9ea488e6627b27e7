import { trimmedText } from "../../../cloud/core/text";
import { preferOnlyAccount } from "../default-account";
import { fieldValue, openMore, showRows } from "../form-fields";
import { textsOf } from "../i18n";
import type { Form } from "../open-form";
import { prepareStores, showRetention } from "./archive";
import { pickThingAndVariable } from "./thing-and-variable";

const type = "arduino-cloud-history";

/** Makes the form of history work. */
export function historyForm(node: EditorNode): Form {
  const translate = textsOf(type);
  preferOnlyAccount(node);
  prepareStatistics(trimmedText(node.aggregation));
  const lists = pickThingAndVariable({
    type,
    problemOf: ({ persist }) => (persist ? undefined : translate("tip.no-history")),
  });
  prepareStores(trimmedText(node.store), translate);
  showRetention(translate);
  showRows(["mode", "output", "since"], {
    "#arduino-cloud-interval-row": () => !["raw", ""].includes(fieldValue("mode")) || fieldValue("interval") !== "",
    "#arduino-cloud-aggregation-row": () =>
      fieldValue("mode") === "aggregate" || (fieldValue("mode") === "" && fieldValue("aggregation") !== ""),
    ".arduino-cloud-archive": () => fieldValue("since") === "last-run",
    "#arduino-cloud-statistics-row": () => fieldValue("mode") === "buckets",
    "#arduino-cloud-chart-format-row, #arduino-cloud-compatible-row": () => fieldValue("output") === "chart",
    "#arduino-cloud-batch-row, #arduino-cloud-advance-row": () => fieldValue("output") === "stream",
  });
  $("#node-input-mode").on("change", showIntervals);
  showIntervals();
  openMore(node);
  return {
    save: () => {
      lists.save();
      saveStatistics();
    },
    close: lists.close,
  };
}

/** The intervals that a mode takes, in figures. */
const intervalsOf: Record<string, string> = {
  aggregate: "1 – 86400",
  sample: "≥ 60",
  buckets: "1 – 31622400 · day · week · month",
};

function showIntervals(): void {
  $("#arduino-cloud-interval-hint").text(intervalsOf[fieldValue("mode")] ?? "");
}

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
