import type { Clock } from "./clock";

/** Returns the milliseconds of a wait that doubles with each failure, the first being number 0, up to a limit. */
export function exponentialMs(firstMs: number, limitMs: number, failures: number): number {
  // Beyond that the factor would be infinite some day.
  return Math.min(limitMs, firstMs * 2 ** Math.min(failures, 30));
}

const firstDelayMs = 1_000;
const maxDelayMs = 20_000;

/**
 * Returns the milliseconds to wait before connection attempt number `failures` + 1: one second, doubling up to 20 s, each spread by
 * a quarter either way so that many clients do not come back at once (the cloud limits connection attempts,
 * docs/protocol.md#connections).
 */
export function backoffMs(failures: number, clock: Clock): number {
  return Math.round(exponentialMs(firstDelayMs, maxDelayMs, failures) * (0.75 + clock.random() / 2));
}

/** Repeats work that failed: each time after a longer wait, until it is said to have succeeded. */
export class BackoffTimer {
  readonly #clock: Clock;
  readonly #work: () => void;
  #failures = 0;
  #stopTimer: (() => void) | undefined;

  constructor(clock: Clock, work: () => void) {
    this.#clock = clock;
    this.#work = work;
  }

  /** Notes a failure; returns the milliseconds until the work is done again, `undefined` where it is due already. */
  failed(): number | undefined {
    if (this.#stopTimer !== undefined) return undefined;
    const waitMs = backoffMs(this.#failures++, this.#clock);
    this.#stopTimer = this.#clock.after(waitMs, () => {
      this.#stopTimer = undefined;
      this.#work();
    });
    return waitMs;
  }

  /** Notes a success: the next wait is the shortest again. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** Takes back a repetition that is due; failures stay counted. */
  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }
}
