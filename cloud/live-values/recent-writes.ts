import type { Clock } from "../core/clock";

/** How long a message of our own may take to come back. */
const ownWindowMs = 60_000;

/** The writes that have not come back yet, oldest first. */
export class RecentWrites<T> {
  readonly #clock: Clock;
  #writes: { write: T; at: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#writes.length === 0;
  }

  /** Notes one that is on its way. */
  note(write: T): void {
    const at = this.#clock.monotonic();
    this.#writes = this.#writes.filter((known) => at - known.at < ownWindowMs);
    this.#writes.push({ write, at });
  }

  /** Takes out the first one that is the same; returns whether there was one: each counts once. */
  take(isSame: (write: T) => boolean): boolean {
    // Asked for every message that comes, and mostly nothing is on its way.
    if (this.isEmpty) return false;
    const index = this.#writes.findIndex(({ write }) => isSame(write));
    if (index >= 0) this.#writes.splice(index, 1);
    return index >= 0;
  }
}
