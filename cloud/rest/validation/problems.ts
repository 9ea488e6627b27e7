import { printable } from "../../core/text";

/** More errors than anybody reads at once. */
const maxErrors = 20;

/** Collects what a check finds, in words; each begins with the place. */
export class Problems {
  readonly errors: string[] = [];
  readonly warnings: string[] = [];

  /** Whether there is no point in looking for more. */
  get isFull(): boolean {
    return this.errors.length >= maxErrors;
  }

  /**
   * Adds an error.
   * @param where the path of a field; blank for the body as a whole
   */
  error(where: string, problem: string): void {
    if (!this.isFull) this.errors.push(sentence(where, problem));
  }

  warn(where: string, remark: string): void {
    if (this.warnings.length < maxErrors) this.warnings.push(sentence(where, remark));
  }
}

function sentence(where: string, said: string): string {
  return `${where || "the body"} ${said}`;
}

/** Returns the path of a field of `where`: `a.b`, or `a["odd name"]`. */
export function fieldPath(where: string, name: string): string {
  if (!/^[\w-]{1,64}$/.test(name)) return `${where}["${printable(name.slice(0, 64))}"]`;
  return where === "" ? name : `${where}.${name}`;
}

/** Returns a value as a message shows it: short, on one line. */
export function show(value: unknown): string {
  if (typeof value === "string") return `"${printable(value.length > 60 ? `${value.slice(0, 60)}…` : value)}"`;
  if (value === undefined) return "nothing";
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  if (value instanceof Uint8Array) return "a Buffer";
  return Array.isArray(value) ? "a list" : "an object";
}
