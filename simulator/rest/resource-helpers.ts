import type { PlanKind } from "../behaviour/open-questions";
import type { Thing } from "../store/models";
import type { JsonValue } from "../json";
import { isVisible, rfc3339 } from "../store/store";
import { Failure, notFound } from "./failure";
import { textOf, type Checked, type Field, type Fields } from "./fields";
import type { Call } from "./route";

/** Fields and helpers that several resources share. */

const tagPattern = /^[a-zA-Z0-9_.@-]+$/;

/** `tag` (docs/protocol.md#models). */
export const tagFields: Fields = {
  key: { kind: "string", required: true, max: 64, pattern: tagPattern },
  value: { kind: "string", required: true, max: 64, pattern: tagPattern },
};

/**
 * Names of devices, dashboards and pages: unanchored, so one matching character is enough (docs/protocol.md#patterns).
 */
export const looseName = { kind: "string", max: 64, pattern: /[a-zA-Z0-9_.@-]+/ } as const;

export const flag: Field = { kind: "boolean", default: false };

/** The `tags` filter of lists: `key:value` (docs/protocol.md#conventions). */
export const tagFilter: Field = { kind: "array", items: { kind: "string", max: 129 } };

/** Returns whether an object has every tag of the filter. */
export function hasTags(tags: Readonly<Record<string, string>>, filter: JsonValue | undefined): boolean {
  if (!Array.isArray(filter)) return true;
  return filter.every((entry) => {
    const [key = "", ...value] = textOf(entry).split(":");
    return tags[key] === value.join(":");
  });
}

/** Returns a list of `tag` as the map that objects hold. */
export function tagMap(list: JsonValue | undefined): Record<string, string> {
  const tags = Array.isArray(list) ? (list as { key: string; value: string }[]) : [];
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

/** Adds a tag, or overwrites the one with its key. */
export function setTag(tags: Record<string, string>, { key, value }: Checked): void {
  tags[textOf(key)] = textOf(value);
}

/** Removes one tag; removing what is not there is no error (the answer is not documented). */
export function removeTag(tags: Record<string, string>, key = ""): void {
  Reflect.deleteProperty(tags, key);
}

/** Returns the given fields only, so that an update leaves the others as they are. */
export function pick(from: Checked, names: readonly string[]): Checked {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}

/** Returns a copy without the named fields. */
export function omit<T extends object, K extends keyof T>(from: T, names: readonly K[]): Omit<T, K> {
  const copy = { ...from };
  for (const name of names) Reflect.deleteProperty(copy, name);
  return copy;
}

/** Reads milliseconds of a checked RFC 3339 text, or of the fallback where there is none. */
export const timeOf = (value: JsonValue | undefined, fallback: number): number =>
  typeof value === "string" ? Date.parse(value) : fallback;

/** Throws Failure 400. */
export function refuse(detail: string): never {
  throw new Failure(400, detail);
}

/** Returns a name as an id that reads well, as templates use it: `Living room light` as `living-room-light`. */
export const friendlyId = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

/** An object that belongs to somebody and may be hidden. */
interface Owned {
  user_id: string;
  organization_id?: string;
  deleted_at?: string;
}

/** Returns the object that the path's `:id` means. @throws Failure 404 for an unknown, deleted or foreign one */
export function ownedOf<T extends Owned>(
  { params, scope }: Call,
  all: ReadonlyMap<string, T>,
  what: string,
  deletedToo = false,
): T {
  const object = all.get(params.id ?? "");
  if (!object || !isVisible(object, scope) || (object.deleted_at !== undefined && !deletedToo)) throw notFound(what);
  return object;
}

/** Returns whether an update brings a hidden object back (docs/protocol.md#soft-delete). */
export const restores = ({ body, store }: Call): boolean => body.soft_deleted === false || store.choices.updateRestores;

/** Hides an object, or removes it for good with `force`. */
export function hide<T extends Owned & { id: string }>(all: Map<string, T>, object: T, force: boolean): void {
  object.deleted_at = rfc3339(Date.now());
  if (force) all.delete(object.id);
}

/**
 * Checks that the plan allows more objects of a kind.
 * @param status of the refusal, for an operation that does not have the usual one
 * @throws Failure 412 (or what the choices say) for more objects of a kind than the plan allows
 * (docs/protocol.md#plans)
 */
export function checkPlan(
  { store, scope }: Call,
  kind: PlanKind,
  { added = 1, status = store.choices.planLimitStatus }: { added?: number; status?: number } = {},
): void {
  const { planLimits } = store.choices;
  const most = planLimits[kind];
  if (most === undefined) return;
  const living = ({ deleted_at: deleted }: { deleted_at?: string }): boolean => deleted === undefined;
  const all: Iterable<Owned> = store[kind === "properties" ? "things" : kind].values();
  const mine = [...all].filter((object) => living(object) && isVisible(object, scope));
  const present =
    kind === "properties"
      ? (mine as Thing[]).reduce((sum, { properties }) => sum + properties.filter(living).length, 0)
      : mine.length;
  if (present + added > most) throw new Failure(status, `the plan allows ${most} ${kind}`);
}
