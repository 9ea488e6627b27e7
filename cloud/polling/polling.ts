import { IntervalScheduler } from "./interval-scheduler";
import type { Clock } from "../core/clock";
import type { Turns } from "../cluster/turns";
import { type Device, listDevices, type KnownThing, type Rest } from "../rest/index";
import { RequestCoalescer } from "./request-coalescer";

const everything = "*";

/**
 * Merges what the nodes of one account ask the cloud for again and again: things asked for in the same moment cost one
 * request, however many nodes ask, and the list of devices one per tick. Every answer is fresh.
 */
export class Polling {
  readonly #things: RequestCoalescer<KnownThing>;
  readonly #allThings: RequestCoalescer<readonly KnownThing[]>;
  readonly #devices: RequestCoalescer<readonly Device[]>;
  readonly #scheduler: IntervalScheduler;
  readonly #turns: Turns | undefined;

  /** @param options `turns`: where several copies of a flow share the account, when it is this one's turn to ask */
  constructor(options: { rest: Pick<Rest, "client" | "directory">; clock: Clock; turns?: Turns | undefined }) {
    const { rest, clock } = options;
    this.#turns = options.turns;
    const { client, directory } = rest;
    // The directory makes one request of the look-ups of one moment.
    this.#things = new RequestCoalescer(clock, (reference) => directory.thing(reference, { maxAgeMs: 0 }));
    this.#allThings = new RequestCoalescer(clock, () => directory.things({ maxAgeMs: 0 }));
    this.#devices = new RequestCoalescer(clock, () => listDevices(client));
    this.#scheduler = new IntervalScheduler(clock);
  }

  /** Returns a thing, by id or exact name, with its last values. Throws what `Directory.thing` throws. */
  thing(reference: string, signal?: AbortSignal): Promise<KnownThing> {
    return this.#things.ask(reference, signal);
  }

  /** Returns all things with their last values. Throws what `RestClient.call` throws. */
  things(signal?: AbortSignal): Promise<readonly KnownThing[]> {
    return this.#allThings.ask(everything, signal);
  }

  /** Returns all devices. Throws what `RestClient.call` throws. */
  devices(signal?: AbortSignal): Promise<readonly Device[]> {
    return this.#devices.ask(everything, signal);
  }

  /**
   * Runs `work` now and every `interval` milliseconds, together with all else of that interval; see
   * `IntervalScheduler.repeat`.
   */
  repeat(interval: number, work: (signal: AbortSignal) => Promise<void>): () => void {
    if (this.#turns === undefined) return this.#scheduler.repeat(interval, work);
    let end: () => void = () => undefined;
    const unfollow = this.#turns.follow((isOurs) => {
      end();
      end = isOurs ? this.#scheduler.repeat(interval, work) : () => undefined;
    });
    return () => {
      unfollow();
      end();
    };
  }
}
