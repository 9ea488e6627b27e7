/** Answers that are not as they should be: each place in an answer, and each way in which it can be wrong. */

/** Where in an answer something is wrong: keys and indices from its root. */
export type Place = readonly (string | number)[];

export const mutationKinds = ["wrong type", "missing", "null", "huge", "nested"] as const;
type MutationKind = (typeof mutationKinds)[number];

/** One way in which an answer is wrong. */
export interface Mutation {
  place: Place;
  kind: MutationKind;
  /** Chooses what stands there instead: a number in [0, 1). */
  choice: number;
}

const hugeText = 100_000;
const hugeCount = 5_000;
const hugeDepth = 2_000;

/** Returns all places of an answer, its root first. The elements of a list are alike: its first and last ones stand for all. */
export function placesOf(value: unknown, above: Place = []): Place[] {
  if (typeof value !== "object" || value === null) return [above];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...new Set([0, value.length - 1])].filter((index) => index in value).map((index) => [index, value[index]])
    : Object.entries(value);
  return [above, ...entries.flatMap(([key, inner]) => placesOf(inner, [...above, key]))];
}

/** Returns every mutation of an answer, each with a choice of its own. */
export function mutationsOf(answer: unknown, random: () => number): Mutation[] {
  return placesOf(answer).flatMap((place) => mutationKinds.map((kind) => ({ place, kind, choice: random() })));
}

/** Returns an answer with one mutation, as JSON; blank where nothing is left of it. Leaves `answer` as it is. */
export function mutate(answer: unknown, { place, kind, choice }: Mutation): string {
  const root: { answer: unknown } = { answer: structuredClone(answer) };
  const keys = ["answer", ...place];
  const last = keys.pop() as string | number;
  const holder = keys.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], root) as Record<
    string | number,
    unknown
  >;
  if (kind !== "missing") holder[last] = replacement(holder[last], kind, choice);
  else if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else Reflect.deleteProperty(holder, last);
  return root.answer === undefined ? "" : JSON.stringify(root.answer);
}

/** Returns what stands in the place of a value. */
function replacement(value: unknown, kind: Exclude<MutationKind, "missing">, choice: number): unknown {
  if (kind === "null") return null;
  if (kind === "nested") return nested(choice);
  if (kind === "huge") return huge(value, choice);
  const others = ["17", 17, -0.5, true, {}, [], [null], { id: 17 }].filter((other) => kindOf(other) !== kindOf(value));
  return others[Math.floor(choice * others.length)];
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? "list" : value === null ? "null" : typeof value);

function nested(choice: number): unknown {
  let value: unknown = choice;
  for (let depth = 0; depth < hugeDepth; depth++) value = choice < 0.5 ? [value] : { a: value };
  return value;
}

function huge(value: unknown, choice: number): unknown {
  if (typeof value === "number") return choice < 0.5 ? 1e308 : -(2 ** 63);
  if (Array.isArray(value))
    return Array.from({ length: hugeCount }, (_, index) => value[index % value.length] as unknown);
  if (typeof value === "object" && value !== null)
    return {
      ...value,
      ...Object.fromEntries(Array.from({ length: hugeCount }, (_, index) => [`key ${index}`, index])),
    };
  return "x".repeat(hugeText);
}
