import type { CheckObjects } from "./objects";
import type { CloudProbe } from "./probe";

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
