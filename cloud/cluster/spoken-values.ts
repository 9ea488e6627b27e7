import type { Placed } from "./alignment";
import type { HeardValue, Lane } from "./value-ring";

const firstCapacity = 256;

/**
 * The last values that are done, as far as their place among others goes. Kept in lists of numbers: a thousand objects a
 * second that live for seconds would keep the garbage collector busy.
 */
export class SpokenValues {
  readonly #limit: number;
  #lanes: Lane[] = [];
  #heardAt = new Float64Array(firstCapacity);
  #prints = new Int32Array(firstCapacity);
  /** How many have been noted in all. */
  #count = 0;

  /** @param limit so many are kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Notes a value that is done, behind those before it in its lane. */
  note(lane: Lane, heardAt: number, print: number): void {
    const capacity = this.#heardAt.length;
    if (this.#count === capacity && capacity < this.#limit) this.#grow();
    const index = this.#count % this.#heardAt.length;
    this.#lanes[index] = lane;
    this.#heardAt[index] = heardAt;
    this.#prints[index] = print;
    this.#count++;
  }

  /** Returns all that are kept, oldest first, by their lanes. */
  byLane(offsetMs: number): Map<Lane, Placed[]> {
    const found = new Map<Lane, Placed[]>();
    const capacity = this.#heardAt.length;
    for (let number = Math.max(0, this.#count - capacity); number < this.#count; number++) {
      const index = number % capacity;
      const lane = this.#lanes[index];
      if (lane === undefined) continue;
      const place = { at: (this.#heardAt[index] ?? 0) + offsetMs, print: this.#prints[index] ?? 0 };
      const places = found.get(lane);
      if (places === undefined) found.set(lane, [place]);
      else places.push(place);
    }
    return found;
  }

  /** Makes room for twice as many; called when it is full for the first time, so that the order is as it was. */
  #grow(): void {
    const capacity = Math.min(this.#limit, 2 * this.#heardAt.length);
    const [heardAt, prints] = [new Float64Array(capacity), new Int32Array(capacity)];
    heardAt.set(this.#heardAt);
    prints.set(this.#prints);
    this.#heardAt = heardAt;
    this.#prints = prints;
  }
}

/** A value in its lane. Of those that are far from a mark nobody asks for the fingerprint. */
export class PlacedValue implements Placed {
  readonly at: number;
  readonly #value: HeardValue;
  #print: number | undefined;

  constructor(value: HeardValue, offsetMs: number) {
    this.#value = value;
    this.at = value.heardAt + offsetMs;
  }

  get print(): number {
    return (this.#print ??= this.#value.lane.print(this.#value.item));
  }
}
