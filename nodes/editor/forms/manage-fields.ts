import type { Field, Fields } from "../../../cloud/rest/index";
import { noteKey } from "../../manage/note-key";
import type { Translate } from "../i18n";

/** The most values of a field that stand in its line; more are behind it, to be opened. */
const maxValues = 6;

/** Returns the fields of a body or of a query as a list, what is inside of them to be opened. */
export function fieldList(fields: Fields, translate: Translate): JQuery {
  return $('<ul class="arduino-cloud-fields">').append(
    Object.entries(fields).map(([name, field]) => fieldItem(name, field, translate)),
  );
}

function fieldItem(name: string, field: Field, translate: Translate): JQuery {
  const line = $("<span>").append(
    $("<code>").text(name),
    field.required ? requiredMark(translate) : "",
    document.createTextNode(` ${describe(field, translate).join(", ")}`),
  );
  const inner = contentOf(field, translate);
  const shown = inner === undefined ? line : $("<details>").append($("<summary>").append(line), inner);
  return $("<li>").append(shown);
}

function requiredMark(translate: Translate): JQuery {
  const unseen = $('<span class="arduino-cloud-unseen">').text(` (${translate("label.required")})`);
  return $('<b class="arduino-cloud-required">').text("*").attr("title", translate("label.required")).append(unseen);
}

/** Returns what a field holds inside: the fields of its objects, or its values where they are many. */
function contentOf({ schema, items, values = [] }: Field, translate: Translate): JQuery | undefined {
  const inner = FORM_TABLE.schemas[items?.schema ?? schema ?? ""];
  if (inner !== undefined) return fieldList(inner, translate);
  if (values.length <= maxValues) return undefined;
  return $("<div>").text(values.join(", "));
}

/** Returns type, limits, default and note of a field, in words. */
function describe(field: Field, translate: Translate): string[] {
  const { items, values = [], default: usual, note } = field;
  const kind = translate(`kind.${field.type}`);
  const inner = items === undefined ? [] : describe(items, translate);
  return [
    inner.length === 0 ? kind : `${kind}: ${inner.join(", ")}`,
    ...valuesText(values, translate),
    ...limits(field, translate),
    ...(usual === undefined ? [] : [translate("label.usually", { value: String(usual) })]),
    ...(note === undefined ? [] : [noteText(note, translate)]),
  ];
}

/** Returns a note of the table of operations in the editor's language. */
export function noteText(note: string, translate: Translate): string {
  const key = noteKey(note);
  return key === undefined ? note : translate(`note.${key}`);
}

function valuesText(values: readonly string[], translate: Translate): string[] {
  if (values.length === 0) return [];
  if (values.length > maxValues) return [translate("label.one-of-many", { total: values.length })];
  return [translate("label.one-of", { values: values.join(", ") })];
}

function limits(field: Field, translate: Translate): string[] {
  const { minLength, maxLength, minimum, maximum, minItems, maxItems, pattern, values, note } = field;
  const length = range(minLength, maxLength);
  const count = range(minItems, maxItems);
  const characters = pattern === undefined ? undefined : charactersOf(pattern);
  // A pattern that is more than a set of characters is told by the note, where there is one.
  const shape = characters === undefined && note === undefined && values === undefined ? pattern : undefined;
  const all = [
    range(minimum, maximum),
    length && translate("label.characters", { range: length }),
    count && translate("label.entries", { range: count }),
    characters && translate("label.only", { characters }),
    shape,
  ];
  return all.flatMap((limit) => limit || []);
}

/** Returns a range in figures and signs only; blank where there is none. */
function range(lowest: number | undefined, highest: number | undefined): string {
  if (lowest === undefined) return highest === undefined ? "" : `≤ ${highest}`;
  if (highest === undefined) return `≥ ${lowest}`;
  return lowest === highest ? `= ${lowest}` : `${lowest} – ${highest}`;
}

/** Returns the characters that a pattern allows, where it is nothing but a set of them: `a–z A–Z 0–9 _ . -`. */
function charactersOf(pattern: string): string | undefined {
  const [, set] = /^\^?\[((?:\w-\w|[_.@ -])+)\][+*](?:\$)?$/.exec(pattern) ?? [];
  if (set === undefined) return undefined;
  const parts = set.match(/\w-\w|./g) ?? [];
  return parts.map((part) => (part === " " ? "␣" : part.replace(/^(\w)-(\w)$/, "$1–$2"))).join(" ");
}
