import type { CloudAccount } from "../../cloud/account";
import { CatchUp } from "../../cloud/catch-up/catch-up";
import type { CaughtSource } from "../../cloud/catch-up/catch-up-options";
import { systemClock } from "../../cloud/core/clock";
import type { LiveValue, ValueFlaw, ValueListener } from "../../cloud/live-values/value-feed";
import type { Direction } from "../../cloud/mqtt/topics";
import { type CloudError, isTransient, toCloudError } from "../../cloud/core/errors";
import { retry } from "../../cloud/core/retry";
import { isUuid, type KnownThing, type LookUp, type Property, wireName } from "../../cloud/rest/index";
import type { LastSeen } from "../../cloud/catch-up/seen-values";
import type { Origin, ValueEmitter } from "./message-builder";
import { SubscriptionFault } from "./subscription-fault";
import { isAborted } from "../../cloud/core/abort";
import { inBackground } from "../../cloud/core/guard";

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
  /** Returns what the copies of the flow have seen of it by now; absent where there is only this one. */
  latestSeen?: ((thingId: string, variable: string) => Promise<unknown>) | undefined;
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
  /** With `initial`, first the stored values of so many milliseconds. */
  initialMs: number;
  /** Values wait until the look-up has told the names that the flow gets. */
  needsNames: boolean;
  /** Whether it is one of all things, so that one list of them is better than a look-up for each. */
  isOneOfAll: boolean;
  catchUp: CatchUpSettings;
  emitter: ValueEmitter;
  /** Told when something is wrong with the subscription, and with `undefined` when it no longer is. */
  onFault: (fault: CloudError | undefined) => void;
  /** Told of a variable whose value is not as it should be. */
  onFlaw: (thing: string, variable: string, flaw: ValueFlaw) => void;
}

/** After this a look-up that failed by the thing or variable itself is tried again: it may have been made meanwhile. */
const lookUpIntervalMs = 60_000;
const lookUpSoonMs = 5_000;
/** A thing that is gone is looked for in answers that are not older, which all who look for something share. */
const searchTtlMs = lookUpIntervalMs - 5_000;
/** How long values wait for the names that the look-up tells. */
const namesTimeoutMs = 5_000;
/** Knowledge about the value that the cloud holds may be this old at start. */
const initialTtlMs = 2_000;

/** Why work is called off. Node would make an error with a stack for each, of which a node may have 20,000 at once. */
const stopped = new Error("The subscription ends.");

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
  /** Ends the wait for names. */
  #stopWaiting: () => void = () => undefined;
  /** End the listening to the present topics. */
  #ends: (() => void)[] = [];
  /** The variable that is listened to; blank for every one. */
  #listened = "";
  /** Present while thing and variable are looked up again and again; aborted when they are found. */
  #searching: AbortController | undefined;
  readonly #topics = new Map<Direction, TopicState>();
  readonly #fault: SubscriptionFault;
  #catchUp: CatchUp | undefined;
  /** Values that wait for names. */
  #held: { live: LiveValue; source: CaughtSource }[] | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.target = options.target;
    this.thingName = options.thingName;
    this.#held = options.needsNames ? [] : undefined;
    this.#fault = new SubscriptionFault(options.onFault);
  }

  /**
   * Begins to listen. Resolves with the outcome of the first look-up; those that follow a failure go on by themselves.
   * @param listed the thing, where it has just been listed
   */
  start(listed?: KnownThing): Promise<CloudError | undefined> {
    const { thing, property } = this.target;
    // With ids at hand nothing has to be looked up before listening.
    if (isUuid(thing) && !isUuid(property)) this.#listen(thing, property);
    if (this.#held !== undefined) this.#stopWaiting = systemClock.after(namesTimeoutMs, () => this.#release());
    if (listed === undefined) return new Promise((resolve) => inBackground(this.#search(resolve)));
    this.take(listed);
    return Promise.resolve(this.#fault.present);
  }

  /** Looks thing and variable up in what has been refreshed: they may be gone, or have other names, ids and types. */
  refresh(): void {
    const failed = (reason: unknown): void => this.#isMissing(toCloudError(reason));
    inBackground(this.#thing(this.target.thing, {}).then((thing) => this.take(thing), failed));
  }

  /** Takes the thing as it is by now. */
  take(thing: KnownThing): void {
    if (isAborted(this.#closing.signal)) return;
    try {
      this.#found(thing, this.#variableOf(thing));
    } catch (reason) {
      this.#isMissing(toCloudError(reason));
    }
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

  /** Present where values are caught up. */
  get catchUp(): CatchUp | undefined {
    return this.#catchUp;
  }

  stop(): void {
    this.#closing.abort(stopped);
    this.#searching?.abort();
    this.#catchUp?.stop();
    for (const end of [this.#stopWaiting, ...this.#ends]) end();
  }

  /** The direction of the values that the cloud holds and keeps. */
  get #mainDirection(): Direction {
    return this.target.direction === "requested" ? "requested" : "reported";
  }

  /**
   * Begins to listen.
   * @param before what was listened to until now under another name, and what was seen of it
   */
  #listen(thingId: string, variable: string, before?: { lastSeen: unknown }): void {
    const { direction } = this.target;
    const { catchUp, initial, account } = this.#options;
    this.thingId = thingId;
    this.#listened = variable;
    const isCaughtUp = catchUp.mode !== "none" && direction !== "requested";
    if ((initial && before === undefined) || isCaughtUp) this.#catchUpWith(thingId, variable, before);
    const directions = direction === "both" ? (["reported", "requested"] as const) : [direction];
    for (const one of directions) this.#topics.set(one, "unknown");
    for (const one of directions) {
      this.#ends.push(account.feed.listen(thingId, one, variable, this.#listener(one)));
    }
  }

  #listener(direction: Direction): ValueListener {
    const stands = (state: TopicState): void => this.#followTopics(this.#topics.set(direction, state));
    return {
      value: (live) => (this.#catchUp === undefined ? this.#emit(live, "live") : this.#catchUp.value(live)),
      flawed: (variable, flaw) =>
        this.#options.onFlaw(this.thing?.name ?? (this.thingName || this.thingId), variable, flaw),
      subscribed: () => stands("subscribed"),
      refused: (error) => {
        this.#fault.refused(error);
        this.#options.account.knowledge.refreshSoon();
        stands("refused");
      },
      lost: () => stands("unknown"),
    };
  }

  #followTopics(topics: ReadonlyMap<Direction, TopicState>): void {
    const states = [...topics.values()];
    if (states.every((state) => state === "subscribed")) this.#fault.accepted();
    if (this.#topics.get(this.#mainDirection) !== "subscribed") this.#catchUp?.unsubscribed();
    else if (!states.includes("unknown")) this.#catchUp?.subscribed();
  }

  #catchUpWith(thingId: string, variable: string, before: { lastSeen: unknown } | undefined): void {
    const { account, catchUp, initial, initialMs } = this.#options;
    const direction = this.#mainDirection;
    const { latestSeen } = catchUp;
    this.#catchUp = new CatchUp({
      ...catchUp,
      client: account.rest.client,
      lookUp: (how) => this.#thing(thingId, how),
      clock: systemClock,
      variable,
      direction,
      initial: initial && before === undefined,
      // History has only what devices reported.
      initialMs: direction === "requested" ? 0 : initialMs,
      mode: direction === "requested" ? "none" : catchUp.mode,
      latestSeen: latestSeen && (() => latestSeen(thingId, variable)),
      lastSeen: before === undefined ? catchUp.lastSeen(thingId, variable) : before.lastSeen,
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

  /** Asks the cloud about thing and variable until they are found. */
  async #search(tellFirst: (outcome: CloudError | undefined) => void = () => undefined): Promise<void> {
    const searching = new AbortController();
    this.#searching = searching;
    const { signal } = searching;
    const onFailure = (error: CloudError): number => {
      // What is remembered may be what is wrong.
      if (!isTransient(error) && this.#fault.present?.code !== error.code)
        this.#options.account.knowledge.refreshSoon();
      this.#fault.notFound(error);
      tellFirst(error);
      return isTransient(error) ? lookUpSoonMs : lookUpIntervalMs;
    };
    try {
      await retry(() => this.#lookUpOnce(signal), { clock: systemClock, signal, what: "The look-up", onFailure });
      tellFirst(this.#fault.present);
    } catch (reason) {
      // Found by somebody else's list.
      tellFirst(isAborted(this.#closing.signal) ? toCloudError(reason) : this.#fault.present);
    }
  }

  async #lookUpOnce(signal: AbortSignal): Promise<void> {
    const thing = await this.#thing(this.target.thing, { signal, ...this.#wantedAge });
    const property = this.#variableOf(thing);
    if (!isAborted(signal)) this.#found(thing, property);
  }

  /** How old an answer may be: what was missing in the last one needs a newer one. */
  get #wantedAge(): { maxAgeMs?: number } {
    if (this.#fault.isMissing) return { maxAgeMs: searchTtlMs };
    return this.#options.initial && this.thing === undefined ? { maxAgeMs: initialTtlMs } : {};
  }

  #variableOf(thing: KnownThing): Property | undefined {
    const { property } = this.target;
    return property === "" ? undefined : this.#options.account.rest.directory.variable(thing, property);
  }

  #found(thing: KnownThing, property: Property | undefined): void {
    this.#searching?.abort();
    this.#searching = undefined;
    const name = property === undefined ? "" : wireName(property);
    const former = this.property;
    const isFirst = this.thing === undefined;
    const before = this.#catchUp;
    this.thing = thing;
    this.property = property;
    if (this.thingId === "") this.#listen(thing.id, name);
    else if (this.thingId !== thing.id || this.#listened !== name) this.#listenInstead(thing.id, name, former);
    this.#fault.found();
    // A refresh is no answer that a subscription has waited for.
    if (isFirst || this.#catchUp !== before)
      this.#catchUp?.known(property === undefined ? thing.properties : [property]);
    this.#release();
  }

  /** Notes that what is listened to is not there any more. Its topic is left alone: it may come back. */
  #isMissing(error: CloudError): void {
    if (isAborted(this.#closing.signal) || isTransient(error)) return;
    this.#fault.notFound(error);
    if (this.#searching === undefined) inBackground(this.#search());
  }

  /** Listens to another name of the same variable, or to another thing or variable that was made in its place. */
  #listenInstead(thingId: string, name: string, former: Property | undefined): void {
    this.#catchUp?.settle();
    const isSame = this.thingId === thingId && (former === undefined || former.id === this.property?.id);
    const seen = isSame ? renamed(this.lastSeen, this.#listened, name) : undefined;
    const before = this.#ends;
    this.#ends = [];
    this.#catchUp?.stop();
    this.#catchUp = undefined;
    this.#topics.clear();
    this.#fault.accepted();
    // The new one first, so that a topic that both share is not left in between.
    this.#listen(thingId, name, isSame ? { lastSeen: seen } : undefined);
    for (const end of before) end();
  }

  /** Sends what has waited for names; what comes from now on goes at once. */
  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const { live, source } of held) this.#emit(live, source);
  }
}

/** Returns what was seen of one variable, or of all, under the variable's new name. */
function renamed(seen: LastSeen | undefined, from: string, to: string): LastSeen | undefined {
  if (seen === undefined || from === "" || to === "" || from === to) return seen;
  return Object.fromEntries(Object.entries(seen).map(([name, value]) => [name === from ? to : name, value]));
}
