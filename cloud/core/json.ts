/**
 * Returns whether a media type is JSON, vendor ones such as `application/vnd.arduino.thing+json` included
 * (docs/protocol.md#conventions).
 */
export function isJsonType(mediaType: string): boolean {
  return /^[\w.+-]+\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(mediaType.trim());
}

/** Reads JSON that may be anything; `undefined` where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Returns `value` as something with fields, where it is an object. */
export function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** Returns whether a value is a number that can be counted with. */
export function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/**
 * Returns whether a value is an object such as `{…}` makes, and no instance of a class. Objects of a function node come
 * from another context and have another `Object.prototype`: it is told by having no prototype itself.
 */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Values of the API have one level or two. */
const maxLevels = 50;

/** Returns whether a value is nested so deeply that it is none: whatever copies it would call itself for each level. */
export function isTooDeep(value: unknown, levels = maxLevels): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isTooDeep(part, levels - 1));
}
