import { systemClock, type Clock } from "../core/clock";
import { type CloudError, isCredentials, isTransient } from "../core/errors";
import { retry } from "../core/retry";
import { printable } from "../core/text";
import { applySteps, checkSteps, type WantedRest, type WorkOptions } from "./apply";
import { stateReaders, type CurrentState, type WantedKind } from "./current-state";
import { checkConfirmed, entriesOf, type PlanEntry, type PlanStep, type Prune, removalsOf } from "./plan";
import { readItems } from "./read-input";

export interface EnsureOptions extends WorkOptions {
  rest: WantedRest;
  kind: WantedKind;
  /** One object, or a list: then `prune` also removes the objects that are not in it. */
  wanted: unknown;
  /** Plans only. */
  dryRun?: boolean;
  /** Also removes what is not wanted; needs `confirm`. */
  prune?: boolean;
  /** How many removals are meant. */
  confirm?: number;
  clock?: Clock;
}

export interface EnsureResult {
  /** Whether anything was, or with `dryRun` would be, changed. */
  changed: boolean;
  plan: PlanEntry[];
  /** The objects that are there now, one or a list as was wanted; `null` for what `dryRun` did not make. */
  value: unknown;
}

/** After a write whose outcome is unknown everything is read and planned anew, at most so often. */
const maxRounds = 4;
/** Milliseconds before that, times the round. */
const pauseMs = 1_000;

/**
 * Makes what is wanted, and nothing else: objects are found by id, else by name, and only what differs is written. Done
 * twice, the second time writes nothing. A write whose answer is lost is not repeated blindly: what there is is read
 * anew.
 * @throws CloudError `invalid_input`, `not_found`, `ambiguous`, `conflict` naming item and field, before anything is
 *   written; `precondition_failed` where `prune` lacks its `confirm`; and what `RestClient.call` throws
 */
export async function ensure(options: EnsureOptions): Promise<EnsureResult> {
  const { rest, kind, wanted, dryRun = false, confirm, onWarning } = options;
  const items = readItems(wanted);
  const prune: Prune = options.prune !== true ? "nothing" : Array.isArray(wanted) ? "all" : "parts";
  const read = (): Promise<CurrentState> => stateReaders[kind](rest, items, prune, options);
  let state = await read();
  for (const warning of checkSteps(state.steps)) onWarning?.(warning);
  const plan = entriesOf(state.steps);
  if (!dryRun && plan.length > 0) {
    checkConfirmed(plan, confirm);
    state = await applyUntilDone(state.steps, read, options);
    for (const entry of entriesOf(state.steps)) onWarning?.(describeUndone(entry));
  }
  const values = state.found.map((object) => object ?? null);
  return { changed: plan.length > 0, plan, value: Array.isArray(wanted) ? values : values[0] };
}

/** Carries the plan out; after a write that may have been done or not, what is left of it. Returns what is there then. */
function applyUntilDone(
  planned: readonly PlanStep[],
  read: () => Promise<CurrentState>,
  options: EnsureOptions,
): Promise<CurrentState> {
  const { rest, kind, confirm, clock = systemClock, signal } = options;
  const maxRemovals = removalsOf(entriesOf(planned)).length;
  const round = async (failures: number): Promise<CurrentState> => {
    let steps = planned;
    if (failures > 0) {
      const state = await read();
      if (state.steps.length === 0) return state;
      steps = state.steps;
      const left = entriesOf(steps);
      if (removalsOf(left).length > maxRemovals) checkConfirmed(left, confirm);
    }
    await applySteps(rest, steps, options);
    return read();
  };
  const onFailure = (error: CloudError, failures: number): number => {
    if (failures === maxRounds || !isTransient(error) || isCredentials(error)) throw error;
    return pauseMs * failures;
  };
  return retry(round, { clock, signal, what: `${kind}: ensure`, onFailure });
}

function describeUndone({ action, kind, name, changes }: PlanEntry): string {
  const fields = Object.keys(changes).join(", ");
  return `The service has not done what was asked: ${action} ${kind} "${printable(name)}" (${fields}).`;
}
