import { textOf } from "../../../cloud/core/text";
import type { FormOperation } from "../../manage/form-operations";
import { type WantedOperation, wantedOperations } from "../../manage/extra-operations";
import { pickTargets, targetFields } from "./manage-pickers";
import { preferOnlyAccount } from "../default-account";
import { fieldValue } from "../form-fields";
import { textsOf } from "../i18n";
import type { Form } from "../open-form";

const translate = textsOf("arduino-cloud-manage");
/** The resource by which an operation is given as the API calls it. */
const any = "any";

/** The resources, in the order of the form. */
const resourceNames: readonly string[] = [...new Set(FORM_OPERATIONS.map(({ resource }) => resource))];

/** An operation of the list, under the name by which it is stored. */
interface Entry {
  value: string;
  operation: FormOperation;
}

/** Fills the form of manage with what the node has and shows what its operation needs. */
export function manageForm(node: EditorNode): Form {
  preferOnlyAccount(node);
  const lists = pickTargets();
  const resource = $("#node-input-resource");
  fill(resource, [...resourceNames, any], textOf(node.resource));
  let listed = "";
  const showOperations = (wanted?: string): void => {
    listed = fieldValue("resource");
    const values = [...choicesOf(listed).map(({ value }) => value), ...wantedOf(listed).map(({ name }) => name)];
    const usual = values.includes("list") ? "list" : "";
    fill($("#node-input-operation"), ["", ...values], wanted ?? usual);
    showNeeds();
  };
  const showNeeds = (): void => {
    const needs = needsOf(listed, fieldValue("operation"));
    for (const field of targetFields) $(`#arduino-cloud-${field}-row`).toggle(needs.targets.has(field));
    $(".arduino-cloud-manage-call").toggle(listed === any && fieldValue("operation") === "");
    $("#arduino-cloud-force-row").toggle(needs.hasForce);
    $("#arduino-cloud-manage-summary").text(needs.summary);
    $("#arduino-cloud-manage-needs")
      .empty()
      .append(needs.lines.map((line) => $("<li>").text(line)));
    $("#arduino-cloud-manage-needs-row").toggle(needs.lines.length > 0);
    lists.show(needs.targets);
  };
  showOperations(textOf(node.operation));
  resource.on("change", () => {
    // The editor triggers "change" for what it has filled in itself.
    if (fieldValue("resource") !== listed) showOperations();
  });
  $("#node-input-operation").on("change", showNeeds);
  return lists;
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

function choicesOf(resource: string): Entry[] {
  return FORM_OPERATIONS.flatMap((operation) => {
    if (resource !== any) return operation.resource === resource ? [{ value: operation.name, operation }] : [];
    return operation.id === undefined ? [] : [{ value: operation.id, operation }];
  });
}

function wantedOf(resource: string): WantedOperation[] {
  return wantedOperations.filter((candidate) => candidate.resource === resource);
}

interface Needs {
  /** The fields to show. */
  targets: Set<string>;
  hasForce: boolean;
  summary: string;
  /** The properties that the message has to bring. */
  lines: string[];
}

/** Returns the needs of one operation, or of all that may be meant where the message chooses. */
function needsOf(resource: string, name: string): Needs {
  const wanted = wantedOf(resource).find((candidate) => candidate.name === name);
  if (wanted !== undefined) {
    return { targets: new Set(wanted.targets), hasForce: false, summary: wanted.summary, lines: [...wanted.input] };
  }
  const entries = choicesOf(resource);
  const chosen = entries.find(({ value }) => value === name)?.operation;
  const meant = chosen === undefined ? entries.map(({ operation }) => operation) : [chosen];
  return {
    targets: new Set(meant.flatMap(({ path }) => Object.keys(path))),
    hasForce: meant.some(({ hasForce }) => hasForce),
    summary: chosen?.summary ?? "",
    lines: chosen === undefined ? [] : linesOf(chosen),
  };
}

function linesOf({ path, payload, fields, query }: FormOperation): string[] {
  const ids = Object.entries(path).filter(([kind]) => !targetFields.some((field) => field === kind));
  return [
    ...ids.map(([, property]) => `msg.${property}`),
    ...(payload === undefined ? [] : [`msg.payload: ${payloadText(payload, fields)}`]),
    ...(query === "" ? [] : [`msg.query: ${query}`]),
  ];
}

function payloadText(payload: FormOperation["payload"] & string, fields: string): string {
  if (payload === "list") return translate("label.list");
  return payload === "bodies" ? `${fields} ${translate("label.or-many")}` : fields;
}
