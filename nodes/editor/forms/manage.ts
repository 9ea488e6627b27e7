import {
  bodyFieldsOf,
  type ManagedOperation,
  messagePropertyOf,
  operationsOf,
  pathParameters,
  resources,
  takesMany,
} from "../../../cloud/manage/catalogue";
import type { Fields } from "../../../cloud/rest/operations/index";
import { type WantedOperation, wantedOperations } from "../../manage/extra-operations";
import { pickTargets, targetFields } from "./manage-pickers";
import { fieldValue } from "../form-rows";
import { textsOf } from "../i18n";
import { textOf } from "../../../cloud/core/text";

const translate = textsOf("arduino-cloud-manage");
/** The resource by which an operation is given as the API calls it. */
const any = "any";

/** An operation of the list, under the name by which it is stored. */
interface Entry {
  value: string;
  operation: ManagedOperation;
}

/** Fills the form of manage with what the node has and shows what its operation needs. Gives what closes it. */
export function manageForm(node: EditorNode): () => void {
  const lists = pickTargets();
  const resource = $("#node-input-resource");
  fill(resource, [...resources, any], textOf(node.resource));
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
  return () => lists.close();
}

/** What the node does, in short: "things: create". */
export function operationSentence(node: EditorNode): string {
  const call = [node.method, node.path].map(textOf).filter(Boolean).join(" ");
  return `${textOf(node.resource)}: ${textOf(node.operation) || call || "msg.operation"}`;
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
  if (resource !== any) return operationsOf(resource).map((operation) => ({ value: operation.name, operation }));
  const isRow = ({ fixed, isAlias }: ManagedOperation): boolean => fixed === undefined && isAlias === undefined;
  const all = resources.flatMap((one) => operationsOf(one)).filter(isRow);
  return all.map((operation) => ({ value: operation.row.id, operation }));
}

function wantedOf(resource: string): WantedOperation[] {
  return wantedOperations.filter((candidate) => candidate.resource === resource);
}

interface Needs {
  /** The fields to show. */
  targets: Set<string>;
  hasForce: boolean;
  summary: string;
  /** What the message has to bring. */
  lines: string[];
}

/** What one operation needs, or all that may be meant where the message chooses. */
function needsOf(resource: string, name: string): Needs {
  const wanted = wantedOf(resource).find((candidate) => candidate.name === name);
  if (wanted !== undefined) {
    return { targets: new Set(), hasForce: false, summary: wanted.summary, lines: [...wanted.input] };
  }
  const entries = choicesOf(resource);
  const chosen = entries.find(({ value }) => value === name)?.operation;
  const meant = chosen === undefined ? entries.map(({ operation }) => operation) : [chosen];
  const kinds = new Set(meant.flatMap(({ row }) => pathParameters(row).map(({ kind }) => kind)));
  return {
    targets: kinds,
    hasForce: meant.some(({ row }) => "force" in row.query),
    summary: chosen?.summary ?? "",
    lines: chosen === undefined ? [] : linesOf(chosen, kinds),
  };
}

function linesOf(chosen: ManagedOperation, kinds: ReadonlySet<string>): string[] {
  const { row, fixed } = chosen;
  const lines = [...kinds]
    .filter((kind) => !targetFields.some((field) => field === kind))
    .map((kind) => `msg.${messagePropertyOf(kind)}`);
  if (row.body !== undefined && fixed === undefined) lines.push(`msg.payload: ${bodyText(chosen)}`);
  const query = namesOf(row.query);
  if (query !== "") lines.push(`msg.query: ${query}`);
  return lines;
}

function bodyText({ name, row }: ManagedOperation): string {
  const fields = namesOf(row.body?.type === "list" ? {} : bodyFieldsOf(row));
  if (row.body?.type === "list") return translate("label.list");
  return takesMany({ name, row }) ? `${fields} ${translate("label.or-many")}` : fields;
}

function namesOf(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, { required }]) => (required ? `${name}*` : name))
    .join(", ");
}
