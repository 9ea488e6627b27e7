import type { CloudAccount } from "../../cloud/account";
import { CatchUp } from "../../cloud/catch-up/catch-up";
import type { CaughtSource } from "../../cloud/catch-up/catch-up-options";
import { systemClock } from "../../cloud/core/clock";
import type { LiveValue, ValueFlaw, ValueListener } from "../../cloud/live-values/value-feed";
import type { Direction } from "../../cloud/mqtt/topics";
import type { CloudError } from "../../cloud/core/errors";
import { isTransient, toCloudError } from "../../cloud/core/errors";
import { retry } from "../../cloud/core/retry";
import { isUuid, type KnownThing, type LookUp, type Property, wireName } from "../../cloud/rest/index";
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
  mode: "none" | "last" | "all";
  /** Milliseconds until history is expected to hold what an outage left out. */
  delayMs: number;
  /** Returns what a predecessor has seen of the thing, or of one variable of it. */
  lastSeen: (thingId: string, variable: string) => unknown;
  /** Told when what is kept for a successor changes without a value. */
  onProgress: () => void;
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
  /** Whether it is one of all things, so that one list of them is better than a look-up for each. */
  isOneOfAll: boolean;
  catchUp: CatchUpSettings;
  emitter: MessageBuilder;
  /** Told when something is wrong with the subscription, and with `undefined` when it no longer is. */
  onFault: (fault: CloudError | undefined) => void;
  /** Told of a variable whose value is not as it should be. */
  onFlaw: (thing: string, variable: string, flaw: ValueFlaw) => void;
}

/** After this a look-up that failed by the thing or variable itself is tried again: it may have been made meanwhile. */
const lookUpIntervalMs = 60_000;
const lookUpSoonMs = 5_000;
/** How long values wait for the names that the look-up tells. */
const namesTimeoutMs = 5_000;
/** Knowledge about the value that the cloud holds may be this old at start. */
const initialTtlMs = 2_000;

/** The broker's word on a topic. */
type TopicState = "unknown" | "subscribed" | "refused";

/**
 * One thing's values for one node: looks thing and variable up, listens, and hands values to the emitter. Flows have
 * hundreds of these and each value passes here, so it is kept small.
 */
export class ThingSubscription implements Origin {
  readonly target: SubscriptionTarget;
  readonly thingName: string;
  /** Blank until it is known. */
  thingId = "";
  thing: KnownThing | undefined;
  property: Property | undefined;
  readonly #options: SubscriptionOptions;
  readonly #closing = new AbortController();
  readonly #ends: (() => void)[] = [];
  readonly #topics = new Map<Direction, TopicState>();
  #fault: CloudError | undefined;
  #catchUp: CatchUp | undefined;
  /** Values that wait for names. */
  #held: { live: LiveValue; source: CaughtSource }[] | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.target = options.target;
    this.thingName = options.thingName;
    this.#held = options.needsNames ? [] : undefined;
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
    if (this.#held !== undefined) this.#ends.push(systemClock.after(namesTimeoutMs, () => this.#release()));
    return new Promise((resolve) => void this.#lookUp(resolve));
  }

  /** The variable that is listened to, by its name; blank for every one, or while it is not known. */
  get variable(): string {
    if (this.property !== undefined) return wireName(this.property);
    return isUuid(this.target.property) ? "" : this.target.property;
  }

  /** The values seen last, for a successor; undefined where nothing is caught up. */
  get lastSeen(): LastSeen | undefined {
    return this.#options.catchUp.mode === "none" ? undefined : this.#catchUp?.lastSeen;
  }

  stop(): void {
    this.#closing.abort();
    this.#catchUp?.stop();
    for (const end of this.#ends) end();
  }

  /** The direction of the values that the cloud holds and keeps. */
  get #mainDirection(): Direction {
    return this.target.direction === "requested" ? "requested" : "reported";
  }

  #listen(thingId: string, variable: string): void {
    const { direction } = this.target;
    const { catchUp, initial, account } = this.#options;
    this.thingId = thingId;
    if (initial || (catchUp.mode !== "none" && direction !== "requested")) this.#catchUpWith(thingId, variable);
    const directions = direction === "both" ? (["reported", "requested"] as const) : [direction];
    for (const one of directions) this.#topics.set(one, "unknown");
    for (const one of directions) {
      this.#ends.push(account.feed.listen(thingId, one, variable, this.#listener(one)));
    }
  }

  #listener(direction: Direction): ValueListener {
    const stands = (state: TopicState): void => {
      this.#topics.set(direction, state);
      this.#followTopics();
    };
    return {
      value: (live) => (this.#catchUp === undefined ? this.#emit(live, "live") : this.#catchUp.value(live)),
      flawed: (variable, flaw) =>
        this.#options.onFlaw(this.thing?.name ?? (this.thingName || this.thingId), variable, flaw),
      subscribed: () => stands("subscribed"),
      refused: (error) => {
        this.#setFault(error);
        stands("refused");
      },
      lost: () => stands("unknown"),
    };
  }

  #followTopics(): void {
    const states = [...this.#topics.values()];
    if (this.#fault?.code === "forbidden" && states.every((state) => state === "subscribed")) this.#setFault(undefined);
    if (this.#topics.get(this.#mainDirection) !== "subscribed") this.#catchUp?.unsubscribed();
    else if (!states.includes("unknown")) this.#catchUp?.subscribed();
  }

  #catchUpWith(thingId: string, variable: string): void {
    const { account, catchUp, initial } = this.#options;
    const direction = this.#mainDirection;
    this.#catchUp = new CatchUp({
      ...catchUp,
      client: account.rest.client,
      lookUp: (how) => this.#thing(thingId, how),
      clock: systemClock,
      variable,
      direction,
      initial,
      // History has only what devices reported.
      mode: direction === "requested" ? "none" : catchUp.mode,
      lastSeen: catchUp.lastSeen(thingId, variable),
      sink: (live, source) => this.#emit(live, source),
    });
  }

  async #thing(ref: string, how: LookUp): Promise<KnownThing> {
    const { directory } = this.#options.account.rest;
    if (!this.#options.isOneOfAll) return directory.thing(ref, how);
    await directory.things(how);
    return directory.peek(ref) ?? directory.thing(ref, how);
  }

  #emit(live: LiveValue, source: CaughtSource): void {
    if (this.#held === undefined) this.#options.emitter.emit(this, live, live.value, source);
    else this.#held.push({ live, source });
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
    const { account, initial } = this.#options;
    const thing = await this.#thing(this.target.thing, { signal, ...(initial && { maxAgeMs: initialTtlMs }) });
    const property =
      this.target.property === "" ? undefined : account.rest.directory.variable(thing, this.target.property);
    if (isAborted(signal)) return;
    this.thing = thing;
    this.property = property;
    if (this.thingId === "") this.#listen(thing.id, property === undefined ? "" : wireName(property));
    if (this.#fault?.code !== "forbidden") this.#setFault(undefined);
    this.#catchUp?.known(property === undefined ? thing.properties : [property]);
    this.#release();
  }

  #setFault(fault: CloudError | undefined): void {
    this.#fault = fault;
    this.#options.onFault(fault);
  }

  /** Sends what has waited for names; what comes from now on goes at once. */
  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const { live, source } of held) this.#emit(live, source);
  }
}
