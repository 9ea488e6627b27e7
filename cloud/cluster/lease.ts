import type { Clock } from "../core/clock";
import type { ClusterEngine, Fence } from "./engine";

/** The outcome of an attempt to take or keep a lease. */
export type LeaseOutcome =
  /** It is ours; `isContinued`: nobody else had it since we had it last. */
  | { readonly isHeld: true; readonly isContinued: boolean }
  /** It is another copy's, or where `holder` is blank nobody's. */
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
  #lastHolder = "";
  #validUntil = -Infinity;

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
    const { holder, before, leftMs } = await engine.lease({ name, me, ttlMs, mayTake });
    const id = copyOf(holder);
    if (id !== me) {
      this.#validUntil = -Infinity;
      if (id !== "") this.#lastHolder = id;
      return { isHeld: false, holder: id, leftMs };
    }
    const former = this.#text;
    // An engine that has forgotten all does not know better than we do.
    const isKnown = before === former || (before === "" && this.#lastHolder === me);
    this.#text = holder;
    this.#epoch = Number(holder.slice(holder.lastIndexOf("|") + 1));
    this.#lastHolder = me;
    this.#validUntil = askedAt + trustedShare * ttlMs;
    return { isHeld: true, isContinued: former !== "" && (holder === former || isKnown) };
  }

  /** Frees it. */
  async free(): Promise<void> {
    const { engine, name, me } = this.#options;
    this.#validUntil = -Infinity;
    await engine.lease({ name, me, ttlMs: 0, mayTake: false });
    this.#validUntil = -Infinity;
  }
}

/** Returns the copy out of `copy|epoch`. */
function copyOf(holder: string): string {
  return holder.slice(0, Math.max(0, holder.lastIndexOf("|")));
}
