import type { Clock } from "../core/clock";
import { findMark, type Placed, sameValueMs } from "./alignment";
import { type Mark, maxPrints } from "./mark";
import { PlacedValue, SpokenValues } from "./spoken-values";

/** The right with which a value is sent: a sink that must obey one copy only refuses lower epochs. */
export interface Grant {
  readonly epoch: number;
  readonly slot: number;
}

/** The work on the values of a lane. */
export interface LaneHandlers<T> {
  /** Sends a value into the flow. A promise that is returned resolves when the flow is done with it; else it is so at once. */
  speak(item: T, grant: Grant): Promise<unknown> | undefined;
  /** Notes a value that another copy has sent. */
  skip(item: T): void;
  /** Returns the fingerprint of a value, which is the same in all copies that hear it. */
  print(item: T): number;
  /** Returns whether it is a value that the cloud held when this copy started. */
  isInitial(item: T): boolean;
}

/** One stream of values, in the order in which they are heard: of a node, a thing and a direction. */
export class Lane {
  readonly key: string;
  /** Those of the present listener, or of the last one. */
  handlers: LaneHandlers<unknown>;
  /** Whether somebody listens; what waits for a successor is kept. */
  isOpen = true;
  /** The fingerprints of the last values that are done. */
  #prints: number[] = [];
  #heardAt = 0;
  #ahead: readonly number[] = [];
  #aheadUntil = 0;

  constructor(key: string, handlers: LaneHandlers<unknown>) {
    this.key = key;
    this.handlers = handlers;
  }

  /** Notes a value that has gone into the flow. */
  spoke({ print, heardAt }: HeardValue): void {
    this.#heardAt = heardAt;
    this.#prints.push(print);
    if (this.#prints.length > maxPrints) this.#prints.shift();
  }

  /**
   * Goes on from what another copy has marked.
   * @param ahead the fingerprints of what that copy had heard already and this one has not
   * @param until for so long that may come, by the monotonic clock
   */
  continueFrom({ prints }: Mark, ahead: readonly number[], until: number): void {
    this.#prints = [...prints];
    this.#ahead = ahead;
    this.#aheadUntil = until;
  }

  /** Returns whether another copy has sent a value, which this one hears only now. */
  isBehind({ item, heardAt }: HeardValue): boolean {
    if (this.#ahead.length === 0) return false;
    const isNext = heardAt <= this.#aheadUntil && this.#ahead[0] === this.print(item);
    this.#ahead = isNext ? this.#ahead.slice(1) : [];
    return isNext;
  }

  /** Returns the fingerprint of a value. */
  print(item: unknown): number {
    return this.handlers.print(item);
  }

  /** Returns how far it has gone, in the engine's time. */
  mark(offsetMs: number): Mark {
    return { at: Math.round(this.#heardAt + offsetMs), prints: this.#prints };
  }
}

/** A value that was heard. */
export interface HeardValue {
  /** Counts up over all lanes, once it is kept. */
  number: number;
  readonly lane: Lane;
  readonly item: unknown;
  /** By the monotonic clock. */
  readonly heardAt: number;
  /** It has gone into the flow, by this copy or another one. */
  isDone: boolean;
  /** Its fingerprint, once it has gone into the flow of this copy. */
  print: number;
}

/** The facts that are known at a take-over. */
export interface TakeOver {
  marks: ReadonlyMap<string, Mark>;
  /** All lanes. */
  lanes: Iterable<Lane>;
  /** The difference between the engine's time and the monotonic clock, in milliseconds. */
  offsetMs: number;
  /** Another copy may have given what was heard before, where there is no mark; by the monotonic clock. */
  spokenUntil: number;
  /** No other copy was there before: what the cloud held at the start is news. */
  isFirst: boolean;
}

const maxValues = 20_000;
/** Those that are no more are removed from the list in steps of at least so many. */
const minDropped = 1_000;

/** The place that all rings of a copy have together. */
export class RingRoom {
  /** How many values are kept. */
  count = 0;
  /** A ring has room for so many, whatever the others keep. */
  readonly share: number;

  constructor(rings: number) {
    this.share = Math.floor(maxValues / rings);
  }
}

/** The values that wait to go into the flow, oldest first, and where those were that have. */
export class ValueRing {
  readonly #clock: Clock;
  readonly #holdMs: number;
  readonly #onLost: () => unknown;
  #values: HeardValue[] = [];
  /** Where the ring begins in the list: removed in large steps. */
  #start = 0;
  /** How many have been heard in all. */
  #count = 0;
  /** All values before this number have gone into the flow, or are no more. */
  #doneBefore = 0;
  readonly #room: RingRoom;
  readonly #spoken: SpokenValues;

  /**
   * @param onLost told when a value has to go that nobody has given, so far as this copy can tell
   * @param room all rings of a copy have it together
   */
  constructor(clock: Clock, holdMs: number, onLost: () => unknown, room = new RingRoom(1)) {
    this.#clock = clock;
    this.#holdMs = holdMs;
    this.#onLost = onLost;
    this.#room = room;
    this.#spoken = new SpokenValues(room.share);
  }

  /** Returns a value that was heard now, for `keep` or `done`. */
  heard(lane: Lane, item: unknown): HeardValue {
    const heardAt = this.#clock.monotonic();
    this.#trim(heardAt);
    return { number: -1, lane, item, heardAt, isDone: false, print: 0 };
  }

  /** Keeps a value that waits. */
  keep(value: HeardValue): void {
    value.number = this.#count++;
    this.#values.push(value);
    this.#room.count++;
    this.#trim(value.heardAt);
  }

  /** Notes that a value has gone into the flow, by this copy or another one. */
  done(value: HeardValue): void {
    value.isDone = true;
    value.print = value.lane.print(value.item);
    this.#spoken.note(value.lane, value.heardAt, value.print);
  }

  /** Returns the oldest value from a number on that has not gone into the flow. */
  nextWaiting(number: number): HeardValue | undefined {
    const listStart = this.#count - this.#values.length;
    const from = Math.max(number, this.#doneBefore, listStart + this.#start);
    let index = from - listStart;
    while (this.#values[index]?.isDone === true) index++;
    if (number <= this.#doneBefore) this.#doneBefore = listStart + index;
    return this.#values[index];
  }

  /** Settles, with the marks of the copy before, which of the values have gone into the flow. */
  align(known: TakeOver): void {
    const byLane = new Map<Lane, HeardValue[]>();
    for (const lane of known.lanes) byLane.set(lane, []);
    for (let index = this.#start; index < this.#values.length; index++) {
      const value = this.#values[index];
      if (value === undefined || value.isDone) continue;
      const list = byLane.get(value.lane);
      if (list === undefined) byLane.set(value.lane, [value]);
      else list.push(value);
    }
    const now = this.#clock.monotonic();
    const spoken = this.#spoken.byLane(known.offsetMs);
    for (const [lane, values] of byLane) this.#alignLane(lane, values, spoken.get(lane) ?? [], now, known);
  }

  /** Settles it for one lane; `spoken` are those that came before. */
  #alignLane(lane: Lane, values: readonly HeardValue[], spoken: Placed[], now: number, known: TakeOver): void {
    const { marks, offsetMs, spokenUntil, isFirst } = known;
    const mark = marks.get(lane.key);
    let first = values.findIndex(({ heardAt }) => heardAt > spokenUntil);
    if (mark !== undefined) {
      const heard = [...spoken, ...values.map((value) => new PlacedValue(value, offsetMs))];
      const place = findMark(heard, mark, now + offsetMs);
      first = Math.max(0, place.first - spoken.length);
      lane.continueFrom(mark, place.ahead, mark.at - offsetMs + sameValueMs);
    } else if (first < 0) first = values.length;
    const nextAt = (values[first] ?? values.at(-1))?.heardAt ?? now;
    for (const [index, value] of values.entries()) {
      // What the cloud held at the start is news only where no copy has given it.
      const isInitial = lane.handlers.isInitial(value.item);
      if (isInitial ? isFirst || (mark === undefined && index >= first) : index >= first) continue;
      // Those far from the next one nobody asks for any more.
      if (nextAt - value.heardAt <= sameValueMs) this.done(value);
      value.isDone = true;
      lane.handlers.skip(value.item);
    }
  }

  get #isCrowded(): boolean {
    const { count, share } = this.#room;
    return count > maxValues && this.#size > share;
  }

  /** Lets go of what waits no more, has waited for too long, or has no room. */
  #trim(now: number): void {
    for (let oldest = this.#values[this.#start]; oldest !== undefined; oldest = this.#values[this.#start]) {
      if (!oldest.isDone && now - oldest.heardAt <= this.#holdMs && !this.#isCrowded) return;
      this.#drop();
    }
  }

  #drop(): void {
    const value = this.#values[this.#start];
    this.#start++;
    this.#room.count--;
    if (value?.isDone === false) {
      this.#onLost();
      value.lane.handlers.skip(value.item);
    }
    if (this.#start < minDropped || this.#start < this.#size) return;
    this.#values = this.#values.slice(this.#start);
    this.#start = 0;
  }

  get #size(): number {
    return this.#values.length - this.#start;
  }
}
