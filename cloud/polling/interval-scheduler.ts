import type { Clock } from "../core/clock";
import { inBackground } from "../core/guard";

/** The tasks of one interval. */
interface IntervalGroup {
  /** How many intervals after the start the next tick is due. */
  next: number;
  readonly works: Set<() => void>;
  stopTimer: () => void;
}

/**
 * Repeated work of one account, on a common tick: all that runs at one interval runs together, whenever it was started,
 * and intervals that are multiples of each other meet. Ticks are counted from the moment of the very first start, so
 * they never drift; one that is missed, as while the computer sleeps, is left out.
 */
export class IntervalScheduler {
  readonly #clock: Clock;
  readonly #groups = new Map<number, IntervalGroup>();
  #start: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Runs `work` now and every `interval` milliseconds, of any length, until the function that it returns is called.
   * While it still runs, ticks pass it by. A work must not reject: it tells of its errors itself.
   * @param work gets a signal that fires when it is stopped
   */
  repeat(interval: number, work: (signal: AbortSignal) => Promise<void>): () => void {
    const stopping = new AbortController();
    let isBusy = false;
    const run = (): void => {
      if (isBusy || stopping.signal.aborted) return;
      isBusy = true;
      inBackground(work(stopping.signal).finally(() => (isBusy = false)));
    };
    const leave = this.#join(interval, run);
    run();
    return () => {
      leave();
      stopping.abort();
    };
  }

  #join(interval: number, run: () => void): () => void {
    this.#start ??= this.#clock.monotonic();
    let group = this.#groups.get(interval);
    if (group === undefined) {
      group = { next: 0, works: new Set(), stopTimer: () => undefined };
      this.#groups.set(interval, group);
      this.#wait(interval, group);
    }
    const { works } = group;
    const joined = group;
    works.add(run);
    return () => {
      works.delete(run);
      if (works.size > 0 || this.#groups.get(interval) !== joined) return;
      joined.stopTimer();
      this.#groups.delete(interval);
    };
  }

  #wait(interval: number, group: IntervalGroup): void {
    const start = this.#start ?? 0;
    const passed = this.#clock.monotonic() - start;
    // A timer may fire a little early, which must not make the same tick twice.
    group.next = Math.max(group.next + 1, Math.floor(passed / interval) + 1);
    group.stopTimer = this.#clock.after(group.next * interval - passed, () => {
      this.#wait(interval, group);
      for (const work of [...group.works]) work();
    });
  }
}
