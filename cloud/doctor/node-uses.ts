import { CloudError, toCloudError } from "../core/errors";
import { findThing, findVariable, isUuid, type KnownThing } from "../rest";
import { foldName } from "../core/names";
import { slipOf } from "../core/spelling";
import { type Answer, found, type NodeCure } from "./finding";

/** A thing, variable or device that a node of a flow names. */
export interface NodeUse {
  /** The node's label. */
  node: string;
  /** The node's id, where something in the flow can be changed. */
  id?: string;
  /** The name of the thing when it was chosen, where `thing` is an id. */
  thingName?: string;
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
  { node, id, thing: ref, thingName = "", property, writes }: NodeUse,
  things: readonly KnownThing[],
  own: KnownThing | undefined,
): Answer | undefined {
  const withCure = (answer: Answer, use?: NodeCure["use"]): Answer =>
    id === undefined ? answer : { ...answer, cure: { nodeId: id, ...(use !== undefined && { use }) } };
  let thing: KnownThing;
  try {
    thing = ref === "" && own !== undefined ? own : thingOf(things, ref);
  } catch (reason) {
    const error = toCloudError(reason);
    if (error.code === "ambiguous")
      return withCure(found("variables", "ambiguous", { node, thing: ref, variable: "" }, error));
    const named = thingName === "" || !isUuid(ref) ? ref : thingName;
    return withCure(found("variables", "no-thing", { node, thing: named }, error), thingMeant(things, ref, thingName));
  }
  if (property === "") return undefined;
  const values = { node, thing: thing.name, variable: property };
  try {
    const { permission } = findVariable(thing, property);
    return writes && permission === "READ_ONLY" ? withCure(found("variables", "read-only", values)) : undefined;
  } catch (reason) {
    const error = toCloudError(reason);
    if (error.code === "ambiguous") return withCure(found("variables", "ambiguous", values, error));
    return withCure(found("variables", "no-variable", values, error), variableMeant(thing, property));
  }
}

/** Returns the thing that was meant: the only one of that name where the id is an old one, or where the name has a slip. */
function thingMeant(things: readonly KnownThing[], ref: string, thingName: string): NodeCure["use"] {
  const names = things.map(({ name }) => name);
  const wanted = isUuid(ref) ? thingName : ref;
  const name = names.find((candidate) => foldName(candidate) === foldName(wanted)) ?? slipOf(wanted, names);
  const [thing, other] = things.filter((candidate) => candidate.name === name);
  if (thing === undefined || other !== undefined) return undefined;
  return { field: "thing", value: isUuid(ref) ? thing.id : thing.name, name: thing.name };
}

/** Returns the variable that was meant where its name has a slip. */
function variableMeant({ properties }: KnownThing, ref: string): NodeCure["use"] {
  const named = properties.map(({ id, name, variable_name: variable = id }) => ({ name, variable }));
  const slip = slipOf(ref, [...named.map(({ variable }) => variable), ...named.map(({ name }) => name)]);
  const meant = named.find(({ name, variable }) => variable === slip || name === slip);
  return meant && { field: "property", value: meant.variable, name: meant.name };
}

function thingOf(things: readonly KnownThing[], ref: string): KnownThing {
  if (!isUuid(ref)) return findThing(things, ref);
  const thing = things.find(({ id }) => id.toLowerCase() === ref.toLowerCase());
  if (thing !== undefined) return thing;
  throw new CloudError("not_found", `things: there is no thing ${ref}. It is deleted, mistyped or of another space.`);
}
