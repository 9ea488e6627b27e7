import type { Clock } from "../core/clock";
import { inBackground } from "../core/guard";
import type { ClusterEngine, Fence } from "./engine";
import { inTime } from "./in-time";
import { Lease } from "./lease";
import { type Mark, markGroup, markLifeMs } from "./mark";
import { type OpenLane, Speaker } from "./speaker";
import type { Grant, LaneHandlers, RingRoom } from "./value-ring";

const leaseMarginMs = 15;
/** So long a copy that gives a slot away waits for the flow: what that has not done by then is given again. */
const flowTimeoutMs = 1_500;

interface SlotOptions {
  clock: Clock;
  number: number;
  me: string;
  ttlMs: number;
  holdMs: number;
  room: RingRoom;
  /** The difference between the engine's time and the monotonic clock, in milliseconds. */
  offsetMs: () => number;
  /** Whether this copy goes on alone with what it had, since there is no engine. */
  isAlone: () => boolean;
  /** Told that the engine has answered, and so who speaks is known. */
  onKnown: () => void;
  /** Told that marks were refused: another copy may have the lease. */
  onRefused: () => void;
  /** Does what is to be done before it goes to another copy. */
  beforeGiving: () => Promise<unknown>;
  onLost: () => unknown;
  onFault: (reason: unknown) => void;
}

/** A part of the things, for which one copy at a time speaks: the one that has its lease. */
export class Slot {
  readonly number: number;
  readonly #speaker: Speaker;
  readonly #options: SlotOptions;
  readonly #clock: Clock;
  #engine: ClusterEngine | undefined;
  #lease: Lease | undefined;
  /** The grant up to which what was heard has been settled: only under this one values may go out. */
  #alignedGrant = "";
  #grant: Grant | undefined;
  #givingAway: Promise<void> | undefined;
  /** By the monotonic clock: when another copy was last known to have the lease. */
  #otherSpokeAt = -Infinity;
  /** By the monotonic clock: before that it is not taken. */
  #takeFrom = -Infinity;
  /** Whether the copy that had it last has freed it, and so marked all that it gave. */
  #isFreed = false;
  /** By the monotonic clock: until then it may be taken, since another copy has given it to this one. */
  #offeredUntil = -Infinity;
  /** Who has the lease, as the engine told last; blank: nobody. */
  #holder = "";

  constructor(options: SlotOptions) {
    const { clock, number, holdMs, room, offsetMs, onLost, onFault } = options;
    this.number = number;
    this.#options = options;
    this.#clock = clock;
    const grant = (now: number): Grant | undefined => this.#grantAt(now);
    const writeMarks = (marks: Record<string, string>): Promise<void> => this.#writeMarks(marks);
    this.#speaker = new Speaker({ ...{ clock, holdMs, room, offsetMs, onLost, onFault }, grant, writeMarks });
  }

  /** Begins to take part. */
  join(engine: ClusterEngine): void {
    const { clock, number, me, ttlMs } = this.#options;
    this.#engine = engine;
    this.#lease = new Lease({ engine, clock, name: String(number), me, ttlMs });
  }

  /** Takes part no more. */
  leave(): void {
    this.#engine = undefined;
    this.#lease = undefined;
    this.#alignedGrant = "";
    this.#holder = "";
  }

  /** Opens a lane for values of its things. */
  open<T>(key: string, handlers: LaneHandlers<T>): OpenLane<T> {
    return this.#speaker.open(key, handlers);
  }

  /** Sends what has waited, as far as this copy may. */
  drain(): void {
    inBackground(this.#speaker.drain());
  }

  /** Under which right values may be sent at this moment; undefined where they may not. */
  get grant(): Grant | undefined {
    return this.#grantAt(this.#clock.monotonic());
  }

  #grantAt(now: number): Grant | undefined {
    if (this.#givingAway !== undefined) return undefined;
    const lease = this.#lease;
    const isHeld = lease?.isValidAt(now) === true && this.#alignedGrant === lease.text;
    const { number: slot, isAlone } = this.#options;
    if (!isHeld && !(this.wasOurs && isAlone())) return undefined;
    const epoch = lease?.epoch ?? 0;
    // The same for all values under it.
    if (this.#grant?.epoch !== epoch) this.#grant = { epoch, slot };
    return this.#grant;
  }

  /** Whether this copy has the lease. */
  get isHeld(): boolean {
    return this.#lease?.isValid === true;
  }

  /** Who has the lease, as far as is known; blank: nobody. */
  get holder(): string {
    return this.isHeld ? this.#options.me : this.#holder;
  }

  /** The copy that is known to have had the lease last; blank where none is. */
  get lastHolder(): string {
    return this.#lease?.lastHolder ?? "";
  }

  /** Whether no other copy is known to have had it last. */
  get wasOurs(): boolean {
    return this.lastHolder === "" || this.lastHolder === this.#options.me;
  }

  /** The right with which this copy writes down things for all; undefined where it has none. */
  get fence(): Fence | undefined {
    const lease = this.#lease;
    const isStillHeld = this.#givingAway !== undefined && lease?.isValid === true && this.#alignedGrant === lease.text;
    return this.grant === undefined && !isStillHeld ? undefined : lease?.fence;
  }

  /** Whether it has been taken, and what was heard is not settled yet. */
  get needsAlignment(): boolean {
    return this.isHeld && this.#givingAway === undefined && this.#alignedGrant !== this.#lease?.text;
  }

  /** Whether it may be taken, as far as the other copies agree. */
  get isFree(): boolean {
    return this.#givingAway === undefined && this.#pauseMs === 0;
  }

  /** Whether another copy has given it to this one. */
  get isOffered(): boolean {
    return this.#clock.monotonic() < this.#offeredUntil;
  }

  /** Notes that another copy gives it to this one. */
  offer(): void {
    this.#offeredUntil = this.#clock.monotonic() + this.#options.ttlMs;
    this.#takeFrom = -Infinity;
  }

  /** Notes that a copy has freed what it had: it need not go first any more. */
  freedBy(copy: string): void {
    if (copy !== this.lastHolder) return;
    this.#isFreed = true;
    this.#takeFrom = -Infinity;
  }

  /** Leaves it to others for a while. */
  pause(milliseconds: number): void {
    this.#takeFrom = Math.max(this.#takeFrom, this.#clock.monotonic() + milliseconds);
  }

  /** Notes that another server answers, which may not know a lease that is believed in. */
  serverChanged(): void {
    // Whoever spoke last goes first: nothing comes twice then.
    if (!this.isHeld) this.pause((this.lastHolder === this.#options.me ? 1 : 2) * this.#options.ttlMs);
  }

  /**
   * Notes that the engine is away: whoever spoke last may have given more than it could mark, and goes first when the
   * engine is back, whichever process answers then.
   */
  engineIsAway(): void {
    const isMine = this.lastHolder === this.#options.me;
    if (!this.isHeld && !isMine && !this.#isFreed) this.pause(this.#options.ttlMs);
  }

  /** Tries to keep or take it; returns the milliseconds until it may be free. */
  async attempt(mayTake: boolean): Promise<number> {
    const lease = this.#lease;
    if (lease === undefined) return this.#options.ttlMs;
    const before = lease.text;
    const outcome = await lease.attempt(mayTake);
    if (outcome.isHeld || outcome.holder !== "") this.#isFreed = false;
    if (outcome.isHeld) {
      this.#offeredUntil = -Infinity;
      this.#holder = "";
      if (outcome.isContinued && this.#givingAway === undefined && this.#alignedGrant === before) {
        this.#alignedGrant = lease.text;
      }
      if (!this.needsAlignment) this.#options.onKnown();
      return this.#options.ttlMs;
    }
    this.#holder = outcome.holder;
    if (outcome.holder === "") return Math.max(leaseMarginMs, this.#pauseMs, outcome.leftMs);
    this.#otherSpokeAt = this.#clock.monotonic();
    this.#alignedGrant = "";
    this.#options.onKnown();
    this.#speaker.forgetMarks();
    return outcome.leftMs + leaseMarginMs;
  }

  /** Settles what was heard, now that it is taken. */
  align(marks: ReadonlyMap<string, Mark>, isFirst: boolean): void {
    const { offsetMs, ttlMs } = this.#options;
    // It may have been gone for a ttl, and for some more where the engine's clock was set back.
    const spokenUntil = this.#otherSpokeAt - 2 * ttlMs;
    this.#speaker.align({ marks, offsetMs: offsetMs(), spokenUntil, isFirst });
    this.#alignedGrant = this.#lease?.text ?? "";
    this.#options.onKnown();
  }

  /** Stops speaking, marks how far it came and frees the lease, behind some work; once, however many ask. */
  giveAway(before: Promise<unknown> = Promise.resolve()): Promise<void> {
    this.#givingAway ??= this.#free(Promise.all([before, this.#options.beforeGiving()])).finally(() => {
      this.#alignedGrant = "";
      this.#givingAway = undefined;
      this.#speaker.forgetMarks();
    });
    return this.#givingAway;
  }

  async #free(before: Promise<unknown>): Promise<void> {
    const lease = this.#lease;
    try {
      await Promise.all([before, inTime(this.#clock, this.#speaker.idle(), flowTimeoutMs)]);
      await this.#speaker.flush();
      this.#alignedGrant = "";
      await lease?.free();
    } catch {
      // Whoever comes next waits until the lease ends.
    }
  }

  async #writeMarks(marks: Record<string, string>): Promise<void> {
    const { fence } = this.#lease ?? {};
    if (fence === undefined || this.#alignedGrant !== fence.holder) return;
    const isWritten = await this.#engine?.mark(markGroup, marks, fence, markLifeMs);
    if (isWritten === false) this.#options.onRefused();
  }

  get #pauseMs(): number {
    return Math.max(0, this.#takeFrom - this.#clock.monotonic());
  }
}
