const longestExcerpt = 40;
const mostNames = 5;

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
  return text.length > longestExcerpt ? `${text.slice(0, longestExcerpt)}…` : text;
}

function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `the text ${JSON.stringify(excerpt(value))}`;
    case "number":
    case "boolean":
    case "undefined":
      return String(value);
    case "object":
      return value === null ? "null" : describeObject(value);
    default:
      return `a ${typeof value}`;
  }
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (Buffer.isBuffer(value)) return `a Buffer of ${value.length} bytes`;
  if (!isPlainObject(value)) {
    const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name;
    return typeof name === "string" && name !== "" ? `an object of class ${excerpt(name)}` : "an object of some class";
  }
  const names = Object.keys(value);
  if (names.length === 0) return "an object without components";
  const shown = names.slice(0, mostNames).map(excerpt).join(", ");
  return `an object with ${shown}${names.length > mostNames ? ` and ${names.length - mostNames} more` : ""}`;
}

/**
 * Whether a value is an object such as `{…}` makes, and no instance of a class. Objects of a function node come from
 * another context and have another `Object.prototype`: it is told by having no prototype itself.
 */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
