/**
 * An even pace with room for small bursts: never more than `perSecond` in any second, and no more than a fifth of that
 * (at least one) back to back. Pure: the caller brings the time, in monotonic milliseconds.
 */
export class RateLimiter {
  readonly #perSecond: number;
  /** When the last `perSecond` events were, as a ring. */
  readonly #recent: number[] = [];
  #oldest = 0;
  /** When the next event would be due if events came evenly. */
  #evenlyDue = -Infinity;

  /** @param perSecond events a second; below 1 is allowed */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Returns the milliseconds until the next event may happen; 0 = now. */
  wait(now: number): number {
    const ring = Math.max(1, Math.floor(this.#perSecond));
    const windowEnd = this.#recent.length < ring ? -Infinity : (this.#recent[this.#oldest] ?? 0) + this.#window(ring);
    const interval = 1000 / this.#perSecond;
    const burst = Math.max(1, Math.floor(this.#perSecond / 5));
    return Math.max(0, windowEnd - now, this.#evenlyDue - (burst - 1) * interval - now);
  }

  /** Notes that an event happens now. */
  take(now: number): void {
    const ring = Math.max(1, Math.floor(this.#perSecond));
    this.#recent[this.#oldest] = now;
    this.#oldest = (this.#oldest + 1) % ring;
    this.#evenlyDue = Math.max(now, this.#evenlyDue) + 1000 / this.#perSecond;
  }

  /** Returns the span in which `ring` events are allowed: a second, or longer where less than one a second is. */
  #window(ring: number): number {
    return (1000 * ring) / this.#perSecond;
  }
}
