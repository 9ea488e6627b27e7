/* eslint-disable max-lines -- Joining and leaving, what a beat does, and what others may ask of a copy belong together. */
import { inBackground } from "../core/guard";
import { Announcements } from "./announcements";
import type { Clock } from "../core/clock";
import { type CloudError, toCloudError } from "../core/errors";
import type { ClusterOptions } from "./cluster-settings";
import { type ClusterState, newCopyId, speakingState, StateTeller, waitingState } from "./cluster-state";
import type { ClusterEngine, Fence } from "./engine";
import { EngineHealth } from "./engine-health";
import { Heartbeat } from "./heartbeat";
import { inTime } from "./in-time";
import { markGroup, marksFrom } from "./mark";
import { Presence } from "./presence";
import { Slot } from "./slot";
import { fairGifts, firstSlot, slotCount, slotOf } from "./slots";
import type { OpenLane } from "./speaker";
import { type LaneHandlers, RingRoom } from "./value-ring";

const beatsPerTtl = 3;
const retryMs = 300;
const closeTimeoutMs = 2_000;

/**
 * One copy of a flow among several: everybody hears, one speaks for each slot, which is all things or a part of them. The
 * speaker holds a lease and marks how far it has gone; the others keep what they hear, and whoever takes the lease goes on
 * behind the last mark.
 */
export class Cluster {
  readonly me: string;
  /** Milliseconds for which a lease is good. */
  readonly ttlMs: number;
  /** Milliseconds for which values are kept for a take-over. */
  readonly holdMs: number;
  readonly #options: ClusterOptions;
  readonly #clock: Clock;
  readonly #presence: Presence;
  readonly #health: EngineHealth;
  readonly #slots: readonly [Slot, ...Slot[]];
  readonly #shown = new StateTeller();
  readonly #announcements: Announcements;
  readonly #heartbeat: Heartbeat;
  #joined: ClusterEngine | undefined;
  readonly #beforeGiving = new Set<() => Promise<unknown>>();
  #givingAway: Promise<void> | undefined;
  /** Resolves when the engine has answered for the first time, or is known not to. */
  readonly #answered: Promise<void>;
  #tellAnswered: () => void = () => undefined;

  constructor(options: ClusterOptions) {
    const { clock, settings, onWarning } = options;
    const slots = slotCount(settings.share);
    this.#options = options;
    this.#answered = new Promise((resolve) => (this.#tellAnswered = resolve));
    this.#clock = clock;
    this.ttlMs = settings.ttlMs;
    this.holdMs = settings.holdMs;
    this.me = options.me ?? newCopyId();
    this.#announcements = new Announcements(this.me);
    this.#heartbeat = new Heartbeat(clock, () => this.#beat());
    this.listen("freed", (copy) => {
      for (const slot of this.#slots) slot.freedBy(copy);
      this.#heartbeat.in(0);
    });
    this.listen("given", (text) => this.#isGiven(text));
    const { me, ttlMs, holdMs } = this;
    this.#health = new EngineHealth({ clock, ttlMs, mayGoOnAlone: settings.whenEngineDown === "speak", onWarning });
    this.#presence = new Presence({ clock, me, ttlMs, holdMs, slots });
    const room = new RingRoom(slots);
    const others = Array.from({ length: slots - 1 }, (_none, index) => this.#slot(index + 1, room));
    this.#slots = [this.#slot(firstSlot, room), ...others];
  }

  /** How this copy stands. */
  get state(): ClusterState {
    return this.#shown.state;
  }

  /** Tells of each change of the state; returns the function that ends it. */
  observe(observer: (state: ClusterState) => void): () => void {
    return this.#shown.observe(observer);
  }

  /** Joins, unless it has joined already. */
  start(): void {
    if (this.#joined !== undefined || this.#health.isUnusable) return;
    this.#health.reset();
    try {
      const engine = this.#options.createEngine({
        onUp: (server) => this.#isUp(server),
        onDown: (error) => this.#isDown(error),
        onTold: (topic, text) => this.#announcements.heard(topic, text),
      });
      this.#presence.join();
      for (const slot of this.#slots) slot.join(engine);
      this.#joined = engine;
      // A connection that takes longer to begin with counts as missing.
      this.#heartbeat.in(3 * retryMs);
    } catch (reason) {
      this.#health.unusable(toCloudError(reason));
      this.#tellAnswered();
    }
    this.#showState();
  }

  /** Joins, and resolves as soon as the engine has answered or is known not to, whoever speaks. */
  async answered(): Promise<void> {
    this.start();
    await this.#answered;
  }

  /**
   * Does some work whenever this copy is about to give a slot away, while it may still write down things for all;
   * returns the function that ends that.
   */
  beforeGiving(work: () => Promise<unknown>): () => void {
    this.#beforeGiving.add(work);
    return () => this.#beforeGiving.delete(work);
  }

  /** Leaves: gives away what it has, after it has marked how far it came. */
  async stop(): Promise<void> {
    const engine = this.#joined;
    if (engine === undefined) return;
    const farewell = this.#giveAllAway().then(() => engine.mark("live", this.#presence.members.farewell()));
    await inTime(this.#clock, farewell, closeTimeoutMs);
    this.#heartbeat.stop();
    this.#joined = undefined;
    this.#tellAnswered();
    for (const slot of this.#slots) slot.leave();
    this.#health.reset();
    this.#showState();
    await inTime(this.#clock, engine.close(), closeTimeoutMs);
  }

  /** Notes whether this copy hears the Arduino Cloud. */
  setOnline(isOnline: boolean): void {
    this.#presence.setOnline(isOnline);
    // The others learn at once that this copy can speak; what is not connected yet tells them by itself.
    if (isOnline && this.#presence.isKnown && this.#joined !== undefined) this.#heartbeat.in(0);
  }

  /** Notes what tells the flow of this copy from others. */
  setFlow(digest: string): void {
    this.#presence.flow = digest;
  }

  /** Lets other copies speak, if there is one that can: this one is about to miss something. */
  async handOver(): Promise<void> {
    if (!this.#presence.members.hasOnlinePeer) return;
    await inTime(this.#clock, this.#giveAllAway(), closeTimeoutMs);
  }

  /** Opens a lane for values of a thing. Lanes with the same key are the same in all copies. */
  open<T>(key: string, thingId: string, handlers: LaneHandlers<T>): OpenLane<T> {
    return (this.#slots[this.slotOf(thingId)] ?? this.#slots[0]).open(key, handlers);
  }

  /** Returns the slot of a thing. */
  slotOf(thingId: string): number {
    return slotOf(thingId, this.slots);
  }

  /** Into how many slots the things are divided. */
  get slots(): number {
    return this.#slots.length;
  }

  /** Tells the other copies something. Resolves when they know, or can't be told. */
  async tell(topic: string, text: string): Promise<void> {
    await this.engine?.tell(topic, this.#announcements.signed(text)).catch(() => undefined);
  }

  /** Listens to what other copies tell; returns the function that ends it. */
  listen(topic: string, listener: (text: string) => void): () => void {
    return this.#announcements.listen(topic, listener);
  }

  /** The engine, while it is of use. */
  get engine(): ClusterEngine | undefined {
    return this.#health.fault === undefined ? this.#joined : undefined;
  }

  /** Whether it is the turn of this copy, at this moment, to do what one alone does. */
  get leads(): boolean {
    return this.speaksFor(firstSlot);
  }

  /** Returns whether this copy may send values of a slot at this moment. */
  speaksFor(slot: number): boolean {
    return this.#slots[slot]?.grant !== undefined;
  }

  /** Returns the right with which this copy writes down things of a slot for all; undefined where it has none. */
  fenceOf(slot: number): Fence | undefined {
    return this.#slots[slot]?.fence;
  }

  /** How far the engine's clock is ahead of ours, in milliseconds. */
  get clockSkewMs(): number {
    return this.#presence.clockSkewMs;
  }

  /** How many copies live, as far as is known. */
  get copies(): number {
    return this.#presence.members.count;
  }

  /** How many of them run another flow, as far as is known: those should have a cluster of their own. */
  get strangers(): number {
    return this.#presence.members.strangers(this.#presence.flow);
  }

  #slot(number: number, room: RingRoom): Slot {
    const { clock, onFault } = this.#options;
    const { me, ttlMs, holdMs } = this;
    return new Slot({
      ...{ clock, number, me, ttlMs, holdMs, room, onFault },
      offsetMs: () => this.#presence.offsetMs,
      isAlone: () => this.#health.isAlone,
      beforeGiving: () => Promise.allSettled([...this.#beforeGiving].map((work) => work())),
      onKnown: () => this.#health.together(),
      // Where another copy has the lease, or it is over, the next beat tells.
      onRefused: () => this.#heartbeat.in(0),
      onLost: () => this.state.name === "no-engine" && this.#health.lostValues(),
    });
  }

  /** Frees all that this copy has; once, however many ask. */
  #giveAllAway(): Promise<void> {
    this.#givingAway ??= this.#freeAll().finally(() => (this.#givingAway = undefined));
    return this.#givingAway;
  }

  async #freeAll(): Promise<void> {
    const engine = this.#joined;
    const held = this.#slots.filter(({ isHeld }) => isHeld);
    if (engine === undefined || held.length === 0) return;
    const told = this.#presence.yield(engine).catch(() => undefined);
    await Promise.all(held.map((slot) => slot.giveAway(told)));
    await engine.tell("freed", this.#announcements.signed(this.me)).catch(() => undefined);
    this.#showState();
  }

  /** Hands over what is more than the share of this copy. */
  #balance(): void {
    const holders = this.#slots.map(({ holder }) => holder);
    for (const { slot: number, from, to } of fairGifts(holders, this.#presence.ready)) {
      const slot = from === this.me ? this.#slots[number] : undefined;
      if (slot !== undefined) inBackground(this.#give(slot, to));
    }
  }

  async #give(slot: Slot, to: string): Promise<void> {
    // Should that copy be no more, it comes back.
    slot.pause(this.ttlMs / 2);
    await slot.giveAway();
    await this.tell("given", `${slot.number} ${to}`);
    this.#showState();
  }

  #isGiven(text: string): void {
    const [slot = "", to = ""] = text.split(" ");
    if (to !== this.me) return;
    this.#slots[Number(slot)]?.offer();
    this.#heartbeat.in(0);
  }

  #isUp(server: string): void {
    if (this.#presence.answersFrom(server)) for (const slot of this.#slots) slot.serverChanged();
    this.#heartbeat.in(0);
  }

  #isDown(error: CloudError): void {
    const hasSpokenLast = this.#slots.some(({ wasOurs }) => wasOurs);
    if (this.#health.down(error, hasSpokenLast)) for (const slot of this.#slots) slot.drain();
    this.#tellAnswered();
    this.#showState();
  }

  async #beat(): Promise<number | undefined> {
    const engine = this.#joined;
    if (engine === undefined) return undefined;
    let nextMs = retryMs;
    this.#health.beat();
    if (this.#health.fault !== undefined) for (const slot of this.#slots) slot.engineIsAway();
    try {
      nextMs = await this.#keepStep(engine);
      this.#health.up();
    } catch (reason) {
      if (engine === this.#joined) this.#isDown(toCloudError(reason));
    }
    this.#showState();
    return this.#joined && nextMs;
  }

  /** Keeps or takes leases, and tells and learns who lives; returns the milliseconds until this is due again. */
  async #keepStep(engine: ClusterEngine): Promise<number> {
    // What is held is kept first.
    const held = this.#slots.filter(({ isHeld }) => isHeld);
    await this.#attempt(engine, held, () => false);
    await this.#presence.meet(engine);
    this.#tellAnswered();
    const { members, isAwayTooLong, isNewAmongSilent } = this.#presence;
    // Where the engine was away the others have not told yet that they live, and some may know more than this copy.
    if (isNewAmongSilent) for (const slot of this.#slots) slot.pause(this.ttlMs);
    if (isAwayTooLong) await this.handOver();
    if (members.hasSoleSpeaker) await inTime(this.#clock, this.#giveAllAway(), closeTimeoutMs);
    const others = this.#slots.filter(({ isHeld }) => !isHeld);
    const waits = await this.#attempt(engine, others, (slot) => this.#mayTake(slot));
    this.#balance();
    return Math.min(this.ttlMs / beatsPerTtl, ...waits);
  }

  /** Tries to keep or take leases; returns the milliseconds until each may be free. */
  async #attempt(engine: ClusterEngine, slots: readonly Slot[], mayTake: (slot: Slot) => boolean): Promise<number[]> {
    const waits = await Promise.all(slots.map((slot) => slot.attempt(mayTake(slot))));
    const taken = slots.filter(({ needsAlignment }) => needsAlignment);
    if (taken.length > 0) await this.#align(engine, taken);
    for (const slot of slots) slot.drain();
    return waits;
  }

  #mayTake(slot: Slot): boolean {
    if (!slot.isFree || this.#givingAway !== undefined || this.#presence.members.hasSoleSpeaker) return false;
    return slot.isOffered ? this.#presence.isReady : this.#presence.mayTake();
  }

  async #align(engine: ClusterEngine, slots: readonly Slot[]): Promise<void> {
    const { fields, time } = await engine.ask(markGroup);
    const { marks, useless } = marksFrom(fields, time);
    const isFirst = !this.#presence.members.hasMet;
    // One of them may have been given away meanwhile.
    for (const slot of slots) if (slot.needsAlignment) slot.align(marks, isFirst);
    const { fence } = slots.find(({ isHeld }) => isHeld) ?? {};
    if (useless.length === 0 || fence === undefined) return;
    await engine.mark(markGroup, Object.fromEntries(useless.map((key) => [key, ""])), fence);
  }

  #showState(): void {
    this.#shown.show(this.#presentState, this.leads);
  }

  get #presentState(): ClusterState {
    const spoken = this.#slots.filter(({ grant }) => grant !== undefined).length;
    const last = this.#slots[0].lastHolder;
    if (spoken > 0 && !this.#health.isAlone) return speakingState(spoken, this.slots, last === this.me ? "" : last);
    if (this.#health.fault !== undefined) return { name: "no-engine", error: this.#health.fault };
    if (this.#joined === undefined) return { name: "idle" };
    return waitingState(last, this.me);
  }
}
