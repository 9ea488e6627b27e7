import { CloudError } from "../../core/errors";
import type { Property, Thing } from "../models";
import { allNamed, isSameName } from "../../core/names";
import { editDistance } from "../../core/spelling";
import { isUuid, printable } from "../../core/text";

/** A thing whose properties are known. */
export type KnownThing = Thing & { properties: Property[] };

/**
 * Returns the variable of a thing that `ref` names: its variable name, or its property id where `ref` is a UUID.
 * Display names never select a variable, since they are neither unique nor stable.
 * @throws CloudError `not_found` (with names that are close), `ambiguous`
 */
export function findVariable(thing: KnownThing, ref: string): Property {
  const found = isUuid(ref)
    ? thing.properties.filter(({ id }) => id.toLowerCase() === ref.toLowerCase())
    : allCalled(thing.properties, ref);
  const where = `thing "${printable(thing.name)}" (${printable(thing.id)})`;
  const [first, second] = found;
  if (second !== undefined) {
    throw new CloudError(
      "ambiguous",
      `${where} has ${found.length} variables "${printable(ref)}". Give the property id.`,
    );
  }
  if (first !== undefined) return first;
  throw new CloudError("not_found", `${where} has no variable "${printable(ref)}"${adviseVariable(thing, ref)}`);
}

/** Returns the variables of a name: hardly ever another spelling than the given one is looked for. */
function allCalled(properties: readonly Property[], ref: string): readonly Property[] {
  if (ref.trim() === "") return [];
  const exact = properties.filter(({ variable_name }) => variable_name === ref);
  return exact.length > 0 ? exact : properties.filter(({ variable_name }) => isSameName(variable_name, ref));
}

function adviseVariable(thing: KnownThing, ref: string): string {
  const meant = thing.properties.find(({ name }) => isSameName(name, ref))?.variable_name;
  if (meant !== undefined) return `: that is a display name; its variable name is "${printable(meant)}".`;
  const names = thing.properties.flatMap(({ variable_name }) => variable_name ?? []);
  return adviseNames(names, ref, "It has no variables.");
}

/**
 * Returns the one thing of this exact name.
 * @throws CloudError `not_found` (with names that are close), `ambiguous`
 */
export function findThing(things: readonly KnownThing[], name: string): KnownThing {
  const found = allNamed(things, name);
  const [first, second] = found;
  if (second !== undefined) {
    const ids = found.slice(0, 5).map(({ id }) => printable(id));
    throw new CloudError(
      "ambiguous",
      `things: ${found.length} things have the name "${printable(name)}": ${ids.join(", ")}. Give the id instead.`,
    );
  }
  if (first !== undefined) return first;
  throw new CloudError("not_found", unknownThing(things, name));
}

/** Messages about unknown names, by list: a message a second may name the same one, for months. */
const said = new WeakMap<readonly KnownThing[], Map<string, string>>();
/** Names remembered for each list. */
const maxSaid = 100;

function unknownThing(things: readonly KnownThing[], name: string): string {
  const known = said.get(things) ?? new Map<string, string>();
  said.set(things, known);
  let sentence = known.get(name);
  if (sentence === undefined) {
    const names = things.map((thing) => thing.name);
    const advice = adviseNames(names, name, "There are no things in this space.");
    sentence = `things: there is no thing with the id or name "${printable(name)}"${advice}`;
    if (known.size >= maxSaid) known.clear();
    known.set(name, sentence);
  }
  return sentence;
}

/**
 * Returns the end of a message about an unknown name: names that are close, or `none` where there are no names at all.
 */
export function adviseNames(names: readonly string[], ref: string, none: string): string {
  const close = closeNames(names, ref).map((name) => `"${printable(name)}"`);
  return close.length === 0 ? `. ${none}` : `. Close names: ${close.join(", ")}.`;
}

/** Longer names are not compared as a whole. */
const maxCompared = 64;
/** So many of the most similar names are compared letter by letter: with 20,000 things, all of them would take a second. */
const maxCandidates = 30;

/** Returns the up to five names that are closest to what was given, closest first. */
export function closeNames(names: readonly string[], given: string): string[] {
  const wanted = given.slice(0, maxCompared).toLowerCase();
  return mostSimilar(names, wanted)
    .map(({ name, text, isPart }) => {
      const edits = editDistance(text, wanted);
      return { name, far: isPart ? Math.min(1, edits) : edits };
    })
    .sort((a, b) => a.far - b.far)
    .slice(0, 5)
    .map(({ name }) => name);
}

interface Candidate {
  name: string;
  /** The name as it is compared. */
  text: string;
  /** Whether one of the two texts contains the other. */
  isPart: boolean;
}

/** Returns the names that share most letters with the wanted text, in whatever order. */
function mostSimilar(names: readonly string[], wanted: string): Candidate[] {
  const apart = lettersApartFrom(wanted);
  // No text is further away than it is long, so there are few distances to sort by; and nothing is made of each name.
  const distances = new Uint8Array(names.length);
  const counts = new Uint32Array(256);
  names.forEach((name, index) => {
    const text = comparable(name);
    const distance = isPartOf(text, wanted) ? 0 : apart(text);
    distances[index] = distance;
    counts[distance] = (counts[distance] ?? 0) + 1;
  });
  const similar = new Map<string, Candidate>();
  for (let distance = 0; distance < counts.length && similar.size < maxCandidates; distance++) {
    if (counts[distance] === 0) continue;
    for (let at = distances.indexOf(distance); at >= 0; at = distances.indexOf(distance, at + 1)) {
      const name = names[at] ?? "";
      if (similar.size === maxCandidates) break;
      similar.set(name, { name, text: comparable(name), isPart: isPartOf(comparable(name), wanted) });
    }
  }
  return [...similar.values()];
}

/** Returns a name as it is compared; some letters get longer in small. */
function comparable(name: string): string {
  return name.slice(0, maxCompared).toLowerCase().slice(0, maxCompared);
}

function isPartOf(text: string, wanted: string): boolean {
  return wanted !== "" && (text.includes(wanted) || (text !== "" && wanted.includes(text)));
}

/**
 * Returns a function that counts how many letters of a text, or of the wanted one, the other lacks. It is no more than
 * twice the edit distance, and much cheaper. Letters that share their last seven bits count as one.
 */
function lettersApartFrom(wanted: string): (text: string) => number {
  const counts = new Int8Array(128);
  for (let index = 0; index < wanted.length; index++) count(counts, wanted.charCodeAt(index), 1);
  const left = new Int8Array(128);
  return (text) => {
    left.set(counts);
    let shared = 0;
    for (let index = 0; index < text.length; index++) if (count(left, text.charCodeAt(index), -1) >= 0) shared++;
    return Math.max(text.length, wanted.length) - shared;
  };
}

/** Adds to the count of a letter; returns the new count. */
function count(counts: Int8Array, letter: number, change: number): number {
  return (counts[letter & 127] = (counts[letter & 127] ?? 0) + change);
}
