import type { ValueFeed } from "./value-feed";
import type { Components, PropertyValue } from "../codec/values";
import type { KnownObjects } from "./known-objects";
import type { Directory } from "../rest/directory/directory";
import { type Property, wireName } from "../rest/models";

/**
 * The last known values of the multi-value variables that a flow writes in part: the cloud resets the components that a
 * message leaves out (docs/protocol.md#components), so they are taken from here. A variable asked for is read over REST
 * once and then followed live, both ways, until the session is lost.
 */
export class LastValues {
  readonly #directory: Directory;
  readonly #feed: ValueFeed;
  readonly #objects: KnownObjects;
  readonly #followed = new Map<string, () => void>();

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
    if (this.#followed.has(key)) return this.#objects.get(thingId, variable);
    // The feed itself keeps what comes.
    const follow = (direction: "reported" | "requested"): (() => void) =>
      this.#feed.listen(thingId, direction, variable, { value: () => undefined });
    const ends = [follow("reported"), follow("requested")];
    const end = (): void => ends.forEach((stop) => stop());
    try {
      // What it answers is what `objects` sees of the cloud.
      await this.#directory.thing(thingId, { maxAgeMs: 0 });
    } catch (reason) {
      end();
      throw reason;
    }
    if (this.#followed.has(key)) end();
    else this.#followed.set(key, end);
    return this.#objects.get(thingId, variable);
  }

  /** Notes a value that is on its way to the device, so that the next partial one builds on it. */
  wrote(thingId: string, property: Property, value: PropertyValue): void {
    this.#objects.note(thingId, wireName(property), value);
  }

  /** Forgets who is followed: the session is lost, so everything is read anew when it is next needed. */
  unfollow(): void {
    for (const end of this.#followed.values()) end();
    this.#followed.clear();
  }
}
