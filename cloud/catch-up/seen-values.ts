import { nextTurn } from "../core/guard";
import { asRecord, isFiniteNumber } from "../core/json";

/** A value that was seen, live or in history. */
export interface SeenValue {
  value: unknown;
  /** Milliseconds since 1970, as flows got it. */
  timestamp: number;
  /** Milliseconds since 1970 at which it arrived, by our own clock. */
  at: number;
  /** Whether it comes from history, so that its timestamp is the stored one. */
  isStored: boolean;
}

/**
 * The values seen last, as plain JSON: by variable name the last value, the time that flows got with it and the time at
 * which it arrived. The entry under `""` tells since when all variables are followed.
 */
export type LastSeen = Record<string, LastSeenValue>;

interface LastSeenValue {
  time: number;
  at?: number;
  value: unknown;
  /** The time is the stored one: the value comes from history. */
  stored?: boolean;
  /** How far the sender's clock is ahead of ours, where the times don't tell. */
  offset?: number;
}

/** So many values of each variable are remembered: enough to find a place in the history of one that repeats itself. */
export const maxSeenValues = 20;
/** A timestamp that is so far from the time of arrival is the sender's own. */
const ownTimeMs = 1_000;
/** A sender's clock that is off by more is no help in finding its values in history. */
const maxOffsetMs = 86_400_000;

/** The state of a variable for a store while nodes have not got all that was noted. */
interface Counted {
  value: SeenValue | undefined;
  /** How many values are noted and do not count yet. */
  pending: number;
}

/**
 * The last values of the variables of a thing, in the order in which they were seen. For a store a value counts from the next
 * turn of the event loop on: only then Node-RED hands over what is sent, and not to a node that is closed by then. Each has a
 * turn of its own, as each message has in Node-RED: what is noted in the turns that all wait for comes a round later.
 */
export class SeenValues {
  #since: number | undefined;
  /** The one that counts for a store. */
  #countedSince: number | undefined;
  /** The variables with values that do not count yet, by name. */
  readonly #counted = new Map<string, Counted>();
  #pending = 0;
  /** Counts up when what is pending is decided in another way. */
  #round = 0;
  readonly #values = new Map<string, SeenValue[]>();
  readonly #offsets = new Map<string, number>();
  #reached = -Infinity;

  /**
   * Reads what `toJSON` gave, of one variable or of all where it is blank; anything else counts as nothing. No time of
   * arrival is later than `now`.
   */
  static from(json: unknown, now: number, wanted = ""): SeenValues {
    const seen = new SeenValues();
    for (const [variable, entry] of Object.entries(asRecord(json) ?? {})) {
      if (wanted !== "" && variable !== "" && variable !== wanted) continue;
      const { time, at = time, value, stored, offset } = asRecord(entry) ?? {};
      if (typeof time !== "number" || typeof at !== "number" || !Number.isFinite(time + at)) continue;
      if (variable === "") {
        seen.since = Math.min(time, now);
        continue;
      }
      seen.#add(variable, { value, timestamp: time, at: Math.min(at, now), isStored: stored === true });
      if (isFiniteNumber(offset)) seen.#offsets.set(variable, offset);
    }
    if (Number.isFinite(seen.#reached)) seen.since ??= seen.#reached;
    return seen;
  }

  /** Milliseconds since 1970 from which on nothing has been missed, but for outages; undefined before that. */
  get since(): number | undefined {
    return this.#since;
  }

  set since(time: number | undefined) {
    this.#since = time;
    const count = (): void => void (this.#countedSince = time);
    // That it begins at all counts at once: a kill right behind it must not lose what comes in between.
    if (this.#countedSince === undefined) count();
    else this.#countLater(count);
  }

  /** Whether all of it counts for a store too. */
  get isSettled(): boolean {
    return this.#pending === 0;
  }

  /** Lets all of it count at once. */
  settle(): void {
    this.#decide();
    this.#counted.clear();
    this.#countedSince = this.#since;
  }

  /** Lets what does not count yet never count: no node will get it. */
  drop(): void {
    this.#decide();
    for (const counted of this.#counted.values()) counted.pending = Infinity;
  }

  /** Milliseconds since 1970 at which the connection was alive for certain: the last value came, or following began. */
  get reached(): number {
    return Math.max(this.#reached, this.since ?? -Infinity);
  }

  note(variable: string, value: SeenValue): void {
    const counted = this.#counted.get(variable) ?? { value: this.#values.get(variable)?.at(-1), pending: 0 };
    counted.pending++;
    this.#counted.set(variable, counted);
    this.#countLater(() => {
      counted.value = value;
      counted.pending--;
      if (counted.pending === 0) this.#counted.delete(variable);
    });
    this.#add(variable, value);
  }

  #add(variable: string, value: SeenValue): void {
    const values = this.#values.get(variable);
    if (values === undefined) this.#values.set(variable, [value]);
    else if (values.push(value) > maxSeenValues) values.shift();
    if (value.at > this.#reached) this.#reached = value.at;
    if (!value.isStored) this.#offsets.set(variable, offsetOf(value.timestamp, value.at));
  }

  /** Takes over what another one has seen after this. */
  append(later: SeenValues): void {
    for (const [variable, values] of later.#values) for (const value of values) this.note(variable, value);
  }

  /** Takes over what another one has seen of variables of which this one has seen less. */
  renew(other: SeenValues): void {
    for (const [variable, values] of other.#values) {
      const [own, last] = [this.#values.get(variable)?.at(-1), values.at(-1)];
      if (last === undefined || this.#counted.has(variable) || (own !== undefined && own.at >= last.at)) continue;
      this.#values.set(variable, [...values]);
      this.#offsets.set(variable, other.offset(variable));
      this.#reached = Math.max(this.#reached, last.at);
    }
  }

  of(variable: string): readonly SeenValue[] {
    return this.#values.get(variable) ?? [];
  }

  /**
   * Returns how far the sender's clock is ahead of ours, in milliseconds; 0 where values come without times of their
   * own.
   */
  offset(variable: string): number {
    return this.#offsets.get(variable) ?? 0;
  }

  /**
   * Returns what a store can hold of it.
   * @param since stands in for the property, where that is undefined
   */
  toJSON(since?: number): LastSeen {
    const time = this.#countedSince ?? since;
    const entries: [string, LastSeen[string]][] = time === undefined ? [] : [["", { time, value: null }]];
    for (const [variable, values] of this.#values) {
      const counted = this.#counted.get(variable);
      const last = counted === undefined ? values.at(-1) : counted.value;
      if (last === undefined) continue;
      const { timestamp: time, at, value, isStored } = last;
      entries.push([variable, { time, at, value, ...(isStored && { stored: true, offset: this.offset(variable) }) }]);
    }
    return Object.fromEntries(entries);
  }

  #countLater(count: () => void): void {
    this.#pending++;
    const round = this.#round;
    nextTurn(() => {
      if (round !== this.#round) return;
      this.#pending--;
      count();
    });
  }

  #decide(): void {
    this.#round++;
    this.#pending = 0;
  }
}

/** Returns what was seen before a moment: what a predecessor saw, unless that reaches beyond it and shall come again. */
export function seenBefore(time: number, seen: SeenValues): SeenValues {
  if (seen.since !== undefined && seen.reached < time) return seen;
  const nothing = new SeenValues();
  nothing.since = time;
  return nothing;
}

/** Returns whether a timestamp is that of the arrival, so that it tells nothing of the sender's clock. */
export function isArrivalTime(timestamp: number, at: number): boolean {
  return Math.abs(timestamp - at) < ownTimeMs;
}

/** Returns how far the timestamp of a value is ahead of its arrival, where that tells of the sender's clock. */
export function offsetOf(timestamp: number, at: number): number {
  const offset = timestamp - at;
  return isArrivalTime(timestamp, at) || Math.abs(offset) > maxOffsetMs ? 0 : offset;
}
