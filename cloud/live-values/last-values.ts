import type { Clock } from "../core/clock";
import type { ValueFeed } from "./value-feed";
import type { PropertyValue } from "../codec/values";
import type { Directory } from "../rest/directory/directory";
import { type Property, wireName } from "../rest/models";

interface Known {
  value: unknown;
  /** Milliseconds since 1970. */
  at: number;
}

/**
 * The last known values of the multi-value variables that a flow writes in part: the cloud resets the components that a
 * message leaves out (docs/protocol.md#components), so they are taken from here. A variable asked for is read over REST
 * once and then followed live, both ways, until the session is lost.
 */
export class LastValues {
  readonly #directory: Directory;
  readonly #feed: ValueFeed;
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  readonly #followed = new Map<string, () => void>();

  constructor(options: { directory: Directory; feed: ValueFeed; clock: Clock }) {
    this.#directory = options.directory;
    this.#feed = options.feed;
    this.#clock = options.clock;
  }

  /** Gives the last known value; `undefined` where none was ever written. Throws what the REST call throws. */
  async get(thingId: string, property: Property): Promise<unknown> {
    const key = keyOf(thingId, property);
    if (this.#followed.has(key)) return this.#known.get(key)?.value;
    const variable = wireName(property);
    const follow = (direction: "reported" | "requested"): (() => void) =>
      this.#feed.listen(thingId, direction, variable, {
        value: (live) => this.#note(key, live.value, this.#clock.now()),
      });
    const ends = [follow("reported"), follow("requested")];
    const end = (): void => ends.forEach((stop) => stop());
    try {
      const thing = await this.#directory.thing(thingId, { maxAge: 0 });
      const fresh = thing.properties.find(({ id }) => id === property.id);
      const at = Date.parse(fresh?.value_updated_at ?? "");
      if (fresh !== undefined && Number.isFinite(at)) this.#note(key, fresh.last_value, at);
    } catch (reason) {
      end();
      throw reason;
    }
    if (this.#followed.has(key)) end();
    else this.#followed.set(key, end);
    return this.#known.get(key)?.value;
  }

  /** Notes a value that is on its way to the device, so that the next partial one builds on it. */
  wrote(thingId: string, property: Property, value: PropertyValue): void {
    this.#note(keyOf(thingId, property), value, this.#clock.now());
  }

  /** The session is lost: what comes meanwhile is not seen, so everything is read anew when it is next needed. */
  unfollow(): void {
    for (const end of this.#followed.values()) end();
    this.#followed.clear();
  }

  #note(key: string, value: unknown, at: number): void {
    const known = this.#known.get(key);
    if (known === undefined || at >= known.at) this.#known.set(key, { value, at });
  }
}

function keyOf(thingId: string, property: Property): string {
  return `${thingId}/${property.id}`;
}
