import { inBackground } from "../core/guard";
import { Announcements } from "./announcements";
import type { Clock } from "../core/clock";
import { type CloudError, toCloudError } from "../core/errors";
import type { ClusterOptions } from "./cluster-settings";
import { type ClusterState, newCopyId, StateTeller, waitingState } from "./cluster-state";
import type { ClusterEngine, Fence } from "./engine";
import { EngineHealth } from "./engine-health";
import { Heartbeat } from "./heartbeat";
import { inTime } from "./in-time";
import { Lease } from "./lease";
import { Presence } from "./presence";
import { type OpenLane, Speaker } from "./speaker";
import type { Grant, LaneHandlers } from "./value-ring";

/** The parts that exist between joining and leaving. */
interface Joined {
  readonly engine: ClusterEngine;
  readonly lease: Lease;
}

const slot = 0;
const slotName = "0";
const markGroup = "mark:0";
const beatsPerTtl = 3;
const retryMs = 300;
/** After this a lease that has ended is asked for. */
const leaseMarginMs = 15;
const closeTimeoutMs = 2_000;

/**
 * One copy of a flow among several: everybody hears, one speaks. The speaker holds a lease and marks how far it has
 * gone; the others keep what they hear, and whoever takes the lease goes on behind the last mark.
 */
export class Cluster {
  readonly me: string;
  /** Milliseconds for which a lease is good. */
  readonly ttlMs: number;
  readonly #options: ClusterOptions;
  readonly #clock: Clock;
  readonly #presence: Presence;
  readonly #health: EngineHealth;
  readonly #speaker: Speaker;
  readonly #shown = new StateTeller();
  readonly #announcements: Announcements;
  readonly #heartbeat: Heartbeat;
  #joined: Joined | undefined;
  /** The grant up to which what was heard has been settled: only under this one values may go out. */
  #alignedGrant = "";
  #isGivingAway = false;
  #givingAway: Promise<void> | undefined;
  /** By the monotonic clock: when another copy was last known to have the lease. */
  #otherSpokeAt = -Infinity;

  constructor(options: ClusterOptions) {
    const { clock, settings } = options;
    this.#options = options;
    this.#clock = clock;
    this.ttlMs = settings.ttlMs;
    this.me = options.me ?? newCopyId();
    this.#announcements = new Announcements(this.me);
    this.#heartbeat = new Heartbeat(clock, () => this.#beat());
    this.listen("freed", () => this.#heartbeat.in(0));
    this.#health = new EngineHealth({
      clock,
      ttlMs: this.ttlMs,
      mayGoOnAlone: settings.whenEngineDown === "speak",
      onWarning: options.onWarning,
    });
    this.#presence = new Presence({ clock, me: this.me, ttlMs: this.ttlMs, holdMs: settings.holdMs });
    this.#speaker = new Speaker({
      clock,
      holdMs: settings.holdMs,
      grant: () => this.#grant,
      offsetMs: () => this.#presence.offsetMs,
      writeMarks: (marks) => this.#writeMarks(marks),
      onLost: () => this.state.name === "no-engine" && this.#health.lostValues(),
      onFault: options.onFault,
    });
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
      const lease = new Lease({ engine, clock: this.#clock, name: slotName, me: this.me, ttlMs: this.ttlMs });
      this.#presence.join();
      this.#joined = { engine, lease };
      this.#heartbeat.in(retryMs);
    } catch (reason) {
      this.#health.unusable(toCloudError(reason));
    }
    this.#showState();
  }

  /** Leaves: gives away what it has, after it has marked how far it came. */
  async stop(): Promise<void> {
    const joined = this.#joined;
    if (joined === undefined) return;
    const farewell = this.#giveAway().then(() => joined.engine.mark("live", this.#presence.members.farewell()));
    await inTime(this.#clock, farewell, closeTimeoutMs);
    this.#heartbeat.stop();
    this.#joined = undefined;
    this.#alignedGrant = "";
    this.#health.reset();
    this.#showState();
    await inTime(this.#clock, joined.engine.close(), closeTimeoutMs);
  }

  /** Notes whether this copy hears the Arduino Cloud. */
  setOnline(isOnline: boolean): void {
    this.#presence.setOnline(isOnline);
  }

  /** Notes what tells the flow of this copy from others. */
  setFlow(digest: string): void {
    this.#presence.flow = digest;
  }

  /** Lets another copy speak, if there is one that can: this one is about to miss something. */
  async handOver(): Promise<void> {
    if (this.#joined?.lease.isValid !== true || !this.#presence.members.hasOnlinePeer) return;
    await inTime(this.#clock, this.#giveAway(), closeTimeoutMs);
  }

  /** Opens a lane for values. Lanes with the same key are the same in all copies. */
  open<T>(key: string, handlers: LaneHandlers<T>): OpenLane<T> {
    return this.#speaker.open(key, handlers);
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
    return this.#health.fault === undefined ? this.#joined?.engine : undefined;
  }

  /** Whether this copy may send values at this moment. */
  get speaks(): boolean {
    return this.#grant !== undefined;
  }

  /** The right with which this copy writes down things for all; undefined where it has none. */
  get fence(): Fence | undefined {
    return this.speaks ? this.#joined?.lease.fence : undefined;
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

  get #grant(): Grant | undefined {
    if (this.#isGivingAway) return undefined;
    const { lease } = this.#joined ?? {};
    const isHeld = lease?.isValid === true && this.#alignedGrant === lease.text;
    return isHeld || this.#health.isAlone ? { epoch: lease?.epoch ?? 0, slot } : undefined;
  }

  /** Stops speaking, marks how far it came and frees the lease; once, however many ask. */
  #giveAway(): Promise<void> {
    this.#givingAway ??= this.#free().finally(() => (this.#givingAway = undefined));
    return this.#givingAway;
  }

  async #free(): Promise<void> {
    const { lease, engine } = this.#joined ?? {};
    if (lease?.isValid !== true || engine === undefined) return;
    this.#isGivingAway = true;
    try {
      await this.#presence.yield(engine);
      await this.#speaker.flush();
      this.#alignedGrant = "";
      await lease.free();
      await engine.tell("freed", this.me);
    } catch {
      // Whoever comes next waits until the lease ends.
    } finally {
      this.#alignedGrant = "";
      this.#isGivingAway = false;
      this.#speaker.forgetMarks();
      this.#showState();
    }
  }

  async #writeMarks(marks: Record<string, string>): Promise<void> {
    const { fence } = this.#joined?.lease ?? {};
    if (fence === undefined || this.#alignedGrant !== fence.holder) return;
    const isWritten = await this.#joined?.engine.mark(markGroup, marks, fence);
    // Where another copy has the lease, or it is over, the next beat tells.
    if (isWritten === false) this.#heartbeat.in(0);
  }

  #isUp(server: string): void {
    this.#presence.answersFrom(server, this.#joined?.lease);
    this.#heartbeat.in(0);
  }

  #isDown(error: CloudError): void {
    const last = this.#joined?.lease.lastHolder ?? "";
    if (this.#health.down(error, last === "" || last === this.me)) inBackground(this.#speaker.drain());
    this.#showState();
  }

  async #beat(): Promise<number | undefined> {
    const joined = this.#joined;
    if (joined === undefined) return undefined;
    let nextMs = retryMs;
    this.#health.beat();
    if (this.#health.fault !== undefined) this.#presence.engineIsAway(joined.lease);
    try {
      nextMs = await this.#keepStep(joined);
      this.#health.up();
    } catch (reason) {
      if (joined === this.#joined) this.#isDown(toCloudError(reason));
    }
    this.#showState();
    return this.#joined && nextMs;
  }

  /** Keeps or takes the lease, and tells and learns who lives; returns the milliseconds until this is due again. */
  async #keepStep(joined: Joined): Promise<number> {
    const { lease } = joined;
    const usualMs = this.ttlMs / beatsPerTtl;
    // What is held is kept first.
    if (lease.isValid) await this.#attempt(joined, false);
    await this.#presence.meet(joined.engine);
    if (this.#presence.isAwayTooLong) await this.handOver();
    if (lease.isValid) return usualMs;
    const mayTake = !this.#isGivingAway && this.#presence.mayTake();
    return Math.min(usualMs, await this.#attempt(joined, mayTake));
  }

  /** Tries to keep or take the lease; returns the milliseconds until it may be free. */
  async #attempt(joined: Joined, mayTake: boolean): Promise<number> {
    const { lease } = joined;
    const before = lease.text;
    const outcome = await lease.attempt(mayTake);
    if (!outcome.isHeld) {
      if (outcome.holder === "") return Math.max(leaseMarginMs, this.#presence.pauseMs);
      this.#otherSpokeAt = this.#clock.monotonic();
      this.#alignedGrant = "";
      this.#health.together();
      this.#speaker.forgetMarks();
      return outcome.leftMs + leaseMarginMs;
    }
    if (!this.#isGivingAway) {
      if (outcome.isContinued && this.#alignedGrant === before) this.#alignedGrant = lease.text;
      else if (this.#alignedGrant !== lease.text) await this.#align(joined);
      this.#health.together();
      inBackground(this.#speaker.drain());
    }
    return this.ttlMs;
  }

  async #align({ engine, lease }: Joined): Promise<void> {
    const { fields, time } = await engine.ask(markGroup);
    const useless = this.#speaker.align(fields, time, {
      offsetMs: this.#presence.offsetMs,
      spokenUntil: this.#otherSpokeAt - this.ttlMs,
      isFirst: !this.#presence.members.hasMet,
    });
    this.#alignedGrant = lease.text;
    if (useless.length === 0) return;
    const removed = Object.fromEntries(useless.map((key) => [key, ""]));
    await engine.mark(markGroup, removed, lease.fence);
  }

  #showState(): void {
    this.#shown.show(this.#presentState, this.speaks);
  }

  get #presentState(): ClusterState {
    if (this.#grant !== undefined && !this.#health.isAlone) return { name: "speaking" };
    if (this.#health.fault !== undefined) return { name: "no-engine", error: this.#health.fault };
    if (this.#joined === undefined) return { name: "idle" };
    return waitingState(this.#joined.lease.lastHolder, this.me);
  }
}
