import { isPlainObject } from "./json";
import { printable } from "./text";

const maxExcerptLength = 60;
const maxNames = 5;

/** Describes a value of any kind for an error message: short, in words, and without ever throwing. */
export function describeValue(value: unknown): string {
  try {
    return describe(value);
  } catch {
    return "an object that can't be read";
  }
}

/** Cuts a text to the length that belongs into a message. */
export function excerpt(text: string): string {
  return text.length > maxExcerptLength ? `${text.slice(0, maxExcerptLength)}…` : text;
}

function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `"${printable(excerpt(value))}"`;
    case "undefined":
      return "nothing";
    case "number":
    case "boolean":
      return String(value);
    case "object":
      return value === null ? "null" : describeObject(value);
    default:
      return `a ${typeof value}`;
  }
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Uint8Array) return `a Buffer of ${value.length} bytes`;
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? "an invalid date" : `the date ${value.toISOString()}`;
  if (!isPlainObject(value)) {
    const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name;
    return typeof name === "string" && name !== "" ? `an object of class ${excerpt(name)}` : "an object of some class";
  }
  const names = Object.keys(value);
  if (names.length === 0) return "an object without components";
  const shown = names.slice(0, maxNames).map(excerpt).join(", ");
  return `an object with ${shown}${names.length > maxNames ? ` and ${names.length - maxNames} more` : ""}`;
}
