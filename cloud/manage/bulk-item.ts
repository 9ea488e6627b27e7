import { CloudError } from "../core/errors";
import { asRecord } from "../core/json";
import { messagePropertyOf, pathParameters } from "./catalogue";
import type { Chosen } from "./choose-operation";
import { operationName, type ManageInput } from "./prepare-request";
import { describeValue } from "../core/describe";

/** An item of an array payload, taken apart. */
interface BulkItem {
  targets: Record<string, string>;
  body: Record<string, unknown>;
}

/**
 * Takes an item apart: `id` and the properties that messages have for ids (`thingId` …) say what the path is about,
 * the rest is the body. What the item does not name is that of the message.
 * @throws CloudError `invalid_input` where it is no object, or an id in it no text
 */
export function readBulkItem(chosen: Chosen, item: unknown, targets: ManageInput["targets"]): BulkItem {
  const fields = copyFields(item);
  if (fields === undefined) {
    const given = item === undefined ? "missing (a hole in the array)" : describeValue(item);
    throw new CloudError("invalid_input", `${operationName(chosen)}: it is ${given}; expected is an object.`);
  }
  const parameters = pathParameters(chosen.row);
  const own = parameters.map(({ kind }) => [kind, messagePropertyOf(kind)] as const);
  const last = parameters.at(-1)?.kind;
  // Where something is made, "id" is a field of it.
  const names = last === undefined || chosen.name === "create" ? [] : ["id"];
  const used = new Map<string, string>();
  for (const [kind, property] of own) {
    for (const field of kind === last ? [property, ...names] : [property]) {
      const given = readId(chosen, fields, field);
      if (given !== "") used.set(kind, given);
    }
  }
  const taken = [...own.map(([, property]) => property), ...names];
  const body = Object.fromEntries(Object.entries(fields).filter(([field]) => !taken.includes(field)));
  return { targets: { ...targets, ...Object.fromEntries(used) }, body };
}

/** Returns a copy of the item's fields; `undefined` where it is no object, or one that cannot be read. */
function copyFields(item: unknown): Record<string, unknown> | undefined {
  try {
    // A promise, a Map or a date has no fields of its own and would pass for an empty object.
    if (Object.prototype.toString.call(item) !== "[object Object]") return undefined;
    const fields = asRecord(item);
    return fields && { ...fields };
  } catch {
    return undefined;
  }
}

function readId(chosen: Chosen, fields: Record<string, unknown>, field: string): string {
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value.trim();
  throw new CloudError("invalid_input", `${operationName(chosen)}: ${field} is a ${typeof value}; expected is a text.`);
}
