/* eslint-disable max-lines -- Subscriptions, what is wrong with them and the list of things change together. */
import type { Node } from "node-red";
import type { CloudAccount } from "../../cloud/account";
import { systemClock } from "../../cloud/core/clock";
import { isSameName } from "../../cloud/core/names";
import { inShortTurns } from "../../cloud/core/short-turns";
import type { KnownThing } from "../../cloud/rest/index";
import { type CloudError, isOfAccount, isTransient, toCloudError } from "../../cloud/core/errors";
import type { UsableAccountNode } from "../runtime/account-node";
import type { SharedFaults } from "../runtime/shared-faults";
import type { NodeStatus } from "../runtime/status";
import { PersistentState } from "../runtime/persistent-state";
import { FlawWarnings } from "../runtime/flaw-warnings";
import { SharedLastSeen } from "./shared-last-seen";
import { ClusterEmitter } from "./cluster-emitter";
import type { FollowedFlow } from "./followed-flow";
import { type MessageSettings, MessageBuilder, type ValueEmitter } from "./message-builder";
import { type CatchUpSettings, type SubscriptionTarget, ThingSubscription } from "./thing-subscription";
import { inBackground, nextTurn } from "../../cloud/core/guard";

export interface ListenerSettings extends SubscriptionTarget, MessageSettings {
  thingName: string;
  initial: boolean;
  /** The node has an input: it starts with what its settings name, and messages add and remove subscriptions. */
  isDynamic: boolean;
  /** With `initial`, first the stored values of so many milliseconds; 0: only the present ones. */
  initialMs: number;
  catchUp: "none" | "last" | "all";
  /** Milliseconds until history is expected to hold what an outage left out. */
  catchUpDelayMs: number;
}

/** A subscription as `getSubscriptions` tells it. */
export type SubscriptionFacts = Record<"thingId" | "property" | "direction", string>;

/** How often the list of things is asked for when a node listens to all of them. */
const listIntervalMs = 60_000;
/** Several nodes that listen to all things share an answer. */
const listTtlMs = 55_000;
const listSoonMs = 5_000;
/** Knowledge about the values that the cloud holds may be this old at start. */
const initialTtlMs = 2_000;

/** Listens for property in with an account: keeps its subscriptions, one for each thing, and shows how they stand. */
export class AccountListener {
  readonly #node: Node;
  readonly #status: NodeStatus;
  readonly #settings: ListenerSettings;
  readonly #account: CloudAccount;
  readonly #accountFaults: SharedFaults;
  readonly #emitter: ValueEmitter;
  readonly #flow: FollowedFlow | undefined;
  readonly #subscriptions = new Map<string, ThingSubscription>();
  /** The subscriptions with which something is wrong that does not pass by itself. */
  readonly #faults = new Map<ThingSubscription, CloudError>();
  readonly #unfollow: () => void;
  readonly #unobserve: () => void;
  readonly #memory: PersistentState;
  /** The same for all copies of the flow, where there are several and they catch up. */
  readonly #shared: SharedLastSeen | undefined;
  /** The values that subscriptions which are no more have seen last, by thing and variable. */
  readonly #predecessors = new Map<string, unknown>();
  #stopList: () => void = () => undefined;
  #listFault: CloudError | undefined;
  /** Whether all things have been listed once. */
  #isListed = false;
  /** Whether all things are being listed. */
  #isListing = false;
  readonly #flaws: FlawWarnings;
  /** The error codes that the user has been told already. */
  readonly #told = new Set<string>();
  #isStopped = false;

  /** @param flow follows the messages through the flow, where that counts */
  constructor(
    node: Node,
    status: NodeStatus,
    settings: ListenerSettings,
    { account, faults }: UsableAccountNode,
    flow?: FollowedFlow,
  ) {
    this.#node = node;
    this.#status = status;
    this.#settings = settings;
    this.#account = account;
    this.#accountFaults = faults;
    this.#flow = flow;
    const builder = new MessageBuilder(node, status, settings, () => this.#touch(), flow?.deliver);
    const { cluster } = account;
    this.#emitter = cluster === undefined ? builder : new ClusterEmitter(node, cluster, builder);
    this.#flaws = new FlawWarnings((warning) => node.warn(warning));
    const ends = [account.session.observe(() => this.#showStatus()), cluster?.observe(() => this.#showStatus())];
    this.#unobserve = () => ends.forEach((end) => end?.());
    this.#unfollow = account.knowledge.follow((failure) => {
      if (failure === undefined) this.#refresh();
    });
    const read = (): Record<string, unknown> => this.#lastSeen();
    this.#memory = new PersistentState(node, "lastSeen", read);
    if (cluster !== undefined && settings.catchUp !== "none") this.#shared = new SharedLastSeen(node, cluster, read);
  }

  /** Begins with what the settings name; a node with an input and no thing waits for messages. */
  start(): void {
    if (this.#settings.catchUp === "none") this.#begin();
    else if (this.#shared === undefined) this.#memory.open(() => this.#begin());
    else {
      const shared = this.#shared;
      this.#memory.open(() => inBackground(shared.read().then((seen) => this.#begin(seen))));
    }
  }

  /** Begins with what a predecessor, or with `shared` all copies of the flow, have seen last. */
  #begin(shared: Record<string, unknown> = {}): void {
    if (this.#isStopped) return;
    for (const [name, seen] of Object.entries({ ...this.#memory.kept, ...shared })) {
      // Former versions kept it by thing alone.
      this.#predecessors.set(name.includes("/") ? name : nameOf(name, ""), seen);
    }
    const { thing, property, direction, isDynamic } = this.#settings;
    this.#showStatus();
    if (thing !== "") inBackground(this.subscribe({ thing, property, direction }));
    else if (!isDynamic) this.#followAll();
  }

  /**
   * Ends it; what was seen last is kept for a successor.
   * @param removed whether the node is gone for good
   * @param isHeard tells, once Node-RED has closed all that it closes together, whether what was just sent arrives
   */
  async stop(removed: boolean, isHeard: () => boolean): Promise<void> {
    this.#isStopped = true;
    this.#unobserve();
    this.#unfollow();
    this.#stopList();
    // The rest of this turn, in which Node-RED closes the others, and hands over nothing.
    await Promise.resolve();
    const arrives = isHeard();
    // Where others may go on they are given what comes from now on; else it is left to a successor, with all that waits.
    const isLast = this.#emitter.end === undefined;
    this.#emitter.end?.(arrives);
    for (const { catchUp } of this.#subscriptions.values()) catchUp?.end(arrives, isLast);
    await inShortTurns(this.#subscriptions.values(), (subscription) => subscription.stop());
    await this.#shared?.close();
    await this.#emitter.close?.();
    this.#flow?.close();
    await this.#memory.close(removed);
  }

  /**
   * Adds a subscription, unless it is there already. Returns what went wrong at first; a look-up that failed in a way
   * that passes goes on by itself.
   * @param isOrdered a message asked for it, and is told of the first outcome by whoever called
   */
  subscribe(target: SubscriptionTarget, isOrdered = false): Promise<CloudError | undefined> {
    return this.#subscribe(target, isOrdered);
  }

  /**
   * Makes a subscription, and returns the outcome of its first look-up.
   * @param listed the thing, where it has just been listed
   */
  async #subscribe(
    target: SubscriptionTarget,
    isOrdered: boolean,
    listed?: KnownThing,
  ): Promise<CloudError | undefined> {
    const key = targetKey(target);
    if (this.#subscriptions.has(key)) return undefined;
    let isReported = !isOrdered;
    const subscription = new ThingSubscription({
      account: this.#account,
      target,
      thingName: target.thing === this.#settings.thing ? this.#settings.thingName : "",
      initial: this.#settings.initial,
      initialMs: this.#settings.initialMs,
      needsNames: this.#settings.compatible,
      isOneOfAll: this.#isForAll,
      catchUp: this.#catchUp(isOrdered),
      emitter: this.#emitter,
      onFault: (fault) => this.#noteFault(subscription, fault, isReported),
      onFlaw: (thing, variable, flaw) => this.#flaws.note(thing, variable, flaw),
    });
    this.#subscriptions.set(key, subscription);
    const outcome = await subscription.start(listed);
    isReported = true;
    return outcome;
  }

  #catchUp(isOrdered: boolean): CatchUpSettings {
    const { catchUp, catchUpDelayMs } = this.#settings;
    return {
      mode: catchUp,
      delayMs: catchUpDelayMs,
      lastSeen: (thingId, variable) => this.#takePredecessor(thingId, variable, isOrdered),
      latestSeen: this.#shared && ((thingId, variable) => this.#latestSeen(thingId, variable, isOrdered)),
      onProgress: () => this.#touch(),
      onWarning: (message) => this.#node.warn(message),
      onError: (error) => this.#node.error(error, {}),
    };
  }

  /**
   * Returns what a subscription that is no more has seen last, which counts once: whoever subscribes again later begins
   * anew. The node's own subscription may have been one to the whole thing before.
   */
  #takePredecessor(thingId: string, variable: string, isOrdered: boolean): unknown {
    const name = nameOf(thingId, variable);
    const seen = this.#predecessors.get(name) ?? (isOrdered ? undefined : this.#predecessors.get(nameOf(thingId, "")));
    this.#predecessors.delete(name);
    // The one subscription of this node is made, and nobody will ask for others.
    if (this.#settings.thing !== "" && !this.#settings.isDynamic) this.#predecessors.clear();
    return seen;
  }

  /** Returns what the copies of the flow have seen of it by now. */
  async #latestSeen(thingId: string, variable: string, isOrdered: boolean): Promise<unknown> {
    const all = await this.#shared?.read();
    return all?.[nameOf(thingId, variable)] ?? (isOrdered ? undefined : all?.[nameOf(thingId, "")]);
  }

  /** Returns what was seen last, by thing and variable. */
  #lastSeen(): Record<string, unknown> {
    // What is not subscribed yet, since the cloud has not told of it, is not forgotten.
    const all = new Map(this.#settings.isDynamic ? [] : this.#predecessors);
    let isSettled = true;
    for (const subscription of this.#subscriptions.values()) {
      const { thingId, variable, lastSeen } = subscription;
      if (lastSeen !== undefined) all.set(nameOf(thingId, variable), lastSeen);
      isSettled &&= subscription.catchUp?.isSettled ?? true;
    }
    if (!isSettled)
      nextTurn(() => {
        if (!this.#isStopped) this.#touch();
      });
    return Object.fromEntries(all);
  }

  /** Notes that something more was seen. */
  #touch(): void {
    this.#memory.touch();
    this.#shared?.touch();
  }

  /** Removes a subscription, named as it was made or by the ids it stands for; false where there is none. */
  unsubscribe(target: SubscriptionTarget): boolean {
    const wanted = targetKey(target);
    for (const [key, subscription] of this.#subscriptions) {
      const { thingId, property } = subscriptionFacts(subscription);
      if (
        key !== wanted &&
        targetKey({ thing: thingId, property, direction: subscription.target.direction }) !== wanted
      ) {
        continue;
      }
      this.#remove(key, subscription);
      this.#showStatus();
      return true;
    }
    return false;
  }

  /** Returns all present subscriptions, by ids as far as they are known. */
  subscriptions(): SubscriptionFacts[] {
    return [...this.#subscriptions.values()].map(subscriptionFacts);
  }

  /** Whether the node listens to every thing of the account. */
  get #isForAll(): boolean {
    return this.#settings.thing === "" && !this.#settings.isDynamic;
  }

  #remove(key: string, subscription: ThingSubscription): void {
    subscription.stop();
    this.#subscriptions.delete(key);
    this.#noteRecovery(subscription);
  }

  /** Looks again at all that is listened to, since what is known has been refreshed. */
  #refresh(): void {
    if (this.#isForAll) {
      if (this.#isListed) this.#followAll();
      return;
    }
    const refresh = (subscription: ThingSubscription): void => subscription.refresh();
    inBackground(inShortTurns(this.#subscriptions.values(), refresh, () => this.#isStopped));
  }

  /** Listens to every thing of the account, those included that appear later, by one list request a minute. */
  #followAll(): void {
    if (this.#isListing) return;
    this.#isListing = true;
    this.#stopList();
    const failed = (reason: unknown): void => this.#listAgain(toCloudError(reason));
    inBackground(this.#listThings().then(() => this.#listAgain(undefined), failed));
  }

  #listAgain(fault: CloudError | undefined): void {
    this.#isListing = false;
    if (this.#isStopped) return;
    if (fault === undefined && this.#listFault !== undefined) this.#told.delete(this.#listFault.code);
    this.#listFault = fault;
    if (fault === undefined) this.#showStatus();
    else this.#report(fault);
    const pauseMs = fault !== undefined && isTransient(fault) ? listSoonMs : listIntervalMs;
    this.#stopList = systemClock.after(pauseMs, () => this.#followAll());
  }

  async #listThings(): Promise<void> {
    const { initial } = this.#settings;
    // What the flow is given first shall not be old news.
    const maxAgeMs = initial && !this.#isListed ? initialTtlMs : listTtlMs;
    const things = await this.#account.rest.directory.things({ maxAgeMs });
    const isOver = (): boolean => this.#isStopped;
    if (isOver()) return;
    const wanted = new Set<string>();
    const outcomes: Promise<unknown>[] = [];
    await inShortTurns(things, (thing) => this.#followThing(thing, wanted, outcomes), isOver);
    if (isOver()) return;
    const forgetUnwanted = ([key, subscription]: [string, ThingSubscription]): void => {
      if (!wanted.has(key)) this.#forget(key, subscription);
    };
    await inShortTurns(this.#subscriptions, forgetUnwanted, isOver);
    if (!this.#isListed) inBackground(Promise.all(outcomes).then(() => this.#predecessors.clear()));
    this.#isListed = true;
  }

  /** Listens to a thing that was listed, if it has the variable; one that is listened to has perhaps changed. */
  #followThing(thing: KnownThing, wanted: Set<string>, outcomes: Promise<unknown>[]): void {
    const { property, direction } = this.#settings;
    const has =
      property === "" ||
      thing.properties.some(({ id, variable_name: name }) => id === property || isSameName(name, property));
    if (!has) return;
    const target = { thing: thing.id, property, direction };
    const key = targetKey(target);
    wanted.add(key);
    const present = this.#subscriptions.get(key);
    if (present === undefined) outcomes.push(this.#subscribe(target, false, thing));
    else present.take(thing);
  }

  /** Ends a subscription to a thing that is gone. It may come back, and what was missed then is caught up. */
  #forget(key: string, subscription: ThingSubscription): void {
    subscription.catchUp?.settle();
    const { thingId, variable, lastSeen } = subscription;
    this.#remove(key, subscription);
    if (lastSeen !== undefined) this.#predecessors.set(nameOf(thingId, variable), lastSeen);
  }

  #noteFault(subscription: ThingSubscription, fault: CloudError | undefined, isReported: boolean): void {
    if (fault === undefined || isTransient(fault)) this.#noteRecovery(subscription);
    else this.#faults.set(subscription, fault);
    if (isReported && fault !== undefined) this.#report(fault);
    else this.#showStatus();
  }

  /** Notes that nothing is wrong with a subscription any more: the next fault is told of again. */
  #noteRecovery(subscription: ThingSubscription): void {
    const fault = this.#faults.get(subscription);
    if (fault === undefined) return;
    this.#faults.delete(subscription);
    for (const { code } of this.#faults.values()) if (code === fault.code) return;
    this.#told.delete(fault.code);
  }

  /** Tells Catch nodes once of each kind of failure; what passes is the account's affair and told there. */
  #report(fault: CloudError): void {
    this.#showStatus();
    if (isTransient(fault) || this.#told.has(fault.code)) return;
    this.#told.add(fault.code);
    if (isOfAccount(fault)) this.#accountFaults.tell(fault, [this.#node]);
    else this.#node.error(fault, {});
  }

  #showStatus(): void {
    if (this.#isStopped) return;
    const listFault = this.#listFault === undefined || isTransient(this.#listFault) ? undefined : this.#listFault;
    const [firstFault] = this.#faults.values();
    const fault = listFault ?? firstFault;
    if (fault !== undefined) this.#status.failed(fault);
    else this.#status.account(this.#account.session.state, systemClock.now(), this.#account.cluster?.state);
  }
}

/** Returns the name under which is kept what was seen last; a variable's name has no limits, so it comes last. */
function nameOf(thingId: string, variable: string): string {
  return `${thingId}/${variable}`;
}

function targetKey({ thing, property, direction }: SubscriptionTarget): string {
  return JSON.stringify([thing, property, direction]);
}

function subscriptionFacts({ target, thingId, property }: ThingSubscription): SubscriptionFacts {
  return {
    thingId: thingId === "" ? target.thing : thingId,
    property: property?.variable_name ?? target.property,
    direction: target.direction,
  };
}
