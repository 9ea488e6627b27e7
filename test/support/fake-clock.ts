import type { Clock } from "../../cloud/core/clock";
import { settle } from "./wait";

/** A clock that stands still until a spec moves it. */
export class FakeClock implements Clock {
  #now = 0;
  #timers: { at: number; work: () => void }[] = [];

  monotonic(): number {
    return this.#now;
  }

  now(): number {
    return 1_700_000_000_000 + this.#now;
  }

  random(): number {
    return 0.5;
  }

  after(milliseconds: number, work: () => void): () => void {
    const timer = { at: this.#now + milliseconds, work };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Moves on, running what comes due in its order, and lets promises settle in between. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settle();
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.at);
      next.work();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}
