import { nextTurn, presentTurn } from "./guard";

/**
 * Hands on in the next turn of the event loop what is given in this one, by one callback: one for each item would cost more
 * than all else that is done with it.
 */
export class TurnBatches<T> {
  readonly #handOn: (items: readonly T[]) => void;
  /** Those that are not handed on yet, in order. */
  #batches: T[][] = [];
  /** That of the present turn. */
  #present: T[] | undefined;
  #turn = 0;

  constructor(handOn: (items: readonly T[]) => void) {
    this.#handOn = handOn;
  }

  /** Adds an item. */
  add(item: T): void {
    // What begins in the turn that a batch waits for gives what has a turn of its own.
    if (this.#present === undefined || this.#turn !== presentTurn()) this.#present = this.#begin();
    this.#present.push(item);
  }

  /** Forgets those items of which this is true. */
  forget(isForgotten: (item: T) => boolean): void {
    for (const batch of this.#batches) {
      const kept = batch.filter((item) => !isForgotten(item));
      batch.length = 0;
      for (const item of kept) batch.push(item);
    }
  }

  /** Hands on at once what waits. */
  flush(): void {
    const batches = this.#batches;
    this.clear();
    for (const batch of batches) this.#handOn(batch);
  }

  /** Forgets what waits. */
  clear(): void {
    this.#batches = [];
    this.#present = undefined;
  }

  #begin(): T[] {
    const batch: T[] = [];
    this.#batches.push(batch);
    this.#turn = presentTurn();
    nextTurn(() => {
      if (this.#batches[0] !== batch) return;
      this.#batches.shift();
      this.#handOn(batch);
    });
    return batch;
  }
}
