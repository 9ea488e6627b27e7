import { isSameName } from "../core/names";
import { shortestFloat32 } from "../codec/float32";

/** The changes, by field; `null` stands for nothing. */
export type Changes = Record<string, { from: unknown; to: unknown }>;

export type BodyFields = Readonly<Record<string, unknown>>;

/**
 * Returns whether two JSON values mean the same: a blank text or `null` is as good as absent, the order of an object's
 * keys means nothing, and numbers may differ by what float32 makes of them (docs/protocol.md#numbers).
 */
export function isSameContent(one: unknown, other: unknown): boolean {
  if (isBlank(one) || isBlank(other)) return isBlank(one) && isBlank(other);
  if (typeof one === "number" && typeof other === "number") return shortestFloat32(one) === shortestFloat32(other);
  if (typeof one !== "object" || typeof other !== "object") return one === other;
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    return one.every((element, index) => isSameContent(element, other[index]));
  }
  const [left, right] = [one as BodyFields, other as BodyFields];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) =>
    isSameContent(ownField(left, key), ownField(right, key)),
  );
}

/**
 * Returns the fields of `wanted` that `current` has otherwise; what is not wanted is left alone, and so is a name that is
 * the same to whoever looks for it.
 */
export function changesOf(current: BodyFields, wanted: BodyFields, prefix = ""): Changes {
  const changed = Object.keys(wanted).filter((key) => {
    const [present, given] = [ownField(current, key), wanted[key]];
    return !isSameContent(present, given) && !(key === "name" && isSameName(present, given));
  });
  return Object.fromEntries(
    changed.map((key) => [prefix + key, { from: ownField(current, key) ?? null, to: wanted[key] ?? null }]),
  );
}

/** Returns the given fields only, as far as they are there. */
export function pickFields(from: BodyFields, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => !isAbsent(ownField(from, name))).map((name) => [name, from[name]]));
}

/** Returns a field of the object itself, never one of its prototype. */
export function ownField(from: BodyFields, name: string): unknown {
  return Object.hasOwn(from, name) ? from[name] : undefined;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function isBlank(value: unknown): value is undefined | null | "" {
  return isAbsent(value) || value === "";
}
