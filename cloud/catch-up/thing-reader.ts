import { backoffMs } from "../core/backoff";
import type { Clock } from "../core/clock";
import { cancelled, type CloudError, isTransient } from "../core/errors";
import { retry } from "../core/retry";
import { type KnownThing, type LookUp, type Property, type RestClient, wireName } from "../rest/index";

export interface ThingReaderOptions {
  client: Pick<RestClient, "call">;
  /** Looks the thing up. */
  lookUp: (how: LookUp) => Promise<KnownThing>;
  clock: Clock;
  signal: AbortSignal;
  /** The variable name; blank for all variables. */
  variable: string;
  /** Told of the first failure of some work, which is tried again. */
  onDelay: (error: CloudError) => void;
}

/** Look-ups of many nodes after the same outage share an answer that is no older. */
const cacheTtlMs = 1_000;
const work = "Catching up";

/** Reads what the cloud knows of a thing, again and again until that works or can't. */
export class ThingReader implements Pick<RestClient, "call"> {
  readonly #options: ThingReaderOptions;

  constructor(options: ThingReaderOptions) {
    this.#options = options;
  }

  /**
   * Returns the variables concerned, as they were at a moment or later.
   * @throws CloudError what the look-up throws and does not pass; `cancelled`
   */
  async properties(since: number): Promise<Property[]> {
    const { lookUp, clock, signal, variable } = this.#options;
    const thing = await this.#persist(() => {
      return lookUp({ signal, maxAgeMs: Math.max(0, Math.min(cacheTtlMs, clock.now() - since)) });
    });
    if (signal.aborted) throw cancelled(work);
    return thing.properties.filter((property) => variable === "" || wireName(property) === variable);
  }

  /** Calls an operation, as `RestClient.call`. */
  call(...call: Parameters<RestClient["call"]>): ReturnType<RestClient["call"]> {
    return this.#persist(() => this.#options.client.call(...call));
  }

  #persist<T>(attempt: () => Promise<T>): Promise<T> {
    const { clock, signal, onDelay } = this.#options;
    const onFailure = (error: CloudError, failures: number): number => {
      if (!isTransient(error)) throw error;
      if (failures === 1) onDelay(error);
      return backoffMs(failures - 1, clock);
    };
    return retry(attempt, { clock, signal, what: work, onFailure });
  }
}
