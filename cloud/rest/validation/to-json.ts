import { fieldPath, type Problems } from "./problems";

/** How deep bodies may be nested; the deepest of the API have seven levels. */
const maxDepth = 64;

interface Copying {
  findings: Problems;
  /** Whether bytes may stand for a file. */
  takesBytes: boolean;
  /** The objects that the present one is inside of. */
  around: Set<object>;
}

/**
 * Returns a copy of a body as JSON would carry it: plain objects and lists, dates as text, without fields that are
 * undefined. What JSON cannot carry or would change in silence (a circle, a hole, a function, NaN, a Map) is an error
 * that names the field. Nothing in `value` can make it throw or reach a prototype.
 * @param where the path of the value, for messages
 * @param takesBytes whether bytes stay as they are, for a file
 */
export function toJson(value: unknown, findings: Problems, { where = "", takesBytes = false } = {}): unknown {
  return copy(value, where, { findings, takesBytes, around: new Set() });
}

function copy(given: unknown, where: string, copying: Copying): unknown {
  const { findings } = copying;
  try {
    const value = asJson(given);
    const problem = problemOf(value, copying);
    if (problem !== undefined) {
      findings.error(where, problem);
      return null;
    }
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
    copying.around.add(value);
    const copied = Array.isArray(value)
      ? copyList(value as unknown[], where, copying)
      : copyObject(value as Record<string, unknown>, where, copying);
    copying.around.delete(value);
    return copied;
  } catch {
    // A getter or a proxy that throws.
    findings.error(where, "cannot be read");
    return null;
  }
}

/** Converts a value to what JSON.stringify would write for it; bytes stay what they are. */
function asJson(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  // A field named toJSON that a message carries is data; one that comes with a class tells how it is written.
  const isClass = "toJSON" in value && !Object.hasOwn(value, "toJSON") && typeof value.toJSON === "function";
  return isClass ? (value as { toJSON: () => unknown }).toJSON() : value;
}

/** Returns why a value cannot be sent; `undefined` where it can. */
function problemOf(value: unknown, { around, takesBytes }: Copying): string | undefined {
  if (value === undefined) return "is nothing (undefined)";
  if (typeof value === "number" && !Number.isFinite(value)) return `is ${value}; expected is a finite number`;
  if (["function", "symbol", "bigint"].includes(typeof value)) return `is a ${typeof value}, which JSON cannot hold`;
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Uint8Array) return takesBytes ? undefined : "is a Buffer, which JSON cannot hold";
  if (around.has(value)) return "is circular: it holds itself";
  if (around.size >= maxDepth) return `is nested deeper than ${maxDepth} levels`;
  // By its tag, since objects that a Function node makes have prototypes of their own.
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return ["Map", "Set", "WeakMap", "WeakSet", "Promise", "RegExp", "Error", "ArrayBuffer"].includes(tag)
    ? `is a ${tag}, which JSON cannot hold`
    : undefined;
}

function copyList(list: readonly unknown[], where: string, copying: Copying): unknown[] {
  const copied: unknown[] = [];
  for (let index = 0; index < list.length && !copying.findings.isFull; index++) {
    const place = `${where}[${index}]`;
    if (index in list) copied.push(copy(list[index], place, copying));
    else copying.findings.error(place, "is a hole in the list");
  }
  return copied;
}

function copyObject(
  object: Readonly<Record<string, unknown>>,
  where: string,
  copying: Copying,
): Record<string, unknown> {
  const fields: [string, unknown][] = [];
  for (const name of Object.keys(object)) {
    if (copying.findings.isFull) break;
    const place = fieldPath(where, name);
    if (name === "__proto__") {
      copying.findings.error(place, "is not a name that a field may have");
      continue;
    }
    const value = object[name];
    if (value !== undefined) fields.push([name, copy(value, place, copying)]);
  }
  return Object.fromEntries(fields);
}
