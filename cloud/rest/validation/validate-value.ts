import { type Field, type Fields, schemaFields } from "../operations/index";
import { slipOf } from "../../core/spelling";
import { isUuid } from "../../core/text";
import { asRecord } from "../../core/json";
import { fieldPath, type Problems } from "./problems";
import { describeValue } from "../../core/describe";

/** The values that each type takes, and its name. */
const types: Record<Field["type"], { takes: (value: unknown) => boolean; called: string }> = {
  string: { takes: (value) => typeof value === "string", called: "a text" },
  uuid: { takes: (value) => typeof value === "string" && isUuid(value), called: "a UUID" },
  integer: { takes: Number.isSafeInteger, called: "a whole number" },
  number: { takes: (value) => typeof value === "number", called: "a number" },
  boolean: { takes: (value) => typeof value === "boolean", called: "true or false" },
  time: { takes: isRfc3339, called: "a time with its offset, such as 2026-01-31T12:00:00Z" },
  any: { takes: () => true, called: "any value" },
  map: { takes: (value) => asRecord(value) !== undefined, called: "an object" },
  object: { takes: (value) => asRecord(value) !== undefined, called: "an object" },
  list: { takes: Array.isArray, called: "a list" },
  file: { takes: (value) => value instanceof Uint8Array, called: "the bytes of a file, in a Buffer" },
};

/** Returns what a value of this field is called in messages: "a text", "a list". */
export function describeExpected({ type }: Field): string {
  return types[type].called;
}

/**
 * Checks a value that JSON can hold against its field: type, limits, pattern, values, and everything inside of it.
 * @param where the path of the field, for messages; blank for the body
 */
export function checkValue(field: Field, value: unknown, where: string, findings: Problems): void {
  if (!types[field.type].takes(value)) {
    const given = field.secret ? `something else (${typeof value})` : describeValue(value);
    findings.error(where, `must be ${describeExpected(field)}; got ${given}`);
    return;
  }
  if (typeof value === "string") checkText(field, value, where, findings);
  if (typeof value === "number") checkNumber(field, value, where, findings);
  if (Array.isArray(value)) checkList(field, value, where, findings);
  if (field.type === "object")
    checkFields(schemaFields(field.schema), value as Record<string, unknown>, where, findings);
}

/**
 * Checks the fields of an object. What the table does not know passes with a warning, since the API grows
 * (docs/protocol.md#addresses); so does `null` where a field may be absent.
 */
function checkFields(
  fields: Fields,
  given: Readonly<Record<string, unknown>>,
  where: string,
  findings: Problems,
): void {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(fields, name));
  for (const [name, field] of Object.entries(fields)) {
    if (findings.isFull) return;
    const value = given[name];
    const place = fieldPath(where, name);
    if (value !== undefined && !isBlank(field, value)) checkValue(field, value, place, findings);
    else if (value !== undefined) findings.warn(place, `is ${value === null ? "null" : "blank"}, as if to clear it`);
    else if (field.required)
      findings.error(place, `is missing; expected is ${describeExpected(field)}${hint(name, unknown)}`);
  }
  for (const name of unknown) {
    const meant = slipOf(name, Object.keys(fields));
    const question = meant === undefined ? "" : `; did you mean ${meant}?`;
    findings.warn(fieldPath(where, name), `is a field that is not known here${question}`);
  }
}

/** Returns whether a value means "none", which the service may take. */
function isBlank({ type, required }: Field, value: unknown): boolean {
  if (required || type === "any") return false;
  return value === null || (value === "" && (type === "uuid" || type === "time"));
}

/** Hints at a field that was probably meant to be the missing one. */
function hint(name: string, unknown: readonly string[]): string {
  const slip = unknown.find((candidate) => slipOf(candidate, [name]) !== undefined);
  return slip === undefined ? "" : `; did you mean it by ${fieldPath("", slip)}?`;
}

function checkList(
  { items, minItems = 0, maxItems = Infinity }: Field,
  list: readonly unknown[],
  where: string,
  findings: Problems,
): void {
  if (list.length < minItems) findings.error(where, `must have at least ${minItems} items; got ${list.length}`);
  if (list.length > maxItems) findings.error(where, `must have at most ${maxItems} items; got ${list.length}`);
  if (items === undefined) return;
  for (let index = 0; index < list.length && !findings.isFull; index++) {
    checkValue(items, list[index], `${where}[${index}]`, findings);
  }
}

function checkNumber(
  { minimum = -Infinity, maximum = Infinity }: Field,
  value: number,
  where: string,
  findings: Problems,
): void {
  if (value < minimum) findings.error(where, `must be at least ${minimum}; got ${value}`);
  if (value > maximum) findings.error(where, `must be at most ${maximum}; got ${value}`);
}

function checkText(field: Field, value: string, where: string, findings: Problems): void {
  const { minLength = 0, maxLength = Infinity, pattern } = field;
  if (field.blank && value === "") return;
  const given = field.secret ? "" : `; got ${describeValue(value)}`;
  const length = lengthOf(value);
  if (length < minLength) findings.error(where, `must have at least ${minLength} characters; it has ${length}`);
  else if (length > maxLength) findings.error(where, `must have at most ${maxLength} characters; it has ${length}`);
  else if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) {
    findings.error(where, `must match ${pattern}${given}`);
  } else if (field.values?.includes(value) === false) checkUnknown(field, field.values, value, where, findings);
}

/** Reports a value that is not on the list: a slip, or one that the service has got since. */
function checkUnknown(field: Field, values: readonly string[], value: string, where: string, findings: Problems): void {
  const meant = slipOf(value, values);
  if (field.grows && meant === undefined && isOfTheirKind(value, values)) {
    findings.warn(where, `is ${describeValue(value)}, which is not known here; the service decides`);
    return;
  }
  const question = meant === undefined ? "" : `, did you mean "${meant}"?`;
  findings.error(where, `must be one of ${listed(values)}; got ${describeValue(value)}${question}`);
}

/** Ways in which the values of the API are written. */
const spellings = [/^[A-Z][A-Z0-9_-]{0,63}$/, /^[a-z][a-z0-9_-]{0,63}$/];

/** Returns whether a value is written as all the known ones are. */
function isOfTheirKind(value: string, values: readonly string[]): boolean {
  return spellings.some((spelling) => spelling.test(value) && values.every((known) => spelling.test(known)));
}

function listed(values: readonly string[]): string {
  const shown = values.slice(0, 12).join(", ");
  return values.length > 12 ? `${shown} … (${values.length} in all)` : shown;
}

/** Counts characters as the service does: an emoji is one. */
function lengthOf(text: string): number {
  return text.length <= 4_096 && /[\ud800-\udfff]/.test(text) ? Array.from(text).length : text.length;
}

/**
 * Returns whether a text is a time of RFC 3339 with the offset, which the service needs (docs/protocol.md#conventions).
 */
function isRfc3339(value: unknown): boolean {
  return (
    typeof value === "string" &&
    /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(value) &&
    Number.isFinite(Date.parse(value))
  );
}
