import type { OperationId } from "../rest/index";
import { CloudError } from "../core/errors";
import { printable } from "../core/text";
import type { Changes } from "./compare";

/** One change of a plan, for people to read. */
export interface PlanEntry {
  action: "create" | "update" | "delete";
  kind: "thing" | "property" | "tag" | "dashboard" | "widget" | "page" | "trigger" | "action";
  /** Parts name their whole: `Kitchen: temperature`. */
  name: string;
  /** `null` until it is created; a tag has none. */
  id: string | null;
  changes: Changes;
}

/** One write, and what it changes. */
export interface PlanStep {
  /** The first is the one whose id the answer to a creation holds. */
  entries: [PlanEntry, ...PlanEntry[]];
  operation: OperationId;
  path: Record<string, string>;
  query?: { force: boolean };
  body?: unknown;
  /** Names the item of the wanted state in errors; blank for what only `prune` touches. */
  where: string;
}

/** How much goes that the wanted state does not name: parts of its items, or whole objects beside them too. */
export type Prune = "nothing" | "parts" | "all";

/** Returns all entries of a plan, in the order in which they are carried out. */
export function entriesOf(steps: readonly PlanStep[]): PlanEntry[] {
  return steps.flatMap(({ entries }) => entries);
}

/** Returns the entry of something that is made, with all that it is given. */
export function creation(kind: PlanEntry["kind"], name: string, given: Readonly<Record<string, unknown>>): PlanEntry {
  const changes = Object.fromEntries(Object.entries(given).map(([field, to]) => [field, { from: null, to }]));
  return { action: "create", kind, name, id: null, changes };
}

/** Returns the entry of something that goes. */
export function removal(kind: PlanEntry["kind"], name: string, id: string | null): PlanEntry {
  return { action: "delete", kind, name, id, changes: {} };
}

/** Returns those entries that remove something. */
export function removalsOf(plan: readonly PlanEntry[]): PlanEntry[] {
  return plan.filter(({ action }) => action === "delete");
}

/** How many removals an error names. */
const shown = 10;

/**
 * Sees that what goes was confirmed by its number.
 * @throws CloudError `precondition_failed` naming the number and what would go
 */
export function checkConfirmed(plan: readonly PlanEntry[], confirm: number | undefined): void {
  const going = removalsOf(plan);
  if (going.length === 0 || confirm === going.length) return;
  const names = going.slice(0, shown).map(({ kind, name }) => `${kind} "${printable(name)}"`);
  const more = going.length > shown ? ` and ${going.length - shown} more` : "";
  throw new CloudError(
    "precondition_failed",
    `prune would remove ${going.length}: ${names.join(", ")}${more}. ` +
      `${confirm === undefined ? "Nothing is confirmed" : `Confirmed are ${confirm}`}; nothing was changed. ` +
      `To go ahead set confirm (msg.confirm) to ${going.length}.`,
  );
}
