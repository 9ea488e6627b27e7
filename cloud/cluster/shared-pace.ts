import { abortable } from "../core/abort";
import { type Clock, sleep } from "../core/clock";
import { cancelled } from "../core/errors";
import { RateLimiter } from "../core/rate-limiter";
import type { Cluster } from "./cluster";

interface SharedPaceOptions {
  clock: Clock;
  cluster: Pick<Cluster, "start" | "engine" | "copies" | "tell">;
  requestsPerSecond: number;
}

const pauseMs = 1_000;

/** The pace of requests that all copies keep together: one window in the engine, or an equal part each without it. */
export class SharedPace {
  readonly #options: SharedPaceOptions;
  readonly #ownPart: RateLimiter;
  #earlier: Promise<unknown> = Promise.resolve();

  constructor(options: SharedPaceOptions) {
    this.#options = options;
    this.#ownPart = new RateLimiter(options.requestsPerSecond);
  }

  /** Waits until a request may go out; first come, first served within this copy. */
  async turn(signal: AbortSignal): Promise<void> {
    const turn = this.#earlier.then(() => this.#wait(signal));
    // One that is given up holds up nobody behind it.
    this.#earlier = turn.catch(() => undefined);
    await abortable(turn, signal, "A request that waited for its turn");
  }

  /** Tells all copies that the service has refused a request by rate. */
  async refused(retryAfterMs = pauseMs): Promise<void> {
    await this.#options.cluster.tell("pause", String(Math.ceil(retryAfterMs)));
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { clock, cluster } = this.#options;
    for (;;) {
      if (signal.aborted) throw cancelled("A request that waited for its turn");
      cluster.start();
      const waitMs = (await this.#ask()) ?? this.#askOwn();
      if (waitMs === 0) return;
      await sleep(clock, waitMs, signal);
    }
  }

  /** Asks the engine; returns undefined where it is away. */
  async #ask(): Promise<number | undefined> {
    const { cluster, requestsPerSecond } = this.#options;
    try {
      return await cluster.engine?.pace(requestsPerSecond);
    } catch {
      return undefined;
    }
  }

  #askOwn(): number {
    const { clock, cluster, requestsPerSecond } = this.#options;
    const now = clock.monotonic();
    this.#ownPart.perSecond = requestsPerSecond / cluster.copies;
    const waitMs = Math.ceil(this.#ownPart.wait(now));
    if (waitMs <= 0) this.#ownPart.take(now);
    return Math.max(0, waitMs);
  }
}
