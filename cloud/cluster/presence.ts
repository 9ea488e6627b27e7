import type { Clock } from "../core/clock";
import type { ClusterEngine } from "./engine";
import { jitterMs, sameValueMs } from "./alignment";
import { Members } from "./members";

/** A copy that is offline gives way after so long. */
const offlineGraceMs = 2_000;

interface PresenceOptions {
  clock: Clock;
  me: string;
  ttlMs: number;
  holdMs: number;
  /** Into how many slots this copy divides the things. */
  slots: number;
}

/** The list of copies is kept so long when none is left. */
const listLifeMs = 86_400_000;

/** A copy that hears for so long knows each value that is not marked yet from one that was given. */
const settledMs = sameValueMs + jitterMs;

/** Who lives, what they have heard, and whether it is this copy's turn: what decides who may take a lease. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #clock: Clock;
  /** The text that tells the flow of this copy from others; blank while that is not known. */
  flow = "";
  #members: Members;
  #isKnown = false;
  #isNewAmongSilent = false;
  #server = "";
  #offsetMs = 0;
  /** By the monotonic clock: since when this copy hears the Arduino Cloud; absent while it does not. */
  #onlineSince: number | undefined;
  #offlineSince: number | undefined;
  /** Whether it is about to hear, as far as that depends on it. */
  #isConnecting = false;
  /** By the monotonic clock: until then others go first. */
  #yieldUntil = -Infinity;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#members = new Members(options);
  }

  /** The difference between the engine's time and the monotonic clock, in milliseconds. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** How far the engine's clock is ahead of ours, in milliseconds; 0 before it is known. */
  get clockSkewMs(): number {
    return this.#offsetMs === 0 ? 0 : this.#clock.monotonic() + this.#offsetMs - this.#clock.now();
  }

  /** The copies that live. */
  get members(): Members {
    return this.#members;
  }

  /** Whether this copy has not heard the Arduino Cloud for so long that another one should speak. */
  get isAwayTooLong(): boolean {
    return this.#clock.monotonic() - (this.#offlineSince ?? Infinity) >= offlineGraceMs;
  }

  /** Whether this copy has told the others that it lives. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Whether this copy came, at the last meeting, among others of which one has not told for long that it lives. */
  get isNewAmongSilent(): boolean {
    return this.#isNewAmongSilent;
  }

  /** Begins anew: nobody is known. */
  join(): void {
    if (this.#onlineSince === undefined) this.#offlineSince ??= this.#clock.monotonic();
    this.#members = new Members(this.#options);
    this.#isKnown = false;
  }

  /** Notes whether this copy hears the Arduino Cloud. */
  setOnline(isOnline: boolean): void {
    const now = this.#clock.monotonic();
    this.#onlineSince = isOnline ? (this.#onlineSince ?? now) : undefined;
    this.#offlineSince = isOnline ? undefined : (this.#offlineSince ?? now);
    this.#isConnecting = !isOnline;
  }

  /** Lets others go first for the life of a lease, and tells them. */
  async yield(engine: ClusterEngine): Promise<void> {
    this.#yieldUntil = this.#clock.monotonic() + this.#options.ttlMs;
    await engine.mark("live", this.#members.own(Infinity, this.flow), undefined, listLifeMs);
  }

  /** Tells the others that this copy lives, and learns who they are. */
  async meet(engine: ClusterEngine): Promise<void> {
    const askedAt = this.#clock.monotonic();
    const { fields, time } = await engine.ask("live");
    this.#learnOffset(time, askedAt);
    const gone = this.#members.note(fields, time);
    const isYielding = this.#clock.monotonic() < this.#yieldUntil;
    const own = this.#members.own(isYielding ? Infinity : this.#heardSince, this.flow);
    const told = { ...own, ...Object.fromEntries(gone.map((id) => [id, ""])) };
    await engine.mark("live", told, undefined, listLifeMs);
    this.#isNewAmongSilent = !this.#isKnown && this.#members.hasSilentPeer;
    this.#isKnown = true;
  }

  /** Learns the engine's time; what is known already stays where a slow answer does not tell more. */
  #learnOffset(time: number, askedAt: number): void {
    const answeredAt = this.#clock.monotonic();
    const offsetMs = time - (askedAt + answeredAt) / 2;
    if (Math.abs(offsetMs - this.#offsetMs) > (answeredAt - askedAt) / 2) this.#offsetMs = offsetMs;
  }

  /** Notes which server answers; returns whether it is another one, which may not know a lease that is believed in. */
  answersFrom(server: string): boolean {
    const isOther = this.#server !== "" && server !== "" && server !== this.#server;
    if (server !== "") this.#server = server;
    return isOther;
  }

  /** Whether this copy hears the Arduino Cloud, and leaves nothing to others at the moment. */
  get isReady(): boolean {
    return this.#onlineSince !== undefined && this.#clock.monotonic() >= this.#yieldUntil;
  }

  /** The copies that can speak for what another one gives them; without this one where it can't. */
  get ready(): string[] {
    const others = this.#members.settled(settledMs);
    return this.isReady ? [this.#options.me, ...others] : others;
  }

  /** Returns whether a lease that nobody holds may be taken by this copy. */
  mayTake(): boolean {
    // Of several that begin, the first one that hears goes first; this one will hear in a moment, if it can.
    if (this.#isConnecting && !this.isAwayTooLong) return false;
    if (!this.#members.hasOnlinePeer) return true;
    if (!this.isReady) return false;
    return !this.#members.hasElder(this.#heardSince, this.#options.holdMs);
  }

  /** The engine's time since when this copy hears without a gap. */
  get #heardSince(): number {
    return Math.round((this.#onlineSince ?? Infinity) + this.#offsetMs);
  }
}
