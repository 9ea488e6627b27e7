import { findThing, findVariable, isUuid, type KnownThing } from "../rest/index";
import { printable } from "../core/text";
import { asRecord } from "../core/json";
import { inItem, wrong } from "./read-input";
import { describeValue } from "../core/describe";

/** A variable that a widget shows or a trigger watches: by its id, or by thing and variable name. */
export type ThingLink = { readonly id: string } | { readonly thing: string; readonly variable: string };

/** How thing and variable may be called: ours, what the API answers, and what its templates have. */
export const thingLinkFields = ["thing", "thing_name", "thing_id"] as const;
export const variableLinkFields = ["variable", "variable_name", "variable_id", "property"] as const;

/**
 * Reads a link: a property id, `"Thing/variable"`, or an object with `thing` and `variable` (names or ids) or an `id`.
 * @throws CloudError `invalid_input`
 */
export function readThingLink(where: string, given: unknown): ThingLink {
  if (typeof given === "string" && isUuid(given)) return { id: given.toLowerCase() };
  const slash = typeof given === "string" ? given.lastIndexOf("/") : -1;
  if (typeof given === "string" && slash > 0 && slash < given.length - 1) {
    return { thing: given.slice(0, slash).trim(), variable: given.slice(slash + 1).trim() };
  }
  const fields = asRecord(given) ?? {};
  if (typeof fields.id === "string" && isUuid(fields.id)) return { id: fields.id.toLowerCase() };
  const [thing, variable] = [firstText(fields, thingLinkFields), firstText(fields, variableLinkFields)];
  if (thing !== "" && variable !== "") return { thing, variable };
  throw wrong(
    where,
    `${describeValue(given)} is no link; expected is {thing, variable} with names or ids, "Thing/variable", or a property id.`,
  );
}

/** Returns the first of the fields that is a text with something in it; "" where none is. */
export function firstText(fields: Readonly<Record<string, unknown>>, names: readonly string[]): string {
  const found = names.map((name) => fields[name]).find((value) => typeof value === "string" && value !== "");
  return typeof found === "string" ? found : "";
}

/** Finds what links mean, among the things of an account. */
export class ThingLinks {
  readonly #things: readonly KnownThing[];
  readonly #labels = new Map<string, string>();

  constructor(things: readonly KnownThing[]) {
    this.#things = things;
    for (const { name, properties } of things) {
      for (const { id, variable_name: variable, name: label } of properties) {
        this.#labels.set(id, `${name}/${variable ?? label}`);
      }
    }
  }

  /**
   * Returns the property id of a link.
   * @throws CloudError `not_found`, `ambiguous`, naming the item
   */
  resolve(where: string, link: ThingLink): string {
    if ("id" in link) return link.id;
    const byId = this.#things.find(({ id }) => id === link.thing.toLowerCase());
    return inItem(where, () => findVariable(byId ?? findThing(this.#things, link.thing), link.variable).id);
  }

  /** Returns a property id as people read it: `Thing/variable`, as far as it is known. */
  label(id: string): string {
    return this.#labels.get(id) ?? printable(id);
  }
}
