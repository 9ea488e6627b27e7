import type { LiveValue } from "../live-values/value-feed";
import type { Direction } from "../mqtt/topics";
import type { BufferedValue } from "./replay-context";
import { SeenValues } from "./seen-values";

/** How the values of an outage are got: each one from history, or the present ones as far as they are news. */
export type Remedy = "history" | "present";

/** A time in which no live values came, with those that came behind it. The time before the first one is one too. */
export interface Outage {
  readonly remedy: Remedy;
  /** Milliseconds since 1970 at which it began, and at which values came again; undefined until then. */
  readonly lostAt: number;
  backAt?: number;
  /** Live values that wait behind it, or have gone out but are needed to find where it ends. */
  readonly buffered: BufferedValue[];
  bytes: number;
  /** Whether live values go out at once, and do not wait. */
  isReleased: boolean;
  /** The variables of which a value came, in the direction that the cloud keeps. */
  readonly came: Set<string>;
  /** The values that went out since it was released, where what was seen before it is still needed. */
  readonly later: SeenValues;
}

interface OutageQueueOptions {
  /** The direction of the values that the cloud keeps. */
  direction: Direction;
  /** The values seen before the first of the outages. */
  seen: SeenValues;
  /** Most live values that wait, and most bytes of them. */
  limits: { values: number; bytes: number };
  give: (live: LiveValue) => void;
  warn: (message: string) => void;
}

/** A value takes so many bytes besides its texts, roughly. */
const valueBytes = 200;

/** The outages that are not caught up, oldest first, and the live values that wait behind them. */
export class OutageQueue {
  readonly #options: OutageQueueOptions;
  readonly #outages: Outage[] = [];

  constructor(options: OutageQueueOptions) {
    this.#options = options;
  }

  /** The one that is dealt with now. */
  get first(): Outage | undefined {
    return this.#outages[0];
  }

  /** The one behind which live values wait. */
  get last(): Outage | undefined {
    return this.#outages.at(-1);
  }

  /** Milliseconds since 1970 at which the outage after the first began. */
  get lostAgainAt(): number | undefined {
    return this.#outages[1]?.lostAt;
  }

  /**
   * Begins an outage; returns it.
   * @param isWaitedFor whether live values wait until it is caught up; they do in any case while others wait before them
   */
  begin(remedy: Remedy, lostAt: number, isWaitedFor: boolean): Outage {
    const isReleased = !isWaitedFor && this.#outages.every((other) => other.isReleased);
    const empty = { buffered: [], bytes: 0, came: new Set<string>(), later: new SeenValues() };
    const outage: Outage = { remedy, lostAt, isReleased, ...empty };
    this.#outages.push(outage);
    return outage;
  }

  /** Takes a live value: gives it, or lets it wait behind the last outage. */
  take(live: LiveValue, at: number): void {
    const { direction, seen, give, limits, warn } = this.#options;
    const outage = this.last;
    if (outage !== undefined && live.direction === direction) outage.came.add(live.variable);
    if (outage === undefined || outage.isReleased) {
      // A replay needs what was seen before the outage.
      this.#note({ live, at }, outage?.remedy === "history" ? outage.later : seen);
      give(live);
      return;
    }
    outage.buffered.push({ live, at });
    outage.bytes += sizeOf(live);
    const sum = (of: (outage: Outage) => number): number => this.#outages.reduce((total, one) => total + of(one), 0);
    if (sum(({ buffered }) => buffered.length) <= limits.values && sum(({ bytes }) => bytes) <= limits.bytes) return;
    warn("Too many live values wait for the values of an outage: they go on now, and the older ones follow late.");
    for (const one of this.#outages) this.#release(one);
  }

  /** Lets what waits for present values go on, in its order; what waits for values of history goes on waiting. */
  releaseFrom(outage: Outage): void {
    const begin = this.#outages.indexOf(outage);
    if (begin < 0) return;
    for (const one of this.#outages.slice(begin)) {
      if (one.remedy === "history") return;
      this.#release(one);
    }
  }

  /** Ends the first outage: what waits goes out, and all up to the return has been seen. */
  finish(): void {
    const outage = this.#outages.shift();
    if (outage === undefined) return;
    const { seen, give } = this.#options;
    for (const value of outage.buffered) {
      this.#note(value, seen);
      if (!outage.isReleased) give(value.live);
    }
    seen.append(outage.later);
    seen.since = outage.backAt;
  }

  /** Returns the live values of a variable that wait behind the first outage; undefined where one went out before. */
  waiting(variable: string): readonly BufferedValue[] | undefined {
    const [first, ...others] = this.#outages;
    if (first === undefined || others.some(({ came }) => came.has(variable))) return undefined;
    if (!first.came.has(variable)) return [];
    return first.isReleased ? undefined : first.buffered.filter((one) => this.#isKept(one, variable));
  }

  /** Lets what waits behind an outage go out of turn, which is better than to lose it. */
  #release(outage: Outage): void {
    if (outage.isReleased) return;
    const { seen, give } = this.#options;
    outage.isReleased = true;
    for (const { live } of outage.buffered) give(live);
    if (outage.remedy === "history") return;
    for (const value of outage.buffered.splice(0)) this.#note(value, seen);
  }

  #note({ live, at }: BufferedValue, seen: SeenValues): void {
    const { variable, value, timestamp, direction } = live;
    if (direction === this.#options.direction) seen.note(variable, { value, timestamp, at, isStored: false });
  }

  #isKept({ live }: BufferedValue, variable: string): boolean {
    return live.variable === variable && live.direction === this.#options.direction;
  }
}

function sizeOf({ value }: LiveValue): number {
  const parts = typeof value === "object" ? Object.values(value) : [value];
  return parts.reduce<number>((sum, part) => sum + (typeof part === "string" ? 2 * part.length : 0), valueBytes);
}
