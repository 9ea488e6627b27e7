import { textOf } from "../../../cloud/core/text";
import { bodyField } from "./manage-body";
import { fieldList, noteText } from "./manage-fields";
import { needsOf, operationNames, resourceNames } from "./manage-needs";
import { pickTargets, targetFields } from "./manage-pickers";
import { preferOnlyAccount } from "../default-account";
import { fieldValue } from "../form-fields";
import { textsOf, type Translate } from "../i18n";
import type { Form } from "../open-form";

const translate = textsOf("arduino-cloud-manage");

/** Fills the form of manage with what the node has and shows what its operation needs. */
export function manageForm(node: EditorNode): Form {
  preferOnlyAccount(node);
  const lists = pickTargets();
  const body = bodyField(translate);
  const resource = $("#node-input-resource");
  fill(resource, resourceNames, textOf(node.resource));
  let listed = "";
  const showOperations = (wanted?: string): void => {
    listed = fieldValue("resource");
    const values = operationNames(listed);
    const usual = values.includes("list") ? "list" : "";
    fill($("#node-input-operation"), ["", ...values], wanted ?? usual);
    showNeeds();
  };
  const showNeeds = (): void => {
    const needs = needsOf(listed, fieldValue("operation"));
    for (const field of targetFields) $(`#arduino-cloud-${field}-row`).toggle(needs.targets.has(field));
    $(".arduino-cloud-manage-call").toggle(needs.isCall);
    $("#arduino-cloud-force-row").toggle(needs.hasForce);
    $("#arduino-cloud-manage-summary").text(needs.does === "" ? "" : translate(`does.${needs.does}`));
    showInput(needs);
    body.show(needs.body, needs.body !== undefined || needs.isCall);
    lists.show(needs.targets);
  };
  showOperations(textOf(node.operation));
  resource.on("change", () => {
    // The editor triggers "change" for what it has filled in itself.
    if (fieldValue("resource") !== listed) showOperations();
  });
  $("#node-input-operation").on("change", showNeeds);
  return {
    save: () => {
      lists.save();
      body.save();
    },
    close: () => lists.close(),
  };
}

/** Returns a line of input in words: `msg.base: the dashboard …` has a name and a note. */
function inputText(line: string, translate: Translate): string {
  const [name = "", note] = line.split(": ");
  return note === undefined ? line : `${name}: ${noteText(note, translate)}`;
}

/** Fills a list of choices; what is chosen stays even if the list does not have it. */
function fill(select: JQuery, values: readonly string[], chosen: string): void {
  const all = values.includes(chosen) ? values : [...values, chosen];
  select.empty();
  for (const value of all)
    select.append(
      $("<option>")
        .val(value)
        .text(value === "" ? translate("label.by-message") : value),
    );
  select.val(chosen);
}

/** Shows what an operation takes beside the fields of the form: the fields of its body and of its query, and ids. */
function showInput({ lines, body, query }: ReturnType<typeof needsOf>): void {
  const heading = body?.takesMany ? translate("label.or-many") : body?.isList ? translate("label.list") : "";
  $("#arduino-cloud-manage-fields")
    .empty()
    .append(
      ...(body === undefined
        ? []
        : [document.createTextNode(heading), fieldList(FORM_TABLE.schemas[body.schema] ?? {}, translate)]),
    );
  const options = Object.keys(query).length > 0 ? [$("<div>").text("msg.query"), fieldList(query, translate)] : [];
  $("#arduino-cloud-manage-needs")
    .empty()
    .append(...lines.map((line) => $("<div>").text(inputText(line, translate))), ...options);
  $("#arduino-cloud-manage-needs-row").toggle(lines.length + options.length > 0);
}
