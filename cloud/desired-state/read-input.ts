import { CloudError } from "../core/errors";
import { Problems } from "../rest/validation/problems";
import { toJson } from "../rest/validation/to-json";
import { adviseNames } from "../rest/directory/find-by-name";
import { printable } from "../core/text";
import { asRecord } from "../core/json";
import { ownField } from "./compare";
import { describeValue } from "../core/describe";

/** The kinds of content that a field of the wanted state may have. In a text field `null` clears what is there. */
export type Shape = "text" | "number" | "boolean" | "list" | "map" | "any";

/** The fields of an object of the wanted state. */
export interface Layout {
  /** Its name in errors. */
  readonly noun: string;
  readonly fields: Readonly<Record<string, Shape>>;
  /** Fields that the API answers and does not take: it may stand in the wanted state, and means nothing there. */
  readonly ignored: readonly string[];
}

const expected: Record<Shape, string> = {
  text: "a text",
  number: "a number",
  boolean: "true or false",
  list: "a list",
  map: "an object",
  any: "anything",
};

/** Returns an error of the wanted state; `where` says which item of it. */
export function wrong(where: string, problem: string): CloudError {
  return new CloudError("invalid_input", `${where}: ${problem}`);
}

/** Runs a look-up for an item of the wanted state, and puts the item before what it complains of. */
export function inItem<T>(where: string, find: () => T): T {
  try {
    return find();
  } catch (reason) {
    throw reason instanceof CloudError ? reason.withContext(`${where}: `) : reason;
  }
}

/**
 * Returns the items of a wanted state, as plain copies: a list, or one object.
 * @throws CloudError `invalid_input` naming item and field where JSON cannot hold it
 */
export function readItems(given: unknown): unknown[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return Array.from({ length: list.length }, (_, index) => {
    // A hole is nothing, as readFields says.
    if (!(index in list)) return undefined;
    const findings = new Problems();
    const item = toJson(list[index], findings);
    const [problem] = findings.errors;
    if (problem !== undefined) throw wrong(`item ${index}`, problem);
    return item;
  });
}

/** Returns which item it is: its place and its name, as far as it has one. */
export function itemLabel(index: number, noun: string, item: unknown, nameField = "name"): string {
  const name = ownField(asRecord(item) ?? {}, nameField) ?? ownField(asRecord(item) ?? {}, "id");
  return `item ${index}${typeof name === "string" ? ` (${noun} "${printable(name)}")` : ""}`;
}

/**
 * Returns the fields of an object of the wanted state. `undefined` and `null` are left out, but for `null` as a text,
 * which is "".
 * @throws CloudError `invalid_input` naming item and field
 */
export function readFields(where: string, given: unknown, layout: Layout): Record<string, unknown> {
  const object = asRecord(given);
  if (object === undefined) throw wrong(where, `${describeValue(given)} is no ${layout.noun}; expected is an object.`);
  const read: [string, unknown][] = [];
  for (const [name, value] of Object.entries(object)) {
    if (layout.ignored.includes(name) || value === undefined) continue;
    const shape = Object.hasOwn(layout.fields, name) ? layout.fields[name] : undefined;
    if (shape === undefined) {
      const advice = adviseNames(Object.keys(layout.fields), name, "");
      throw wrong(where, `a ${layout.noun} has no field "${printable(name)}"${advice}`);
    }
    if (value === null) {
      if (shape === "text") read.push([name, ""]);
      continue;
    }
    if (!fits(shape, value)) {
      throw wrong(where, `${name} is ${describeValue(value)}; expected is ${expected[shape]}.`);
    }
    read.push([name, value]);
  }
  return Object.fromEntries(read);
}

function fits(shape: Shape, value: unknown): boolean {
  if (shape === "any") return true;
  if (shape === "text") return typeof value === "string";
  if (shape === "list") return Array.isArray(value);
  if (shape === "map") return asRecord(value) !== undefined;
  return typeof value === shape;
}

/** Returns a text field that was read; "" where it is absent. */
export function textField(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = ownField(fields, name);
  return typeof value === "string" ? value : "";
}

/** Returns a list field that was read; `undefined` where it is absent. */
export function listField(fields: Readonly<Record<string, unknown>>, name: string): readonly unknown[] | undefined {
  const value = ownField(fields, name);
  return Array.isArray(value) ? (value as unknown[]) : undefined;
}
