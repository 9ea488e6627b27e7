import { abortable } from "../core/abort";
import { type Clock, sleep } from "../core/clock";
import { cancelled } from "../core/errors";
import { RateLimiter } from "../core/rate-limiter";
import type { Cluster } from "./cluster";

interface SharedPaceOptions {
  clock: Clock;
  cluster: Pick<Cluster, "start" | "engine" | "copies" | "tell" | "listen">;
  requestsPerSecond: number;
}

/** When a request may go out: so many milliseconds after a time of the monotonic clock. */
interface Moment {
  waitMs: number;
  from: number;
}

const pauseMs = 1_000;
/**
 * A request that is later than this at its moment gets another one, so that it does not meet those behind it: together
 * with what the network may add it fits into the window of the engine.
 */
const lateMs = 40;
/** After so many moments that were missed it goes out all the same: this machine is never in time. */
const maxMissed = 5;
const what = "A request that waited for its turn";

/** The pace of requests that all copies keep together: moments that the engine gives, or an equal part each without it. */
export class SharedPace {
  readonly #options: SharedPaceOptions;
  readonly #ownPart: RateLimiter;
  #earlier: Promise<unknown> = Promise.resolve();
  /** The shortest time that the engine has taken to answer, in milliseconds: what it always takes is nobody's delay. */
  #quickestMs = Infinity;
  #pausedUntil = -Infinity;

  constructor(options: SharedPaceOptions) {
    this.#options = options;
    this.#ownPart = new RateLimiter(options.requestsPerSecond);
    options.cluster.listen("pause", (milliseconds) => this.#pause(Number(milliseconds) || pauseMs));
  }

  /** Waits until a request may go out; first come, first served within this copy. */
  async turn(signal: AbortSignal): Promise<void> {
    const turn = this.#earlier.then(() => this.#wait(signal));
    // One that is given up holds up nobody behind it.
    this.#earlier = turn.catch(() => undefined);
    await abortable(turn, signal, what);
  }

  /** Tells all copies that the service has refused a request by rate. */
  async refused(retryAfterMs = pauseMs): Promise<void> {
    this.#pause(retryAfterMs);
    await this.#options.cluster.tell("pause", String(Math.ceil(retryAfterMs)));
  }

  #pause(milliseconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#options.clock.monotonic() + milliseconds);
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { clock, cluster } = this.#options;
    for (let missed = 0; missed <= maxMissed;) {
      if (signal.aborted) throw cancelled(what);
      cluster.start();
      const pausedMs = this.#pausedUntil - clock.monotonic();
      if (pausedMs > 0) await sleep(clock, pausedMs, signal);
      else if (await this.#isInTime(signal)) return;
      else missed++;
    }
  }

  /** Waits for the moment that this copy gets for one request; returns whether it was there in time, and may send. */
  async #isInTime(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options;
    const { waitMs, from } = (await this.#ask()) ?? this.#takeOwn();
    if (waitMs > 0) await sleep(clock, waitMs, signal);
    const now = clock.monotonic();
    return now - from - waitMs <= lateMs && now >= this.#pausedUntil;
  }

  /** Asks the engine; returns undefined where it is away. */
  async #ask(): Promise<Moment | undefined> {
    const { clock, cluster, requestsPerSecond } = this.#options;
    const askedAt = clock.monotonic();
    try {
      const waitMs = await cluster.engine?.pace(requestsPerSecond);
      if (waitMs === undefined) return undefined;
      this.#quickestMs = Math.min(this.#quickestMs, clock.monotonic() - askedAt);
      return { waitMs, from: askedAt + this.#quickestMs };
    } catch {
      return undefined;
    }
  }

  #takeOwn(): Moment {
    const { clock, cluster, requestsPerSecond } = this.#options;
    const from = clock.monotonic();
    const part = requestsPerSecond / cluster.copies;
    this.#ownPart.perSecond = part < 1 ? part : Math.floor(part);
    const waitMs = Math.ceil(this.#ownPart.wait(from));
    this.#ownPart.take(from + waitMs);
    return { waitMs, from };
  }
}
