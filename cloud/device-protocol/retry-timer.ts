import type { Clock } from "../core/clock";

type Pause = (attempt: number) => number | undefined;

/** Asks, and asks again after growing pauses until it is stopped: the cloud answers by messages of their own. */
export class RetryTimer {
  readonly #clock: Clock;
  readonly #ask: (attempt: number) => void;
  #stopTimer: () => void = () => undefined;

  /** @param ask gets the number of the attempt, from 0 */
  constructor(clock: Clock, ask: (attempt: number) => void) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /**
   * Begins anew, by asking.
   * @param pause milliseconds after attempt number n, from 0; `undefined` ends it
   */
  start(pause: Pause): void {
    this.#wait(0, pause);
    // After the timer is set, since the answer may come at once and stop it.
    this.#ask(0);
  }

  /** Begins anew, with the first pause; attempt number 1 follows it. */
  startLater(pause: Pause): void {
    this.#wait(0, pause);
  }

  stop(): void {
    this.#stopTimer();
    this.#stopTimer = () => undefined;
  }

  #wait(attempt: number, pause: Pause): void {
    this.stop();
    const milliseconds = pause(attempt);
    if (milliseconds === undefined) return;
    this.#stopTimer = this.#clock.after(milliseconds, () => {
      this.#wait(attempt + 1, pause);
      this.#ask(attempt + 1);
    });
  }
}
