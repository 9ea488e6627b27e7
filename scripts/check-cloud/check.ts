import type { CheckObjects } from "./objects";
import type { CloudProbe } from "./probe";

/** The id of a thing, a variable and a device that no account has. */
export const unknownId = "0b5a2ad4-6f2c-4f59-9a3f-1f6f6f2d7c11";

/** The eyes of a check. */
export interface Sight {
  probe: CloudProbe;
  objects: CheckObjects;
}

/** One thing that the simulator assumes of the service. */
export interface Check {
  id: string;
  question: string;
  assumed: string;
  /** Returns what is seen, in the words of `assumed`; undefined where it can't be seen. Never an id, a name or a value. */
  see: (sight: Sight) => Promise<string | undefined>;
  /** It takes minutes: only where that is asked for. */
  isLong?: true;
}

/** Returns a row of the table of checks. */
export function row(id: string, question: string, assumed: string, see: Check["see"]): Check {
  return { id, question, assumed, see };
}
