import type { Clock } from "../core/clock";
import { inBackground } from "../core/guard";

/** Runs work again and again, never twice at once: what is asked for while it runs is done behind it. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #work: () => Promise<number | undefined>;
  #stopTimer: (() => void) | undefined;
  #isBeating = false;
  #isDue = false;

  /** @param work resolves to the milliseconds until it is due again; undefined: not before it is asked for */
  constructor(clock: Clock, work: () => Promise<number | undefined>) {
    this.#clock = clock;
    this.#work = work;
  }

  /** Beats in so many milliseconds, in place of when it was due. */
  in(milliseconds: number): void {
    this.stop();
    this.#stopTimer = this.#clock.after(milliseconds, () => {
      this.#stopTimer = undefined;
      inBackground(this.#beat());
    });
  }

  /** Beats no more until it is asked for. */
  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  async #beat(): Promise<void> {
    this.#isDue = this.#isBeating;
    if (this.#isBeating) return;
    this.#isBeating = true;
    let nextMs: number | undefined;
    try {
      nextMs = await this.#work();
    } finally {
      this.#isBeating = false;
    }
    // What has been asked for meanwhile, and is not due yet, stays as it is.
    if (nextMs !== undefined && this.#stopTimer === undefined) this.in(this.#isDue ? 0 : nextMs);
  }
}
