import { inShortTurns } from "./short-turns";

/** Longer texts are no names (docs/protocol.md#patterns), and cost time. */
const maxNameLength = 256;

/**
 * Returns a name in the form in which names are compared: what people can't see makes no difference. So composed and
 * decomposed letters are the same, and all kinds of white space are, wherever and however many there are.
 */
export function foldName(name: string): string {
  if (name.length > maxNameLength) return name;
  return name.normalize("NFC").replace(/\s+/g, " ").trim();
}

/** Returns whether two texts are the same name. */
export function isSameName(one: unknown, other: unknown): boolean {
  if (typeof one !== "string" || typeof other !== "string") return false;
  return one === other || foldName(one) === foldName(other);
}

/** The elements of lists by name: a list may have 20,000 of them, and is asked with each message of a flow. */
const indexes = new WeakMap<readonly object[], { length: number; byName: Map<string, object[]> }>();

/** Returns all elements of a list that have a name. The list must not be changed but in its length. */
export function allNamed<T extends object>(list: readonly T[], name: string): readonly T[] {
  let index = indexes.get(list);
  if (index?.length !== list.length) {
    index = { length: list.length, byName: groupByName(list) };
    indexes.set(list, index);
  }
  return (index.byName.get(foldName(name)) ?? []) as T[];
}

/** Prepares a long list for `allNamed`, in short turns. */
export async function indexNames(list: readonly object[]): Promise<void> {
  const byName = new Map<string, object[]>();
  await inShortTurns(list, (element) => addByName(byName, element));
  indexes.set(list, { length: list.length, byName });
}

/** Returns the elements of a list by their name, as names are compared; those without one are left out. */
function groupByName(list: readonly object[]): Map<string, object[]> {
  const byName = new Map<string, object[]>();
  for (const element of list) addByName(byName, element);
  return byName;
}

function addByName(byName: Map<string, object[]>, element: object): void {
  const { name } = element as { name?: unknown };
  if (typeof name !== "string") return;
  const folded = foldName(name);
  const same = byName.get(folded);
  if (same === undefined) byName.set(folded, [element]);
  else same.push(element);
}
