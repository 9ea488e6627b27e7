import { onAbort } from "./abort";
import { cancelled } from "./errors";
import { guarded } from "./guard";

/** The longest delay that Node's timers take (2^31 - 1 ms); a longer one would fire at once. */
const maxTimerMs = 2_147_483_647;

/** Time, injected so that tests can own it. */
export interface Clock {
  /** Returns the milliseconds that never jump, from an arbitrary start: for measuring spans. */
  monotonic(): number;
  /** Returns the milliseconds since 1970: for timestamps that people see. */
  now(): number;
  /** Runs `work` once after `milliseconds` (of any length); returns the function that calls it off. */
  after(milliseconds: number, work: () => unknown): () => void;
  /** Returns a number in [0, 1) for jitter. */
  random(): number;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  monotonic: () => performance.now(),
  now: () => Date.now(),
  after(milliseconds, work) {
    let timer: NodeJS.Timeout;
    const safe = guarded(work);
    const arm = (left: number): void => {
      const stepMs = Math.min(left, maxTimerMs);
      timer = setTimeout(() => (left > stepMs ? arm(left - stepMs) : safe()), stepMs);
    };
    arm(Math.max(0, milliseconds));
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};

/**
 * Resolves after `milliseconds`, or rejects with `cancelled` as soon as `signal` is aborted.
 * @param what names the work in the error, as the subject of a sentence
 */
export function sleep(clock: Clock, milliseconds: number, signal?: AbortSignal, what = "The wait"): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = clock.after(milliseconds, () => {
      unlisten();
      resolve();
    });
    const unlisten = onAbort(signal, () => {
      stop();
      reject(cancelled(what));
    });
  });
}
