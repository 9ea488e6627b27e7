import type { Clock } from "../../core/clock";
import { cancelled } from "../../core/errors";
import { RateLimiter } from "../../core/rate-limiter";

/** How many requests may go out together after a rest. */
const burst = 3;
/** A second as the service may count it, with a margin for requests that catch up with each other on the way. */
const secondMs = 1_050;
/** Refusals within so many milliseconds count as one: the service may still count what went out before. */
const settlingMs = 2_000;
/** After a second's worth of successes, and at least so many, the pace goes up by a quarter. */
const minSuccesses = 3;
const step = 1.25;

interface Waiter {
  go: (started: number) => void;
  fail: () => void;
}

/**
 * The gate through which the requests of one account go out: never more in any one second than `requestsPerSecond`,
 * first come first served. It slows down when the service refuses by rate, and recovers
 * (docs/protocol.md#request-rate).
 */
export class AdaptiveRateLimiter {
  readonly #clock: Clock;
  readonly #full: number;
  #rate = 0;
  #pausedUntil = -Infinity;
  #slowedAt = -Infinity;
  #successes = 0;
  readonly #limiter: RateLimiter;
  /** When the last requests went out that were not refused, oldest first; as many as a second may hold. */
  readonly #passed: number[] = [];
  readonly #waiting = new Set<Waiter>();
  #stopTimer: (() => void) | undefined;
  #isClosed = false;

  constructor(options: { requestsPerSecond: number; clock: Clock }) {
    this.#clock = options.clock;
    this.#full = options.requestsPerSecond;
    this.#limiter = new RateLimiter(this.#full, { secondMs, burst });
    this.#setRate(this.#full);
  }

  /** The present pace in requests per second. */
  get rate(): number {
    return this.#rate;
  }

  /**
   * Waits for its turn; returns the moment at which it came, which `accepted` and `refused` want back.
   * @throws CloudError `cancelled` when aborted or closed
   */
  enter(signal?: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      const fail = (): void => {
        leave();
        reject(cancelled("A request that waited for its turn"));
        this.#next();
      };
      const waiter: Waiter = {
        go: (started) => {
          leave();
          resolve(started);
        },
        fail,
      };
      const leave = (): void => {
        this.#waiting.delete(waiter);
        signal?.removeEventListener("abort", fail);
      };
      if (this.#isClosed || signal?.aborted) {
        fail();
        return;
      }
      signal?.addEventListener("abort", fail, { once: true });
      this.#waiting.add(waiter);
      this.#next();
    });
  }

  /** Notes that the request that went out at `started` was not refused by rate. */
  accepted(started: number): void {
    if (started <= this.#slowedAt || this.#rate >= this.#full) return;
    this.#successes += 1;
    if (this.#successes < Math.max(minSuccesses, this.#rate)) return;
    this.#successes = 0;
    this.#setRate(Math.min(this.#full, this.#rate * step));
  }

  /**
   * Slows down, since the request that went out at `started` was refused by rate. The pace goes down to what the
   * service let through in the second before, by half at the most: there may have been little to let through. If that
   * was nothing, the pace is not to blame: then nothing goes out for a good second, as the official exporters do
   * (docs/protocol.md#request-rate).
   * @param retryAfter milliseconds that the service asked for: nothing goes out until then
   */
  refused(started: number, retryAfter?: number): void {
    const now = this.#clock.monotonic();
    const passed = this.#passed.indexOf(started);
    if (passed >= 0) this.#passed.splice(passed, 1);
    if (retryAfter !== undefined) this.#pauseUntil(now + retryAfter);
    if (started > this.#slowedAt + settlingMs) {
      this.#slowedAt = now;
      this.#successes = 0;
      const count = this.#passed.filter((at) => at > started - secondMs && at <= started).length;
      if (count > 0) this.#setRate(Math.min(this.#rate, Math.max(count, this.#rate / 2)));
      else if (retryAfter === undefined) this.#pauseUntil(now + 1_000 + 200 * this.#clock.random());
    }
    this.#next();
  }

  /** Lets nothing out for so many milliseconds. */
  pause(milliseconds: number): void {
    this.#pauseUntil(this.#clock.monotonic() + milliseconds);
    this.#next();
  }

  #pauseUntil(moment: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, moment);
  }

  /** Rejects all who wait, and all who come later, with `cancelled`. */
  close(): void {
    this.#isClosed = true;
    for (const waiter of [...this.#waiting]) waiter.fail();
  }

  /** Lets out who is due, and sets the timer for the first who is not. */
  #next(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    for (const waiter of this.#waiting) {
      const now = this.#clock.monotonic();
      const wait = Math.max(this.#pausedUntil - now, this.#limiter.wait(now));
      if (wait > 0) {
        // Timers may fire a little early; a whole millisecond more keeps them from firing twice.
        this.#stopTimer = this.#clock.after(Math.ceil(wait), () => this.#next());
        return;
      }
      this.#record(now);
      waiter.go(now);
    }
  }

  #record(now: number): void {
    this.#limiter.take(now);
    this.#passed.push(now);
    if (this.#passed.length > Math.max(1, this.#full)) this.#passed.shift();
  }

  /** Sets the present pace; beyond one a second, of whole requests. */
  #setRate(rate: number): void {
    this.#rate = rate;
    this.#limiter.perSecond = rate < 1 ? rate : Math.floor(rate);
  }
}
