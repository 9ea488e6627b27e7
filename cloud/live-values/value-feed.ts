import type { Clock } from "../core/clock";
import { type CloudError, toCloudError } from "../core/errors";
import { tidyValue } from "../codec/float32";
import { decodeReadings, type Reading } from "../codec/senml-decode";
import type { Session } from "../mqtt/session";
import type { TopicListener } from "../mqtt/subscriptions";
import { usableTimestamp } from "../codec/senml-time";
import { type Direction, valueTopic } from "../mqtt/topics";
import type { PropertyValue } from "../codec/values";

/** A value of one variable, as a flow gets it. */
export interface LiveValue {
  /** The variable name. */
  variable: string;
  value: PropertyValue;
  /** Milliseconds since 1970: the sender's time if it is usable, else the time of arrival. */
  timestamp: number;
  direction: Direction;
  /** This session wrote the value itself. */
  own: boolean;
}

export interface ValueListener {
  value(live: LiveValue): void;
  /** A value came that no flow can use: NaN or infinite (docs/protocol.md#numbers). */
  unusable?(variable: string): void;
  /** Tells that all values come from now on. */
  subscribed?(): void;
  /** Tells that none come, since the broker does not allow it. */
  refused?(error: CloudError): void;
  /** Tells that none come until one of these is told again. */
  lost?(): void;
}

export interface FeedOptions {
  session: Session;
  clock: Clock;
  /** Told of every message that is not SenML in CBOR. */
  onMalformed: (topic: string, error: CloudError) => void;
  /** Told of a fault in a listener; it goes no further. */
  onFault: (reason: unknown) => void;
}

/** The values of an account's things, each message decoded once however many listen to it. */
export class ValueFeed {
  readonly #options: FeedOptions;
  readonly #topics = new Map<string, TopicFeed>();

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /**
   * Listens to one variable of a thing, or with `variable` `""` to all of them; gives the function that ends it.
   */
  listen(thingId: string, direction: Direction, variable: string, listener: ValueListener): () => void {
    const topic = valueTopic(thingId, direction);
    let feed = this.#topics.get(topic);
    if (feed === undefined) {
      feed = new TopicFeed(topic, direction, this.#options);
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
}

/** How long a message of our own may take to come back. */
const ownWindowMs = 60_000;

class TopicFeed implements TopicListener {
  readonly #topic: string;
  readonly #direction: Direction;
  readonly #options: FeedOptions;
  /** Lists are replaced, never changed, so that they can be walked while listeners come and go. */
  readonly #byVariable = new Map<string, readonly ValueListener[]>();
  /** Listeners to every variable. */
  #all: readonly ValueListener[] = [];
  #own: { payload: Uint8Array; at: number }[] = [];
  #end: (() => void) | undefined;
  #state: "unknown" | "subscribed" | CloudError = "unknown";

  constructor(topic: string, direction: Direction, options: FeedOptions) {
    this.#topic = topic;
    this.#direction = direction;
    this.#options = options;
  }

  add(variable: string, listener: ValueListener): void {
    this.#put(variable, [...this.#at(variable), listener]);
    if (this.#end === undefined) this.#end = this.#options.session.subscribe(this.#topic, this);
    else if (this.#state === "subscribed") listener.subscribed?.();
    else if (this.#state !== "unknown") listener.refused?.(this.#state);
  }

  /** True when nobody is left. */
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
    const at = this.#options.clock.monotonic();
    this.#own = this.#own.filter((sent) => at - sent.at < ownWindowMs);
    this.#own.push({ payload, at });
  }

  message(payload: Uint8Array): void {
    let readings: readonly Reading[];
    try {
      readings = decodeReadings(payload).readings;
    } catch (reason) {
      this.#options.onMalformed(this.#topic, toCloudError(reason));
      return;
    }
    const own = this.#own.length > 0 && this.#isOwn(payload);
    for (const reading of readings) this.#deliver(reading, own);
  }

  subscribed(): void {
    this.#state = "subscribed";
    this.#forEach((listener) => listener.subscribed?.());
  }

  refused(error: CloudError): void {
    this.#state = error;
    this.#forEach((listener) => listener.refused?.(error));
  }

  lost(): void {
    this.#state = "unknown";
    this.#forEach((listener) => listener.lost?.());
  }

  #deliver(reading: Reading, own: boolean): void {
    const variable = reading.property;
    const listeners = this.#byVariable.get(variable);
    if (listeners === undefined && this.#all.length === 0) return;
    const usable = isFiniteValue(reading.value);
    const live: LiveValue = {
      variable,
      value: usable ? tidyValue(reading.value) : reading.value,
      timestamp: usableTimestamp(reading.time) ?? this.#options.clock.now(),
      direction: this.#direction,
      own,
    };
    if (listeners !== undefined) this.#tell(listeners, live, usable);
    if (this.#all.length > 0) this.#tell(this.#all, live, usable);
  }

  #tell(listeners: readonly ValueListener[], live: LiveValue, usable: boolean): void {
    for (const listener of listeners) {
      try {
        if (usable) listener.value(live);
        else listener.unusable?.(live.variable);
      } catch (reason) {
        this.#options.onFault(reason);
      }
    }
  }

  #isOwn(payload: Uint8Array): boolean {
    const index = this.#own.findIndex((sent) => Buffer.compare(sent.payload, payload) === 0);
    if (index < 0) return false;
    this.#own.splice(index, 1);
    return true;
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
    for (const listeners of [...this.#byVariable.values(), this.#all]) listeners.forEach(work);
  }
}

function isFiniteValue(value: Reading["value"]): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return true;
  return Object.values(value).every((component) => typeof component !== "number" || Number.isFinite(component));
}
