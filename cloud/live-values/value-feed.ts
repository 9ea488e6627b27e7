import type { Clock } from "../core/clock";
import { type CloudError, toCloudError } from "../core/errors";
import { shortDigest } from "../core/short-digest";
import { tidyValue } from "../codec/float32";
import { type Decoded, decodeReadings, type Reading } from "../codec/senml-decode";
import type { Session } from "../mqtt/session";
import type { TopicListener } from "../mqtt/subscriptions";
import { usableTimestamp } from "../codec/senml-time";
import { type Direction, valueTopic } from "../mqtt/topics";
import { isFiniteValue, type PropertyValue } from "../codec/values";
import type { KnownObjects } from "./known-objects";
import { RecentWrites } from "./recent-writes";
import { type Property, wireName } from "../rest/models";

/** A value of one variable, as a flow gets it. */
export interface LiveValue {
  /** The variable name. */
  variable: string;
  value: PropertyValue;
  /** The value as it came, where that was a part which was completed from the last known value. */
  received?: PropertyValue;
  /** Milliseconds since 1970: the sender's time if it is usable, else the time of arrival. */
  timestamp: number;
  direction: Direction;
  /** This session wrote the value itself. */
  own: boolean;
}

/**
 * A fault of a value: it is NaN or infinite, or not there at all, and is left out; or an integer has lost its
 * last digits (docs/protocol.md#numbers, #components).
 */
export type ValueFlaw = "not-finite" | "no-value" | "rounded";

export interface ValueListener {
  value(live: LiveValue): void;
  /** Tells that something is wrong with a value of a variable. */
  flawed?(variable: string, flaw: ValueFlaw): void;
  /** Tells that all values come from now on. */
  subscribed?(): void;
  /** Tells that none come, since the broker does not allow it. */
  refused?(error: CloudError): void;
  /** Tells that none come until one of these is told again. */
  lost?(): void;
}

interface FeedOptions {
  session: Session;
  clock: Clock;
  /** The objects from which partial ones are completed. */
  objects: KnownObjects;
  /** Tells the variables of a thing as far as they are remembered, and asks nobody. */
  variables?: (thingId: string) => readonly Property[] | undefined;
  /** Told of every message that is not SenML in CBOR. */
  onMalformed: (topic: string, error: CloudError) => void;
  /** Told of a fault in a listener; it goes no further. */
  onFault: (reason: unknown) => void;
}

/** The values of an account's things, each message decoded once however many listen to it. */
export class ValueFeed {
  readonly #options: FeedOptions;
  readonly #topics = new Map<string, TopicFeed>();
  /** The digests of what other copies of the flow write. */
  readonly #elsewhere: RecentWrites<string>;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#elsewhere = new RecentWrites(options.clock);
  }

  /**
   * Listens to one variable of a thing, or with `variable` `""` to all of them; returns the function that ends it.
   */
  listen(thingId: string, direction: Direction, variable: string, listener: ValueListener): () => void {
    const topic = valueTopic(thingId, direction);
    let feed = this.#topics.get(topic);
    if (feed === undefined) {
      feed = new TopicFeed(thingId, direction, this.#options, this.#elsewhere);
      this.#topics.set(topic, feed);
    }
    const listened = feed;
    listened.add(variable, listener);
    return () => {
      if (listened.remove(variable, listener) && this.#topics.get(topic) === listened) this.#topics.delete(topic);
    };
  }

  /** Notes a message that this session sends, so that it is known as its own when it comes back. */
  sends(topic: string, payload: Uint8Array): void {
    this.#topics.get(topic)?.sends(payload);
  }

  /** Notes a message that another copy of this flow sends, by what `writeDigest` makes of it. */
  sendsElsewhere(digest: string): void {
    this.#elsewhere.note(digest);
  }
}

/** Returns what a message is known by among the copies of a flow. */
export function writeDigest(topic: string, payload: Uint8Array): string {
  return shortDigest(topic, "\n", payload);
}

/** The names with which boards and the cloud keep house on the topics of things (docs/protocol.md#names). */
const housekeeping: ReadonlySet<string> = new Set(["tz_offset", "tz_dst_until"]);

class TopicFeed implements TopicListener {
  readonly #thingId: string;
  readonly #topic: string;
  readonly #direction: Direction;
  readonly #options: FeedOptions;
  readonly #own: RecentWrites<Uint8Array>;
  readonly #elsewhere: RecentWrites<string>;
  /** Lists are replaced, never changed, so that they can be walked while listeners come and go. */
  readonly #byVariable = new Map<string, readonly ValueListener[]>();
  /** Listeners to every variable. */
  #all: readonly ValueListener[] = [];
  #end: (() => void) | undefined;
  #state: "unknown" | "subscribed" | CloudError = "unknown";

  constructor(thingId: string, direction: Direction, options: FeedOptions, elsewhere: RecentWrites<string>) {
    this.#thingId = thingId;
    this.#topic = valueTopic(thingId, direction);
    this.#direction = direction;
    this.#options = options;
    this.#own = new RecentWrites(options.clock);
    this.#elsewhere = elsewhere;
  }

  add(variable: string, listener: ValueListener): void {
    this.#put(variable, [...this.#at(variable), listener]);
    if (this.#end === undefined) this.#end = this.#options.session.subscribe(this.#topic, this);
    else if (this.#state !== "unknown") this.#tell([listener], this.#stateTeller(this.#state));
  }

  /** Removes a listener; returns whether nobody is left. */
  remove(variable: string, listener: ValueListener): boolean {
    this.#put(
      variable,
      this.#at(variable).filter((other) => other !== listener),
    );
    if (this.#all.length > 0 || this.#byVariable.size > 0) return false;
    this.#end?.();
    this.#end = undefined;
    return true;
  }

  sends(payload: Uint8Array): void {
    this.#own.note(payload);
  }

  message(payload: Uint8Array): void {
    let decoded: Decoded;
    try {
      decoded = decodeReadings(payload);
    } catch (reason) {
      this.#options.onMalformed(this.#topic, toCloudError(reason));
      return;
    }
    const own = this.#isOwn(payload);
    for (const reading of decoded.readings) this.#deliver(reading, own);
    for (const variable of decoded.valueless ?? []) this.#warn(variable, "no-value");
  }

  subscribed(): void {
    this.#state = "subscribed";
    this.#forEach(this.#stateTeller("subscribed"));
  }

  refused(error: CloudError): void {
    this.#state = error;
    this.#forEach(this.#stateTeller(error));
  }

  lost(): void {
    this.#state = "unknown";
    this.#forEach((listener) => listener.lost?.());
  }

  #deliver(reading: Reading, own: boolean): void {
    const variable = reading.property;
    const listeners = this.#listenersOf(reading);
    if (listeners.length === 0) return;
    if (!isFiniteValue(reading.value)) {
      this.#tell(listeners, (listener) => listener.flawed?.(variable, "not-finite"));
      return;
    }
    const received = tidyValue(reading.value);
    const value =
      typeof received === "object" ? this.#options.objects.complete(this.#thingId, variable, received) : received;
    const live: LiveValue = {
      variable,
      value,
      timestamp: usableTimestamp(reading.time) ?? this.#options.clock.now(),
      direction: this.#direction,
      own,
    };
    if (value !== received) live.received = received;
    this.#tell(listeners, (listener) => listener.value(live));
    if (reading.isRounded) this.#tell(listeners, (listener) => listener.flawed?.(variable, "rounded"));
  }

  /** Returns those who listen to a variable, without those whom housekeeping does not concern. */
  #listenersOf(reading: Reading): readonly ValueListener[] {
    const named = this.#byVariable.get(reading.property);
    if (named === undefined && this.#all.length === 0) return [];
    if (!isHousekeeping(reading)) return both(named, this.#all);
    const variables = this.#options.variables?.(this.#thingId);
    if (variables?.some((property) => wireName(property) === reading.property)) return both(named, this.#all);
    // Until the thing is known, whoever asks for such a name has a reason.
    return variables === undefined ? (named ?? []) : [];
  }

  #warn(variable: string, flaw: ValueFlaw): void {
    this.#tell(both(this.#byVariable.get(variable), this.#all), (listener) => listener.flawed?.(variable, flaw));
  }

  #tell(listeners: readonly ValueListener[], what: (listener: ValueListener) => void): void {
    for (const listener of listeners) {
      try {
        what(listener);
      } catch (reason) {
        this.#options.onFault(reason);
      }
    }
  }

  #isOwn(payload: Uint8Array): boolean {
    if (this.#own.take((sent) => Buffer.compare(sent, payload) === 0)) return true;
    if (this.#elsewhere.isEmpty) return false;
    const digest = writeDigest(this.#topic, payload);
    return this.#elsewhere.take((sent) => sent === digest);
  }

  #at(variable: string): readonly ValueListener[] {
    return variable === "" ? this.#all : (this.#byVariable.get(variable) ?? []);
  }

  #put(variable: string, listeners: readonly ValueListener[]): void {
    if (variable === "") this.#all = listeners;
    else if (listeners.length === 0) this.#byVariable.delete(variable);
    else this.#byVariable.set(variable, listeners);
  }

  #forEach(work: (listener: ValueListener) => void): void {
    for (const listeners of [...this.#byVariable.values(), this.#all]) this.#tell(listeners, work);
  }

  #stateTeller(state: "subscribed" | CloudError): (listener: ValueListener) => void {
    return (listener) => (state === "subscribed" ? listener.subscribed?.() : listener.refused?.(state));
  }
}

function both(named: readonly ValueListener[] | undefined, all: readonly ValueListener[]): readonly ValueListener[] {
  if (named === undefined) return all;
  return all.length === 0 ? named : [...named, ...all];
}

/** Returns whether a reading looks like housekeeping: the time zone, or `r:m`, which asks the cloud for something. */
function isHousekeeping({ property, value }: Reading): boolean {
  if (property !== "r") return housekeeping.has(property);
  return typeof value === "object" && Object.keys(value).join() === "m";
}
