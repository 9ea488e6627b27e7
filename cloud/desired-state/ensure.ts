import { sleep, systemClock, type Clock } from "../core/clock";
import { isTransient, toCloudError, type CloudError } from "../core/errors";
import { applySteps, checkSteps, type WantedRest, type WorkOptions } from "./apply";
import { checkConfirmed, entriesOf, removalsOf, type PlanEntry, type Prune } from "./plan";
import { printable } from "../core/text";
import { readItems } from "./read-input";
import { stateReaders, type CurrentState, type WantedKind } from "./current-state";

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
  const { rest, kind, wanted, dryRun = false, confirm, clock = systemClock, signal } = options;
  const items = readItems(wanted);
  const prune: Prune = options.prune !== true ? "nothing" : Array.isArray(wanted) ? "all" : "parts";
  const survey = (): Promise<CurrentState> => stateReaders[kind](rest, items, prune, options);
  let state = await survey();
  for (const warning of checkSteps(state.steps)) options.onWarning?.(warning);
  const plan = entriesOf(state.steps);
  if (!dryRun && plan.length > 0) {
    checkConfirmed(plan, confirm);
    const most = removalsOf(plan).length;
    for (let round = 1, isDone = false; !isDone; round++) {
      const failure = await failureOf(applySteps(rest, state.steps, options));
      if (failure !== undefined && (round === maxRounds || !isUncertain(failure))) throw failure;
      if (failure !== undefined) await sleep(clock, pauseMs * round, signal, `${kind}: ensure`);
      state = await survey();
      isDone = failure === undefined || state.steps.length === 0;
      const removals = entriesOf(state.steps);
      if (!isDone && removalsOf(removals).length > most) checkConfirmed(removals, confirm);
    }
    for (const { action, kind: what, name, changes } of entriesOf(state.steps)) {
      const fields = Object.keys(changes).join(", ");
      options.onWarning?.(
        `The service has not done what was asked: ${action} ${what} "${printable(name)}" (${fields}).`,
      );
    }
  }
  const values = state.found.map((object) => object ?? null);
  return { changed: plan.length > 0, plan, value: Array.isArray(wanted) ? values : values[0] };
}

async function failureOf(work: Promise<void>): Promise<CloudError | undefined> {
  try {
    await work;
    return undefined;
  } catch (reason) {
    return toCloudError(reason);
  }
}

/** Returns whether a write may have been carried out although it failed. */
function isUncertain(failure: CloudError): boolean {
  return isTransient(failure) && failure.code !== "unauthorized";
}
