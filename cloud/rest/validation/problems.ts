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
