import type { JsonValue } from "../json";
import { Failure } from "./failure";

/**
 * One field of a query or body: its kind, limits and default, as Arduino's OpenAPI document has them
 * (docs/protocol.md#models).
 */
export interface Field {
  kind: "string" | "number" | "integer" | "boolean" | "uuid" | "date-time" | "object" | "array" | "any";
  required?: true;
  /** Longest text, largest number. */
  max?: number;
  /** Shortest text, smallest number, fewest items. */
  min?: number;
  pattern?: RegExp;
  values?: readonly string[];
  default?: JsonValue;
  /** Of an array's items. */
  items?: Field;
  /** Of an object. */
  fields?: Fields;
  /** An empty text or `null` is a value of its own here: it is given on as "". */
  emptyAllowed?: true;
}

export type Fields = Readonly<Record<string, Field>>;

/** An object whose fields were checked. */
export type Checked = Record<string, JsonValue>;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns a checked text; empty where the field was absent. */
export const textOf = (value: JsonValue | undefined): string => (typeof value === "string" ? value : "");

/** Returns whether a value is a text in the form of a UUID, in either case. */
export const isUuid = (text: unknown): text is string => typeof text === "string" && uuid.test(text);

type Kinds = { [kind in Field["kind"]]: (value: unknown) => boolean };

const isKind: Kinds = {
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === "boolean",
  uuid: isUuid,
  "date-time": (value) => typeof value === "string" && dateTime.test(value) && !Number.isNaN(Date.parse(value)),
  object: isRecord,
  array: Array.isArray,
  any: () => true,
};

/** The texts that Go's parser of booleans takes; Arduino's Python client writes `True` and `False` in forms. */
const goBooleans: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "true", "TRUE", "True"].map((text) => [text, true] as const),
  ...["0", "f", "F", "false", "FALSE", "False"].map((text) => [text, false] as const),
]);

/** Converts a text from a query or a form to the kind that the field wants; what does not fit is left for the check. */
function fromText(field: Field, value: unknown): unknown {
  if (field.kind === "array") return Array.isArray(value) ? value : [value];
  if (typeof value !== "string") return value;
  if (field.kind === "number" || field.kind === "integer") return value.trim() === "" ? value : Number(value);
  if (field.kind === "boolean") return goBooleans.get(value) ?? value;
  if (field.kind === "any" || field.kind === "object") {
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }
  return value;
}

function invalid(where: string, expected: string, value: unknown): Failure {
  const given = JSON.stringify(value);
  return new Failure(
    400,
    `${where} must be ${expected} but got ${given.length > 80 ? `${given.slice(0, 80)}…` : given}`,
  );
}

function checkLimits(field: Field, value: unknown, where: string): void {
  const size = typeof value === "string" || Array.isArray(value) ? value.length : value;
  if (typeof size === "number" && field.max !== undefined && size > field.max) {
    throw invalid(where, `at most ${field.max}${size === value ? "" : " long"}`, value);
  }
  if (typeof size === "number" && field.min !== undefined && size < field.min) {
    throw invalid(where, `at least ${field.min}${size === value ? "" : " long"}`, value);
  }
  if (typeof value === "string" && field.pattern && !field.pattern.test(value)) {
    throw invalid(where, `a text that matches ${field.pattern.source}`, value);
  }
  if (typeof value === "string" && field.values && !field.values.includes(value)) {
    throw invalid(where, `one of ${field.values.join(", ")}`, value);
  }
}

/**
 * Checks one value.
 * @param where names it in errors, such as `body.name`
 * @param text it comes from a query or a form, so numbers and booleans are texts
 * @throws Failure 400 that says what was expected and what was given
 */
export function checkValue(field: Field, given: unknown, where: string, text = false): JsonValue {
  if (field.emptyAllowed && (given === "" || given === null)) return "";
  const value = text ? fromText(field, given) : given;
  if (!isKind[field.kind](value)) throw invalid(where, `of type ${field.kind}`, given);
  checkLimits(field, value, where);
  if (field.items && Array.isArray(value)) {
    const { items } = field;
    return value.map((item, index) => checkValue(items, item, `${where}[${index}]`, text));
  }
  if (field.fields) return checkFields(field.fields, value, where, text);
  return value as JsonValue;
}

/**
 * Checks an object: unknown fields are left out, absent ones get their defaults, `null` counts as absent.
 * @throws Failure 400
 */
export function checkFields(fields: Fields, given: unknown, where: string, text = false): Checked {
  if (!isRecord(given)) throw invalid(where, "an object", given ?? null);
  const checked: Checked = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    const absent = value === undefined || (value === null && field.kind !== "any" && !field.emptyAllowed);
    if (!absent) checked[name] = checkValue(field, value, `${where}.${name}`, text);
    else if (field.required) throw new Failure(400, `attribute "${name}" of ${where} is missing and required`);
    else if (field.default !== undefined) checked[name] = field.default;
  }
  return checked;
}
