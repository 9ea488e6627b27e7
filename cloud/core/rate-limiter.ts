/**
 * An even pace with room for small bursts: never more than `perSecond` events in any second, and only a few of them back
 * to back. Pure: the caller brings the time, in monotonic milliseconds.
 */
export class RateLimiter {
  /** Events a second, at most as many as at first; below 1 is allowed. */
  perSecond: number;
  readonly #secondMs: number;
  readonly #burst: number | undefined;
  /** When the last events were, as a ring for as many as a second may ever hold. */
  readonly #recent: number[];
  #taken = 0;
  /** When the next event would be due if events came evenly. */
  #evenlyDue = -Infinity;

  /**
   * @param options `secondMs`: how long a second is taken to be, as far as who counts at the other end may err; `burst`:
   *   how many events may come back to back after a rest, by default a fifth of a second's
   */
  constructor(perSecond: number, { secondMs = 1_000, burst }: { secondMs?: number; burst?: number } = {}) {
    this.perSecond = perSecond;
    this.#secondMs = secondMs;
    this.#burst = burst;
    this.#recent = new Array<number>(this.#count).fill(-Infinity);
  }

  /** Returns the milliseconds until the next event may happen; 0 = now. */
  wait(now: number): number {
    const count = this.#count;
    const intervalMs = this.#secondMs / this.perSecond;
    const first = this.#taken < count ? -Infinity : this.#recent[(this.#taken - count) % this.#recent.length];
    const burst = Math.min(count, this.#burst ?? Math.max(1, Math.floor(this.perSecond / 5)));
    // Where less than one a second is allowed, the window of one event is longer than a second.
    return Math.max(
      0,
      (first ?? -Infinity) + count * intervalMs - now,
      this.#evenlyDue - (burst - 1) * intervalMs - now,
    );
  }

  /** Notes that an event happens now. */
  take(now: number): void {
    this.#recent[this.#taken++ % this.#recent.length] = now;
    this.#evenlyDue = Math.max(now, this.#evenlyDue) + this.#secondMs / this.perSecond;
  }

  /** How many events a second may hold, at least one. */
  get #count(): number {
    return Math.max(1, Math.floor(this.perSecond));
  }
}
