import { inBackground, turn } from "../core/guard";
import type { Clock } from "../core/clock";
import { MarkWriter } from "./mark-writer";
import { UnderWay } from "./under-way";
import {
  type Grant,
  type HeardValue,
  Lane,
  type LaneHandlers,
  type RingRoom,
  type TakeOver,
  ValueRing,
} from "./value-ring";

/** So many values go into the flow in one turn. */
const maxPerTurn = 200;

interface SpeakerOptions {
  clock: Clock;
  holdMs: number;
  /** The place for values that are kept. */
  room: RingRoom;
  /** Returns under which right a value may be sent now, by the monotonic clock; undefined where it may not. */
  grant: (now: number) => Grant | undefined;
  /** The difference between the engine's time and the monotonic clock, in milliseconds. */
  offsetMs: () => number;
  /** Writes marks by the names of their lanes. */
  writeMarks: (marks: Record<string, string>) => Promise<unknown>;
  /** Told when a value has to go that this copy has not sent. */
  onLost: () => unknown;
  /** Told of a fault of a listener. */
  onFault: (reason: unknown) => void;
}

/** An open lane. */
export interface OpenLane<T> {
  /** Takes a value, in the order in which they are heard. */
  take(item: T): void;
  /** Ends it; what still waits is for who opens it again. @param isHeard whether what was sent in this turn arrives */
  close(isHeard: boolean): void;
}

/** Hears everything, and sends what this copy has the right to send: the rest waits for a take-over. */
export class Speaker {
  readonly #options: SpeakerOptions;
  readonly #ring: ValueRing;
  readonly #marks: MarkWriter;
  readonly #underWay = new UnderWay((value) => this.#marks.spoke(value));
  readonly #lanes = new Map<string, Lane>();
  #isDraining = false;

  constructor(options: SpeakerOptions) {
    this.#options = options;
    this.#ring = new ValueRing(options.clock, options.holdMs, options.onLost, options.room);
    this.#marks = new MarkWriter({ clock: options.clock, offsetMs: options.offsetMs, write: options.writeMarks });
  }

  /** Opens a lane. */
  open<T>(key: string, handlers: LaneHandlers<T>): OpenLane<T> {
    const own = handlers as LaneHandlers<unknown>;
    const lane = this.#lanes.get(key) ?? new Lane(key, own);
    this.#lanes.set(key, lane);
    lane.handlers = own;
    lane.isOpen = true;
    inBackground(this.drain());
    return {
      take: (item) => this.#take(lane, item),
      close: (isHeard) => {
        // A successor may have opened it already.
        if (lane.handlers !== own) return;
        lane.isOpen = false;
        if (!isHeard) this.#marks.ends(lane);
      },
    };
  }

  /** Sends what has waited, and what comes meanwhile behind it. */
  async drain(): Promise<void> {
    if (this.#isDraining) return;
    this.#isDraining = true;
    try {
      let count = 0;
      let number = 0;
      for (let value = this.#ring.nextWaiting(0); value !== undefined; value = this.#ring.nextWaiting(number)) {
        const grant = this.#options.grant(this.#options.clock.monotonic());
        if (grant === undefined) return;
        number = value.number + 1;
        if (!value.lane.isOpen) continue;
        this.#speak(value, grant);
        if (++count % maxPerTurn === 0) await turn();
      }
    } finally {
      this.#isDraining = false;
    }
  }

  /** Settles, with the marks of the copy before, what has gone into the flow. */
  align(known: Omit<TakeOver, "lanes">): void {
    this.#ring.align({ ...known, lanes: this.#lanes.values() });
  }

  /** Writes down at once how far it has gone. */
  flush(): Promise<void> {
    return this.#marks.flush();
  }

  /** Resolves when the flow is done with all that it has. */
  idle(): Promise<void> {
    return this.#underWay.idle();
  }

  /** Forgets the marks that are not written: another copy speaks. */
  forgetMarks(): void {
    this.#underWay.clear();
    this.#marks.clear();
  }

  #take(lane: Lane, item: unknown): void {
    const value = this.#ring.heard(lane, item);
    if (lane.isBehind(value)) {
      this.#ring.done(value);
      lane.handlers.skip(item);
      return;
    }
    const grant = this.#isDraining || !lane.isOpen ? undefined : this.#options.grant(value.heardAt);
    if (grant === undefined) this.#ring.keep(value);
    else this.#speak(value, grant);
  }

  #speak(value: HeardValue, grant: Grant): void {
    this.#ring.done(value);
    let work: Promise<unknown> | undefined;
    try {
      work = value.lane.handlers.speak(value.item, grant);
    } catch (reason) {
      this.#options.onFault(reason);
    }
    this.#underWay.add(value, work);
  }
}
