import { abortable } from "../core/abort";
import { CloudError } from "../core/errors";
import { type Answer, type Finding, found, isBlocked, isBlocking } from "./finding";
import type { CheckId } from "./finding-codes";

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
  /**
   * The checks that are asked for, all where absent. With it the report is short: what these checks found, and the
   * warnings and problems of those that they stand on.
   */
  only?: readonly CheckId[];
  /** How long each check may take. */
  timeoutMs?: number;
}

/** How long one check may take. */
export const defaultTimeoutMs = 10_000;

/**
 * Runs checks, each as soon as what it needs is passed, and returns the findings in the order of the list. Never
 * rejects: a check that throws is a finding, and so is one that takes too long.
 */
export async function runChecks<State>(
  checks: readonly Check<State>[],
  state: State,
  { signal, only, timeoutMs = defaultTimeoutMs }: ExamineOptions,
): Promise<Finding[]> {
  const running = new Map<CheckId, Promise<Finding[]>>();
  for (const check of only === undefined ? checks : withNeeds(checks, only)) {
    const needed = check.needs.map((id) => running.get(id) ?? Promise.resolve([]));
    running.set(
      check.id,
      Promise.all(needed).then(async (before) => {
        const blocking = before.flat().find(isBlocking);
        const answers =
          blocking === undefined
            ? await outcomeOf(check, state, signal, timeoutMs)
            : [found("general", "blocked", { check: causeOf(blocking) })];
        return answers.map((answer) => ({ id: check.id, ...answer }));
      }),
    );
  }
  const findings = (await Promise.all(running.values())).flat();
  return only === undefined ? findings : findings.filter((finding) => isAskedFor(finding, only));
}

/** Returns the named checks and all that they stand on, in the order of the list. */
function withNeeds<State>(checks: readonly Check<State>[], ids: readonly CheckId[]): Check<State>[] {
  const wanted = new Set(ids);
  // From the end, since what a check needs stands before it.
  for (const { id, needs } of [...checks].reverse()) if (wanted.has(id)) for (const one of needs) wanted.add(one);
  return checks.filter(({ id }) => wanted.has(id));
}

/** Returns whether a short report has a finding. What could not be checked is left out: its cause is there. */
function isAskedFor(finding: Finding, only: readonly CheckId[]): boolean {
  if (isBlocked(finding)) return false;
  return only.includes(finding.id) || finding.level === "warning" || finding.level === "problem";
}

/** Returns the check that failed first, however many stand in between. */
function causeOf(finding: Finding): string {
  return isBlocked(finding) ? String(finding.values.check) : finding.id;
}

async function outcomeOf<State>(
  { id, run }: Check<State>,
  state: State,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Answer[]> {
  const mine = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    return [await abortable(run(state, mine), mine, id)].flat();
  } catch (reason) {
    if (mine.aborted) return [found("general", "overdue", { seconds: Math.round(timeoutMs / 1000) })];
    // The text of anything else has not been checked for secrets.
    return [reason instanceof CloudError ? found("general", "fault", {}, reason) : found("general", "fault")];
  }
}
