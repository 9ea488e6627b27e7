import { abortable } from "../core/abort";
import { CloudError } from "../core/errors";
import { type Answer, type Finding, found, isBlocking } from "./finding";
import type { CheckId } from "./sentences";

/** One check. `State` is what the checks of an examination learn and tell each other. */
export interface Check<State> {
  readonly id: CheckId;
  /** The checks that stand before it in the list and have to be passed first. */
  readonly needs: readonly CheckId[];
  /** Returns its findings; none where there is nothing to say. May throw, and need not end in time. */
  readonly run: (state: State, signal: AbortSignal) => Promise<Answer | Answer[]>;
}

export interface ExamineOptions {
  /** Ends the whole examination; what is not done yet is `overdue`. */
  signal: AbortSignal;
  /** Milliseconds for each check. */
  limit?: number;
}

/** Milliseconds for one check. */
export const defaultTimeoutMs = 10_000;

/**
 * Runs checks, each as soon as what it needs is passed, and returns the findings in the order of the list. Never
 * rejects: a check that throws is a finding, and so is one that takes too long.
 */
export async function runChecks<State>(
  checks: readonly Check<State>[],
  state: State,
  { signal, limit = defaultTimeoutMs }: ExamineOptions,
): Promise<Finding[]> {
  const running = new Map<CheckId, Promise<Finding[]>>();
  for (const check of checks) {
    const needed = check.needs.map((id) => running.get(id) ?? Promise.resolve([]));
    running.set(
      check.id,
      Promise.all(needed).then(async (before) => {
        const blocking = before.flat().find(isBlocking);
        const answers =
          blocking === undefined
            ? await outcomeOf(check, state, signal, limit)
            : [found("general", "blocked", { check: causeOf(blocking) })];
        return answers.map((answer) => ({ id: check.id, ...answer }));
      }),
    );
  }
  return (await Promise.all(running.values())).flat();
}

/** Returns the check that failed first, however many stand in between. */
function causeOf({ id, topic, code, values }: Finding): string {
  return topic === "general" && code === "blocked" ? String(values.check) : id;
}

async function outcomeOf<State>(
  { id, run }: Check<State>,
  state: State,
  signal: AbortSignal,
  limit: number,
): Promise<Answer[]> {
  const mine = AbortSignal.any([signal, AbortSignal.timeout(limit)]);
  try {
    return [await abortable(run(state, mine), mine, id)].flat();
  } catch (reason) {
    if (mine.aborted) return [found("general", "overdue", { seconds: Math.round(limit / 1000) })];
    // The text of anything else has not been checked for secrets.
    return [reason instanceof CloudError ? found("general", "fault", {}, reason) : found("general", "fault")];
  }
}
