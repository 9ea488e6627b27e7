import { CloudError, toCloudError } from "../core/errors";
import { findThing, findVariable, isUuid, type KnownThing } from "../rest";
import { foldName } from "../core/names";
import { type Answer, found } from "./finding";

/** A thing, variable or device that a node of a flow names. */
export interface NodeUse {
  /** The node's label. */
  node: string;
  /** Id or exact name; blank where the message tells it, or the node's device. */
  thing: string;
  /** Variable name or property id; blank for all, or where the message tells it. */
  property: string;
  /** Writes as a user does, which read-only variables refuse. */
  writes: boolean;
}

/** How many nodes are named; the rest is counted. */
const maxNamed = 10;

/**
 * Holds what nodes name against what there is.
 * @param own the thing of uses that name none; absent where the message names it
 */
export function checkUses(uses: readonly NodeUse[], things: readonly KnownThing[], own?: KnownThing): Answer[] {
  const checked = uses.filter(({ thing, property }) => thing !== "" || (own !== undefined && property !== ""));
  if (checked.length === 0) return [found("variables", "none")];
  const faults = checked.flatMap((use) => faultOf(use, things, own) ?? []);
  if (faults.length === 0) return [found("variables", "ok", { count: checked.length })];
  return shorten(faults, maxNamed, (count) => found("variables", "more", { count }));
}

/** Returns the things that uses name, each once; those that are not there are left out. */
export function thingsInUse(uses: readonly NodeUse[], things: readonly KnownThing[]): KnownThing[] {
  const names = new Set(uses.map(({ thing }) => (isUuid(thing) ? thing.toLowerCase() : foldName(thing))));
  return things.filter(({ id, name }) => names.has(id.toLowerCase()) || names.has(foldName(name)));
}

/** Returns the first few answers, and one that counts the others. */
export function shorten(answers: Answer[], most: number, more: (count: number) => Answer): Answer[] {
  return answers.length <= most ? answers : [...answers.slice(0, most), more(answers.length - most)];
}

function faultOf(
  { node, thing: ref, property, writes }: NodeUse,
  things: readonly KnownThing[],
  own: KnownThing | undefined,
): Answer | undefined {
  let thing: KnownThing;
  try {
    thing = ref === "" && own !== undefined ? own : thingOf(things, ref);
  } catch (reason) {
    const error = toCloudError(reason);
    if (error.code === "ambiguous") return found("variables", "ambiguous", { node, thing: ref, variable: "" }, error);
    return found("variables", "no-thing", { node, thing: ref }, error);
  }
  if (property === "") return undefined;
  const values = { node, thing: thing.name, variable: property };
  try {
    const { permission } = findVariable(thing, property);
    return writes && permission === "READ_ONLY" ? found("variables", "read-only", values) : undefined;
  } catch (reason) {
    const error = toCloudError(reason);
    return found("variables", error.code === "ambiguous" ? "ambiguous" : "no-variable", values, error);
  }
}

function thingOf(things: readonly KnownThing[], ref: string): KnownThing {
  if (!isUuid(ref)) return findThing(things, ref);
  const thing = things.find(({ id }) => id.toLowerCase() === ref.toLowerCase());
  if (thing !== undefined) return thing;
  throw new CloudError("not_found", `things: there is no thing ${ref}. It is deleted, mistyped or of another space.`);
}
