import type { Clock } from "../core/clock";
import { WriteConfirmation, type Expected } from "./write-confirmation";
import { coerceValue } from "../property-types/coerce";
import type { Outbox } from "./outbox";
import type { EncodedMessage, WhenOffline } from "./queued-message";
import type { ValueFeed } from "./value-feed";
import { limitsOf, type ValueLimit } from "../property-types/value-limits";
import { propertyKind, propertyTypes } from "../property-types/index";
import { encodeWrite } from "../codec/senml-encode";
import type { PropertyValue } from "../codec/values";
import { valueTopic } from "../mqtt/topics";
import { type CloudError, isTransient, toCloudError } from "../core/errors";
import { inBackground } from "../core/guard";
import type { LastValues } from "./last-values";
import type { Directory } from "../rest/directory/directory";
import { type DirectoryRefresher, knowledgeTtlMs } from "../rest/directory/refresher";
import type { MqttMessage } from "./mqtt-sender";
import { requireWritable } from "./writable";
import { type ReportedValue, toReport } from "./rest-publisher";
import type { KnownThing } from "../rest/directory/find-by-name";
import { type Property, wireName } from "../rest/models";

/** Values that a flow wants written. */
export interface WriteRequest {
  /** `user`: as a dashboard writes, to the device. `device`: as the thing's device reports, over REST. */
  as: "user" | "device";
  /** Milliseconds within which the board has to report the values back; absent: the broker's word will do. */
  confirmWithinMs?: number | undefined;
  /** The node that asks. */
  owner: string;
  /** Id or exact name. */
  thing: string;
  /** By variable name or property id; all are checked before any is sent. */
  values: ReadonlyMap<string, unknown>;
  whenOffline: WhenOffline;
  queueLimit: number;
  /** Called once with the outcome, unless the request is withdrawn. */
  settle: (error?: CloudError) => void;
  /** Told what gets lost of a value that is sent, perhaps several times. */
  onLimit?: ((limit: ValueLimit) => void) | undefined;
}

/** Makes a value into what is sent. */
type Encode<Payload> = (thing: KnownThing, property: Property, value: PropertyValue) => Payload;

/** Knowledge older than this is refreshed before a message is refused because of it. */
const refusalTtlMs = 2_000;

/** Turns what flows want written into messages for the broker: looks up thing, variable and type, converts, encodes. */
export class ValueWriter {
  readonly #directory: Directory;
  readonly #lastValues: LastValues;
  readonly #outbox: Outbox<MqttMessage>;
  readonly #restOutbox: Outbox<ReportedValue>;
  readonly #feed: ValueFeed;
  readonly #knowledge: Pick<DirectoryRefresher, "use" | "refreshSoon">;
  readonly #now: () => number;
  readonly #clock: Clock;
  /** Per thing, as given: the last of the look-ups in line. */
  readonly #turns = new Map<string, Promise<unknown>>();

  /** @param options `outbox` leads to the broker, `reports` to REST; `now` tells the cloud's time, in milliseconds since 1970 */
  constructor(options: {
    directory: Directory;
    lastValues: LastValues;
    outbox: Outbox<MqttMessage>;
    reports: Outbox<ReportedValue>;
    feed: ValueFeed;
    knowledge: Pick<DirectoryRefresher, "use" | "refreshSoon">;
    now: () => number;
    clock: Clock;
  }) {
    this.#directory = options.directory;
    this.#lastValues = options.lastValues;
    this.#outbox = options.outbox;
    this.#restOutbox = options.reports;
    this.#feed = options.feed;
    this.#knowledge = options.knowledge;
    this.#now = options.now;
    this.#clock = options.clock;
  }

  /**
   * Takes a request in; its `settle` tells the outcome. Returns the function that ends what still waits for the board.
   */
  write(request: WriteRequest): () => void {
    const { owner, thing, whenOffline, queueLimit, settle } = request;
    this.#knowledge.use();
    const lane = JSON.stringify([thing, ...[...request.values.keys()].sort()]);
    const queued = { owner, target: thing, lane, whenOffline, queueLimit };
    if (request.as === "device") {
      // What is reported as the device needs no device to report it back.
      this.#restOutbox.add({ ...queued, settle, prepare: () => this.#prepare(request, toReport) });
      return () => undefined;
    }
    const confirmation = this.#confirmation(request);
    const encode = encodeAt(this.#now());
    this.#outbox.add({
      ...queued,
      prepare: () => this.#prepare(request, encode, confirmation),
      settle: (error) => (confirmation === undefined ? settle(error) : confirmation.sentAll(error)),
    });
    return () => confirmation?.end();
  }

  #confirmation({ confirmWithinMs, settle }: WriteRequest): WriteConfirmation | undefined {
    if (confirmWithinMs === undefined) return undefined;
    return new WriteConfirmation({ feed: this.#feed, clock: this.#clock, timeoutMs: confirmWithinMs, settle });
  }

  #prepare<Payload>(
    request: WriteRequest,
    encode: Encode<Payload>,
    confirmation?: WriteConfirmation,
  ): EncodedMessage<Payload> | Promise<EncodedMessage<Payload>> {
    let maxAgeMs: number | undefined;
    const thing = this.#directory.peek(request.thing, knowledgeTtlMs);
    if (thing !== undefined && confirmation === undefined) {
      try {
        const targets = this.#targets(thing, request);
        if (!targets.some(isMultiValue)) return encodeAll(thing, targets, encode, request);
      } catch {
        // What memory refuses may have changed in the cloud meanwhile, so only fresh knowledge refuses.
        maxAgeMs = refusalTtlMs;
      }
    }
    const encodeFor = async (known: KnownThing): Promise<EncodedMessage<Payload>> => {
      const targets = this.#targets(known, request);
      const encoded = await this.#completeAndEncode(known, targets, encode, request);
      return confirmation === undefined ? encoded : confirmation.watch(known.id, encoded, targets.map(toExpected));
    };
    return this.#inTurn(request.thing, async () => {
      const known = await this.#lookUp(request.thing, maxAgeMs);
      try {
        return await encodeFor(known);
      } catch (reason) {
        if (isTransient(reason)) throw reason;
        // By its id: one that was found by its name need not be looked for among all.
        const fresh = await this.#lookUp(known.id, refusalTtlMs);
        if (fresh === known) throw reason;
        return encodeFor(fresh);
      }
    });
  }

  /**
   * Returns a thing as it is known, not older than five minutes. While REST does not answer, what is older has to do:
   * nobody can say that it is wrong, and the broker takes values all the same.
   */
  async #lookUp(reference: string, maxAgeMs = knowledgeTtlMs): Promise<KnownThing> {
    try {
      return await this.#directory.thing(reference, { maxAgeMs });
    } catch (reason) {
      const error = toCloudError(reason);
      if (error.code === "not_found") this.#knowledge.refreshSoon();
      const old = isTransient(error) ? this.#directory.peek(reference) : undefined;
      if (old === undefined) throw error;
      return old;
    }
  }

  /** Encodes values, partial ones completed from the last known ones. */
  async #completeAndEncode<Payload>(
    thing: KnownThing,
    targets: readonly WriteTarget[],
    encode: Encode<Payload>,
    request: WriteRequest,
  ): Promise<EncodedMessage<Payload>> {
    for (const target of targets) {
      if (isMultiValue(target) && !isComplete(target)) {
        target.lastKnown = await this.#lastValues.get(thing.id, target.property);
      }
    }
    const encoded = encodeAll(thing, targets, encode, request);
    for (const { property, given, lastKnown } of targets.filter(isMultiValue)) {
      this.#lastValues.wrote(thing.id, property, coerce(property, given, lastKnown));
    }
    return encoded;
  }

  /** Returns the variables of a request, each known to be writable. */
  #targets(thing: KnownThing, request: WriteRequest): WriteTarget[] {
    return [...request.values].map(([reference, given]) => {
      const property = this.#directory.variable(thing, reference);
      if (request.as === "user") requireWritable(thing, property);
      return { property, given };
    });
  }

  /**
   * Runs look-ups for one thing one after the other, because a partial value builds on the one before it. After a
   * failure that may pass, those in line fail with it, so that all are tried again in their order.
   */
  #inTurn<T>(thing: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(thing) ?? Promise.resolve()).then(work);
    const next = turn.catch((reason: unknown) => {
      if (this.#turns.get(thing) !== next && isTransient(reason)) throw reason;
    });
    this.#turns.set(thing, next);
    const forget = (): void => {
      if (this.#turns.get(thing) === next) this.#turns.delete(thing);
    };
    inBackground(next.then(forget, forget));
    return turn;
  }
}

interface WriteTarget {
  property: Property;
  given: unknown;
  lastKnown?: unknown;
}

function isMultiValue({ property }: WriteTarget): boolean {
  return propertyKind(property.type) === "object";
}

/** Returns whether a value needs nothing of the last known one. A free object may always leave something out. */
function isComplete({ property, given }: WriteTarget): boolean {
  if (propertyTypes.get(property.type)?.format === "free") return false;
  try {
    coerce(property, given);
    return true;
  } catch {
    return false;
  }
}

function encodeAll<Payload>(
  thing: KnownThing,
  targets: readonly WriteTarget[],
  encode: Encode<Payload>,
  { as, onLimit }: WriteRequest,
): EncodedMessage<Payload> {
  const values = targets.map(
    ({ property, given, lastKnown }) => [property, coerce(property, given, lastKnown)] as const,
  );
  const writes = values.map(([property, value]) => ({ payload: encode(thing, property, value) }));
  for (const [property, value] of values) {
    if (onLimit !== undefined) limitsOf(wireName(property), property.type, value, as === "user").forEach(onLimit);
  }
  return { targetNames: [thing.id, thing.name], writes };
}

/** Returns what encodes values as a dashboard writes them at that time. */
function encodeAt(time: number): Encode<MqttMessage> {
  return (thing, property, value) => ({
    topic: valueTopic(thing.id, "requested"),
    payload: encodeWrite({ property: wireName(property), value, time }),
  });
}

/** Returns the value that the board is expected to report back. */
function toExpected({ property, given, lastKnown }: WriteTarget): Expected {
  return { variable: wireName(property), type: property.type, value: coerce(property, given, lastKnown) };
}

function coerce(property: Property, given: unknown, lastKnown?: unknown): PropertyValue {
  return coerceValue(property.type, given, { variable: wireName(property), lastKnown });
}
