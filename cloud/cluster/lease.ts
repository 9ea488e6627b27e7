import type { Clock } from "../core/clock";
import type { ClusterEngine, Fence, Taking } from "./engine";

/** The outcome of an attempt to take or keep a lease. */
export type LeaseOutcome =
  /** It is ours; `isContinued`: nobody else had it since we had it last. */
  | { readonly isHeld: true; readonly isContinued: boolean }
  /** It is another copy's, or where `holder` is blank nobody's; it may be taken in `leftMs` milliseconds. */
  | { readonly isHeld: false; readonly holder: string; readonly leftMs: number };

/** A holder believes for this part of the time that the engine gives, counted from before it asked. */
const trustedShare = 0.8;

interface LeaseOptions {
  engine: ClusterEngine;
  clock: Clock;
  /** Which lease. */
  name: string;
  /** This copy. */
  me: string;
  ttlMs: number;
}

/**
 * A lease that one copy at a time has. Whether it is valid is judged by our own monotonic clock, so that a process that
 * slept finds it over before it does anything.
 */
export class Lease {
  readonly #options: LeaseOptions;
  #text = "";
  #epoch = 0;
  /** The last grant that this copy gave up: an engine that is set back to before that brings it back. */
  #freed = "";
  #lastHolder = "";
  #validUntil = -Infinity;
  /** The newest grant of any copy that is known. */
  #known = 0;
  /** By the monotonic clock: until then another copy may believe that it has it, unless it gave it up. */
  #otherUntil = -Infinity;
  /** By the monotonic clock, where the engine has lost it: from then on nobody can believe in it any more. */
  #anewFrom: number | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** Whether nobody else can have it at this moment. */
  get isValid(): boolean {
    return this.isValidAt(this.#options.clock.monotonic());
  }

  /** Returns whether nobody else can have it at a moment of the monotonic clock. */
  isValidAt(moment: number): boolean {
    return moment < this.#validUntil;
  }

  /** The last grant to this copy, as `copy|epoch`; blank before there was one. */
  get text(): string {
    return this.#text;
  }

  /** The right with which what only the holder may write is written; undefined before there was a grant. */
  get fence(): Fence | undefined {
    return this.#text === "" ? undefined : { lease: this.#options.name, holder: this.#text };
  }

  /** The number of the last grant, which only grows; 0 before there was one. */
  get epoch(): number {
    return this.#epoch;
  }

  /** The copy that is known to have had it last; blank where none is. */
  get lastHolder(): string {
    return this.#lastHolder;
  }

  /** Tries to keep it, or where it `mayTake` to take it. */
  async attempt(mayTake: boolean): Promise<LeaseOutcome> {
    const { engine, clock, name, me, ttlMs } = this.#options;
    const askedAt = clock.monotonic();
    const wasValid = this.isValidAt(askedAt);
    // A grant that is good and that the engine has lost is nobody else's.
    const taking = wasValid ? "anew" : mayTake ? this.#takingAt(askedAt) : "no";
    const answer = await engine.lease({ name, me, ttlMs, taking, known: this.#known });
    const { holder, before, hasForgotten } = answer;
    this.#known = Math.max(this.#known, epochOf(holder), epochOf(before));
    // Whoever had it last goes first.
    const lostMs = this.#lastHolder === me ? ttlMs : 2 * ttlMs;
    this.#anewFrom = hasForgotten ? (this.#anewFrom ?? clock.monotonic() + lostMs) : undefined;
    const id = copyOf(holder);
    if (id !== me) {
      this.#validUntil = -Infinity;
      return this.#notHeld(id, answer.leftMs);
    }
    if (holder === this.#freed) {
      await this.free();
      return this.#notHeld("", 0);
    }
    const former = this.#text;
    // An engine that has forgotten all, or what was last, does not know better than we do.
    const isOlder = before === "" ? this.#lastHolder === me : wasValid && epochOf(before) < this.#epoch;
    const isKnown = before === former || isOlder;
    this.#text = holder;
    this.#epoch = epochOf(holder);
    this.#lastHolder = me;
    this.#validUntil = askedAt + trustedShare * ttlMs;
    return { isHeld: true, isContinued: former !== "" && (holder === former || isKnown) };
  }

  #takingAt(now: number): Taking {
    if (this.#anewFrom !== undefined && now >= this.#anewFrom) return "anew";
    // The engine's clock may have been set forward.
    return now >= this.#otherUntil ? "over" : "freed";
  }

  #notHeld(holder: string, leftMs: number): LeaseOutcome {
    const now = this.#options.clock.monotonic();
    if (holder !== "") {
      this.#lastHolder = holder;
      this.#otherUntil = now + leftMs;
    }
    return { isHeld: false, holder, leftMs: Math.max(0, (this.#anewFrom ?? this.#otherUntil) - now) };
  }

  /** Frees it. */
  async free(): Promise<void> {
    const { engine, name, me } = this.#options;
    this.#validUntil = -Infinity;
    this.#freed = this.#text;
    await engine.lease({ name, me, ttlMs: 0, taking: "no", known: this.#known });
    this.#validUntil = -Infinity;
  }
}

/** Returns the epoch out of `copy|epoch`; 0 where it is blank. */
function epochOf(holder: string): number {
  return Number(holder.slice(holder.lastIndexOf("|") + 1));
}

/** Returns the copy out of `copy|epoch`. */
function copyOf(holder: string): string {
  return holder.slice(0, Math.max(0, holder.lastIndexOf("|")));
}
