import type { ValueFeed } from "./value-feed";
import type { Components, PropertyValue } from "../codec/values";
import type { KnownObjects } from "./known-objects";
import type { Direction } from "../mqtt/topics";
import type { Directory } from "../rest/directory/directory";
import { type Property, wireName } from "../rest/models";

/** A variable that is followed live. */
interface Followed {
  /** The directions whose values come. */
  subscribed: Set<Direction>;
  /** Whether it was read while all its values came, so that nothing is missed since. */
  isComplete: boolean;
  end: () => void;
}

const bothDirections = ["reported", "requested"] as const;

/**
 * The last known values of the multi-value variables that a flow writes in part: the cloud resets the components that a
 * message leaves out (docs/protocol.md#components), so they are taken from here. A variable asked for is read over REST
 * once and then followed live, both ways, until the session is lost; what was read before the broker had granted both
 * subscriptions is read again, since more may have come in between.
 */
export class LastValues {
  readonly #directory: Directory;
  readonly #feed: ValueFeed;
  readonly #objects: KnownObjects;
  readonly #followed = new Map<string, Followed>();

  /** @param options `objects` is what `feed` completes values from */
  constructor(options: { directory: Directory; feed: ValueFeed; objects: KnownObjects }) {
    this.#directory = options.directory;
    this.#feed = options.feed;
    this.#objects = options.objects;
  }

  /** Returns the last known value; `undefined` where none was ever written. Throws what the REST call throws. */
  async get(thingId: string, property: Property): Promise<Components | undefined> {
    const variable = wireName(property);
    const key = `${thingId}/${variable}`;
    const known = this.#followed.get(key);
    const followed = known ?? this.#follow(thingId, variable);
    if (!followed.isComplete) {
      this.#followed.set(key, followed);
      const isHeard = bothDirections.every((direction) => followed.subscribed.has(direction));
      try {
        // What it answers is what `objects` sees of the cloud.
        await this.#directory.thing(thingId, { maxAgeMs: 0 });
      } catch (reason) {
        if (known === undefined && this.#followed.get(key) === followed) this.#followed.delete(key);
        if (known === undefined) followed.end();
        throw reason;
      }
      followed.isComplete = isHeard && bothDirections.every((direction) => followed.subscribed.has(direction));
    }
    return this.#objects.get(thingId, variable);
  }

  /** Notes a value that is on its way to the device, so that the next partial one builds on it. */
  wrote(thingId: string, property: Property, value: PropertyValue): void {
    this.#objects.note(thingId, wireName(property), value);
  }

  /** Forgets who is followed: the session is lost, so everything is read anew when it is next needed. */
  unfollow(): void {
    for (const { end } of this.#followed.values()) end();
    this.#followed.clear();
  }

  #follow(thingId: string, variable: string): Followed {
    const ends: (() => void)[] = [];
    const end = (): void => ends.forEach((stop) => stop());
    const followed: Followed = { subscribed: new Set(), isComplete: false, end };
    for (const direction of bothDirections) {
      const lost = (): void => {
        followed.subscribed.delete(direction);
        followed.isComplete = false;
      };
      ends.push(
        this.#feed.listen(thingId, direction, variable, {
          // The feed itself keeps what comes.
          value: () => undefined,
          subscribed: () => followed.subscribed.add(direction),
          refused: lost,
          lost,
        }),
      );
    }
    return followed;
  }
}
