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
  const names = things.map((thing) => thing.name);
  throw new CloudError(
    "not_found",
    `things: there is no thing with the id or name "${printable(name)}"${adviseNames(names, name, "There are no things in this space.")}`,
  );
}

/**
 * Returns the end of a message about an unknown name: names that are close, or `none` where there are no names at all.
 */
export function adviseNames(names: readonly string[], ref: string, none: string): string {
  const close = closeNames(names, ref).map((name) => `"${printable(name)}"`);
  return close.length === 0 ? `. ${none}` : `. Close names: ${close.join(", ")}.`;
}

/** Returns the up to five names that are closest to what was given, closest first. */
export function closeNames(names: readonly string[], given: string): string[] {
  const wanted = given.slice(0, 64).toLowerCase();
  const distance = (name: string): number => {
    const candidate = name.slice(0, 64).toLowerCase();
    const isPart = wanted !== "" && (candidate.includes(wanted) || (candidate !== "" && wanted.includes(candidate)));
    const edits = editDistance(candidate, wanted);
    return isPart ? Math.min(1, edits) : edits;
  };
  return [...new Set(names)]
    .map((name) => ({ name, far: distance(name) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, 5)
    .map(({ name }) => name);
}
