import type { Clock } from "../core/clock";
import { findMark, type Placed, sameValueMs } from "./alignment";
import { type Mark, maxPrints } from "./mark";
import { valuePrint } from "./value-print";

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
  /** Returns the text that is the same in all copies that hear this value. */
  identity(item: T): string;
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
  #prints: readonly string[] = [];
  #fresh: unknown[] = [];
  #heardAt = 0;
  #ahead: readonly string[] = [];
  #aheadUntil = 0;

  constructor(key: string, handlers: LaneHandlers<unknown>) {
    this.key = key;
    this.handlers = handlers;
  }

  /** Notes a value that has gone into the flow. */
  spoke(item: unknown, heardAt: number): void {
    this.#heardAt = heardAt;
    this.#fresh.push(item);
    if (this.#fresh.length > maxPrints) this.#fresh.shift();
  }

  /**
   * Goes on from what another copy has marked.
   * @param ahead the fingerprints of what that copy had heard already and this one has not
   * @param until for so long that may come, by the monotonic clock
   */
  continueFrom({ prints }: Mark, ahead: readonly string[], until: number): void {
    this.#prints = prints;
    this.#fresh = [];
    this.#ahead = ahead;
    this.#aheadUntil = until;
  }

  /** Returns whether another copy has sent a value, which this one hears only now. */
  isBehind({ item, heardAt }: HeardValue): boolean {
    if (this.#ahead.length === 0) return false;
    const isNext = heardAt <= this.#aheadUntil && this.#ahead[0] === valuePrint(this.handlers.identity(item));
    this.#ahead = isNext ? this.#ahead.slice(1) : [];
    return isNext;
  }

  /** Returns how far it has gone, in the engine's time. */
  mark(offsetMs: number): Mark {
    const fresh = this.#fresh.map((item) => valuePrint(this.handlers.identity(item)));
    this.#prints = [...this.#prints, ...fresh].slice(-maxPrints);
    this.#fresh = [];
    return { at: Math.round(this.#heardAt + offsetMs), prints: this.#prints };
  }
}

/** A value that was heard. */
export interface HeardValue {
  /** Counts up, over all lanes. */
  readonly number: number;
  readonly lane: Lane;
  readonly item: unknown;
  /** By the monotonic clock. */
  readonly heardAt: number;
  /** It has gone into the flow, by this copy or another one. */
  isDone: boolean;
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
/** Copies hear a value, and note its time, at most so far apart, with room to spare. */
const markToleranceMs = 5_000;

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

/** The values that were heard in the last while, oldest first, whether or not they have gone into the flow. */
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

  /**
   * @param onLost told when a value has to go that nobody has given, so far as this copy can tell
   * @param room all rings of a copy have it together
   */
  constructor(clock: Clock, holdMs: number, onLost: () => unknown, room = new RingRoom(1)) {
    this.#clock = clock;
    this.#holdMs = holdMs;
    this.#onLost = onLost;
    this.#room = room;
  }

  /** Takes a value that was heard now. */
  push(lane: Lane, item: unknown): HeardValue {
    const heardAt = this.#clock.monotonic();
    const value = { number: this.#count++, lane, item, heardAt, isDone: false };
    this.#values.push(value);
    this.#room.count++;
    while (this.#isCrowded || this.#isTooOld(this.#values[this.#start], heardAt)) this.#drop();
    return value;
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
      if (value === undefined) continue;
      const list = byLane.get(value.lane);
      if (list === undefined) byLane.set(value.lane, [value]);
      else list.push(value);
    }
    const now = this.#clock.monotonic();
    for (const [lane, values] of byLane) alignLane(lane, values, known, now);
  }

  get #isCrowded(): boolean {
    const { count, share } = this.#room;
    return count > maxValues && this.#values.length - this.#start > share;
  }

  /** Returns whether nobody will ask for the oldest value any more. */
  #isTooOld(oldest: HeardValue | undefined, now: number): boolean {
    if (oldest === undefined) return false;
    const ageMs = now - oldest.heardAt;
    if (ageMs > this.#holdMs || !oldest.isDone) return ageMs > this.#holdMs;
    // What has gone into the flow tells where a mark is: among what waits, and was heard about then.
    return ageMs > markToleranceMs && (this.nextWaiting(0)?.heardAt ?? now) - oldest.heardAt > markToleranceMs;
  }

  #drop(): void {
    const value = this.#values[this.#start];
    this.#start++;
    this.#room.count--;
    if (value?.isDone === false) {
      this.#onLost();
      value.lane.handlers.skip(value.item);
    }
    if (this.#start < this.#room.share) return;
    this.#values = this.#values.slice(this.#start);
    this.#start = 0;
  }
}

/** A value in its lane. Of those that are far from a mark nobody asks for the fingerprint. */
class PlacedValue implements Placed {
  readonly at: number;
  readonly #value: HeardValue;
  #print: string | undefined;

  constructor(value: HeardValue, offsetMs: number) {
    this.#value = value;
    this.at = value.heardAt + offsetMs;
  }

  get print(): string {
    const { lane, item } = this.#value;
    return (this.#print ??= valuePrint(lane.handlers.identity(item)));
  }
}

function alignLane(lane: Lane, values: readonly HeardValue[], known: TakeOver, now: number): void {
  const { marks, offsetMs, spokenUntil, isFirst } = known;
  const mark = marks.get(lane.key);
  let first: number;
  if (mark === undefined) {
    const later = values.findIndex(({ heardAt }) => heardAt > spokenUntil);
    first = later < 0 ? values.length : later;
  } else {
    const heard = values.map((value) => new PlacedValue(value, offsetMs));
    const place = findMark(heard, mark, now + offsetMs);
    first = place.first;
    lane.continueFrom(mark, place.ahead, mark.at - offsetMs + sameValueMs);
  }
  for (const [index, value] of values.entries()) {
    if (value.isDone) continue;
    // What the cloud held at the start is news only where no copy has given it.
    const isInitial = lane.handlers.isInitial(value.item);
    if (isInitial ? isFirst || (mark === undefined && index >= first) : index >= first) continue;
    value.isDone = true;
    lane.handlers.skip(value.item);
  }
}
