import type { JsonValue } from "../models";
import { Failure } from "./failure";
import { textOf, type Checked, type Field, type Fields } from "./fields";

/** Fields and helpers that several resources share. */

const tagPattern = /^[a-zA-Z0-9_.@-]+$/;

/** `tag` (rest-api 8). */
export const tagFields: Fields = {
  key: { kind: "string", required: true, max: 64, pattern: tagPattern },
  value: { kind: "string", required: true, max: 64, pattern: tagPattern },
};

export const flag: Field = { kind: "boolean", default: false };

/** The `tags` filter of lists: `key:value` (rest-api 3). */
export const tagFilter: Field = { kind: "array", items: { kind: "string", max: 129 } };

/** Whether an object has every tag of the filter. */
export function hasTags(tags: Readonly<Record<string, string>>, filter: JsonValue | undefined): boolean {
  if (!Array.isArray(filter)) return true;
  return filter.every((entry) => {
    const [key = "", ...value] = textOf(entry).split(":");
    return tags[key] === value.join(":");
  });
}

/** A list of `tag` as the map that objects hold. */
export function tagMap(list: JsonValue | undefined): Record<string, string> {
  const tags = Array.isArray(list) ? (list as { key: string; value: string }[]) : [];
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

/** Sets one tag from a checked `tag`. */
export function setTag(tags: Record<string, string>, { key, value }: Checked): void {
  tags[textOf(key)] = textOf(value);
}

/** Removes one tag; removing what is not there is no error (the answer is not documented). */
export function removeTag(tags: Record<string, string>, key = ""): void {
  Reflect.deleteProperty(tags, key);
}

/** The given fields only, so that an update leaves the others as they are. */
export function pick(from: Checked, names: readonly string[]): Checked {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}

/** A copy without the named fields. */
export function omit<T extends object, K extends keyof T>(from: T, names: readonly K[]): Omit<T, K> {
  const copy = { ...from };
  for (const name of names) Reflect.deleteProperty(copy, name);
  return copy;
}

/** Milliseconds of a checked RFC 3339 text, or of the fallback where there is none. */
export const timeOf = (value: JsonValue | undefined, fallback: number): number =>
  typeof value === "string" ? Date.parse(value) : fallback;

/** @throws Failure 400 */
export function refuse(detail: string): never {
  throw new Failure(400, detail);
}
