import { CloudError } from "../core/errors";
import { foldName } from "../core/names";
import { printable } from "../core/text";
import { textField, wrong } from "./read-input";

/** An object of the account, as the API answers it. */
export type Raw = Readonly<Record<string, unknown>> & { readonly id: string };

/** Something wanted: it is known by its id, else by its name. */
export interface Wanted {
  /** Names it in errors. */
  readonly where: string;
  /** "" where it is not given. */
  readonly id: string;
  /** "" where it is not given. */
  readonly name: string;
}

/** The wanted items, each with the object that matches it, and the objects that match none. */
interface Matches<W> {
  pairs: { wanted: W; current: Raw | undefined }[];
  rest: Raw[];
}

/**
 * Finds what is wanted among what there is: by its id, else by its exact name.
 * @param noun what the objects are called in errors
 * @param nameField the field of what there is that holds the name
 * @throws CloudError `not_found` for an id that is not there and a new name, `ambiguous` for a name that several
 *   have, `invalid_input` where two items mean the same object
 */
export function match<W extends Wanted>(
  noun: string,
  current: readonly Raw[],
  wanted: readonly W[],
  nameField = "name",
): Matches<W> {
  const byId = new Map(current.map((object) => [object.id.toLowerCase(), object]));
  const byName = group(current, nameField);
  const claims = new Map<string, string>();
  const pairs = wanted.map((item) => {
    const found = byId.get(item.id.toLowerCase()) ?? findByName(noun, byName, item, nameField);
    if (found === undefined && item.id !== "") {
      throw new CloudError(
        "not_found",
        `${item.where}: there is no ${noun} with the id ${printable(item.id)}, nor with its ${nameField}. ` +
          `Leave the id out to have it made.`,
      );
    }
    const key = found === undefined ? `name ${foldName(item.name)}` : `id ${found.id}`;
    const other = claims.get(key);
    if (other !== undefined) throw wrong(item.where, `it means the same ${noun} as ${other}.`);
    claims.set(key, item.where);
    return { wanted: item, current: found };
  });
  const matched = new Set(pairs.map((pair) => pair.current));
  return { pairs, rest: current.filter((object) => !matched.has(object)) };
}

function group(current: readonly Raw[], nameField: string): Map<string, Raw[]> {
  const groups = new Map<string, Raw[]>();
  for (const object of current) {
    const name = foldName(textField(object, nameField));
    const same = groups.get(name);
    if (same === undefined) groups.set(name, [object]);
    else same.push(object);
  }
  return groups;
}

function findByName(noun: string, byName: Map<string, Raw[]>, item: Wanted, nameField: string): Raw | undefined {
  if (item.name === "" && item.id !== "") return undefined;
  if (item.name === "") throw wrong(item.where, `${nameField} is missing; expected is the ${nameField}, or an id.`);
  const [first, second, ...others] = byName.get(foldName(item.name)) ?? [];
  if (second === undefined) return first;
  const ids = [first, second, ...others].slice(0, 5).map((object) => printable(object?.id ?? ""));
  throw new CloudError(
    "ambiguous",
    `${item.where}: ${others.length + 2} of kind ${noun} have the ${nameField} "${printable(item.name)}": ${ids.join(", ")}. ` +
      `Give the id too.`,
  );
}
