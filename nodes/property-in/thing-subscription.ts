import type { CloudAccount } from "../../cloud/account";
import { CatchUp } from "../../cloud/catch-up/catch-up";
import { systemClock } from "../../cloud/core/clock";
import type { LiveValue, ValueFlaw, ValueListener } from "../../cloud/live-values/value-feed";
import { storedValue } from "../../cloud/property-types/fingerprint";
import type { Direction } from "../../cloud/mqtt/topics";
import type { CloudError } from "../../cloud/core/errors";
import { isTransient, toCloudError } from "../../cloud/core/errors";
import { retry } from "../../cloud/core/retry";
import { isUuid, type KnownThing, type Property, wireName } from "../../cloud/rest/index";
import type { LastSeen } from "../../cloud/catch-up/seen-values";
import { type Origin, type MessageBuilder } from "./message-builder";
import { isAborted } from "../../cloud/core/abort";

/** The thing, variable and directions that are listened to. */
export interface SubscriptionTarget {
  /** Id or exact name of the thing. */
  thing: string;
  /** Variable name or property id; blank for every variable. */
  property: string;
  direction: Direction | "both";
}

/** Settings of how outages are caught up. */
export interface CatchUpSettings {
  mode: "last" | "all";
  /** Milliseconds until history is expected to hold what an outage left out. */
  delayMs: number;
  /** The values seen of the thing before the node was started. */
  lastSeen: (thingId: string) => unknown;
  onWarning: (message: string) => void;
  onError: (error: CloudError) => void;
}

interface SubscriptionOptions {
  account: CloudAccount;
  target: SubscriptionTarget;
  /** The name of the thing that the editor saved. */
  thingName: string;
  /** First send the value that the cloud holds. */
  initial: boolean;
  /** Values wait until the look-up has told the names that the flow gets. */
  needsNames: boolean;
  /** The way to catch up after an outage; absent: none. */
  catchUp?: CatchUpSettings | undefined;
  emitter: MessageBuilder;
  /** Told when something is wrong with the subscription, and with `undefined` when it no longer is. */
  onFault: (fault: CloudError | undefined) => void;
  /** Told of a variable whose value is not as it should be. */
  onFlaw: (thing: string, variable: string, flaw: ValueFlaw) => void;
}

/** After this a look-up that failed by the thing or variable itself is tried again: it may have been made meanwhile. */
const lookUpIntervalMs = 60_000;
const lookUpSoonMs = 5_000;
/** How long live values wait for what the look-up tells. */
const initialTimeoutMs = 5_000;
/** Knowledge about the value that the cloud holds may be this old at start. */
const initialTtlMs = 2_000;

/**
 * One thing's values for one node: looks thing and variable up, listens, and hands values to the emitter. Flows have
 * hundreds of these and each value passes here, so it is kept small and listens itself.
 */
export class ThingSubscription implements ValueListener, Origin {
  readonly target: SubscriptionTarget;
  readonly thingName: string;
  /** Blank until it is known. */
  thingId = "";
  thing: KnownThing | undefined;
  property: Property | undefined;
  readonly #options: SubscriptionOptions;
  readonly #closing = new AbortController();
  readonly #ends: (() => void)[] = [];
  #fault: CloudError | undefined;
  #catchUp: CatchUp | undefined;
  /** Live values that wait for the initial ones, or for names. */
  #held: LiveValue[] | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.target = options.target;
    this.thingName = options.thingName;
    this.#held = options.initial || options.needsNames ? [] : undefined;
  }

  /** The present fault, if any. */
  get fault(): CloudError | undefined {
    return this.#fault;
  }

  /**
   * Begins to listen. Resolves with the outcome of the first look-up; those that follow a failure go on by themselves.
   */
  start(): Promise<CloudError | undefined> {
    const { thing, property } = this.target;
    // With ids at hand nothing has to be looked up before listening.
    if (isUuid(thing) && !isUuid(property)) this.#listen(thing, property);
    if (this.#held !== undefined) this.#ends.push(systemClock.after(initialTimeoutMs, () => this.#release()));
    return new Promise((resolve) => void this.#lookUp(resolve));
  }

  /** The values seen last, for a successor; undefined where nothing is caught up. */
  get lastSeen(): LastSeen | undefined {
    return this.#catchUp?.lastSeen;
  }

  stop(): void {
    this.#closing.abort();
    this.#catchUp?.stop();
    for (const end of this.#ends) end();
  }

  value(live: LiveValue): void {
    if (this.#held === undefined) this.#pass(live);
    else this.#held.push(live);
  }

  flawed(variable: string, flaw: ValueFlaw): void {
    this.#options.onFlaw(this.thing?.name ?? (this.thingName || this.thingId), variable, flaw);
  }

  subscribed(): void {
    if (this.#fault?.code === "forbidden") this.#setFault(undefined);
  }

  refused(error: CloudError): void {
    this.#setFault(error);
  }

  #pass(live: LiveValue): void {
    if (this.#catchUp === undefined) this.#options.emitter.emit(this, live, live.value, "live");
    else this.#catchUp.value(live);
  }

  #listen(thingId: string, variable: string): void {
    const { direction } = this.target;
    this.thingId = thingId;
    const { catchUp } = this.#options;
    if (catchUp !== undefined && direction !== "requested") this.#catchUpWith(catchUp, thingId, variable);
    for (const one of direction === "both" ? (["reported", "requested"] as const) : [direction]) {
      this.#ends.push(this.#options.account.feed.listen(thingId, one, variable, this));
    }
  }

  #catchUpWith(settings: CatchUpSettings, thingId: string, variable: string): void {
    const { account, emitter } = this.#options;
    this.#catchUp = new CatchUp({
      ...settings,
      account,
      clock: systemClock,
      thingId,
      variable,
      lastSeen: settings.lastSeen(thingId),
      sink: (live, source) => emitter.emit(this, live, live.value, source),
    });
    this.#catchUp.start();
  }

  /** Asks the cloud about thing and variable until it answers; then listens, if that had to wait for it. */
  async #lookUp(tellFirst: (outcome: CloudError | undefined) => void): Promise<void> {
    const { signal } = this.#closing;
    const onFailure = (error: CloudError): number => {
      this.#setFault(error);
      tellFirst(error);
      return isTransient(error) ? lookUpSoonMs : lookUpIntervalMs;
    };
    try {
      await retry(() => this.#lookUpOnce(signal), { clock: systemClock, signal, what: "The look-up", onFailure });
      tellFirst(undefined);
    } catch (reason) {
      tellFirst(toCloudError(reason));
    }
  }

  async #lookUpOnce(signal: AbortSignal): Promise<void> {
    const { directory } = this.#options.account.rest;
    const age = this.#options.initial && this.#held !== undefined ? { maxAgeMs: initialTtlMs } : {};
    const thing = await directory.thing(this.target.thing, { signal, ...age });
    const property = this.target.property === "" ? undefined : directory.variable(thing, this.target.property);
    if (isAborted(signal)) return;
    this.thing = thing;
    this.property = property;
    if (this.thingId === "") this.#listen(thing.id, property === undefined ? "" : wireName(property));
    if (this.#fault?.code !== "forbidden") this.#setFault(undefined);
    if (this.#held === undefined) return;
    if (this.#options.initial) this.#sendInitial(thing);
    this.#release();
  }

  #setFault(fault: CloudError | undefined): void {
    this.#fault = fault;
    this.#options.onFault(fault);
  }

  #sendInitial(thing: KnownThing): void {
    const direction = this.target.direction === "requested" ? "requested" : "reported";
    for (const property of this.property === undefined ? thing.properties : [this.property]) {
      const timestamp = Date.parse(property.value_updated_at ?? "");
      const { last_value: value } = property;
      if (!Number.isFinite(timestamp) || value === undefined || value === null) continue;
      const about = { variable: wireName(property), timestamp, direction, own: false } as const;
      this.#options.emitter.emit(this, about, storedValue(property.type, value), "initial");
    }
  }

  /** Sends what has waited; what comes from now on goes at once. */
  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const live of held) this.#pass(live);
  }
}
