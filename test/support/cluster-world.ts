import assert from "node:assert/strict";
import { ModelCopy, ModelEngine, type Spoken } from "./cluster-model";
import { FakeClock } from "./fake-clock";

/** A world of copies that hear the same values, of things in turns. */
export class World {
  readonly clock = new FakeClock();
  readonly engine = new ModelEngine(this.clock);
  readonly spoken: Spoken[] = [];
  readonly heard: string[] = [];
  copies: ModelCopy[] = [];
  #made = 0;
  readonly #things: readonly string[];

  constructor(things: readonly string[] = ["thing"]) {
    this.#things = things;
  }

  join(share: "standby" | "spread" = this.#things.length > 1 ? "spread" : "standby"): ModelCopy {
    const copy = new ModelCopy(`copy-${this.#made++}`, this.engine, this.clock, this.spoken, share);
    this.copies.push(copy);
    return copy;
  }

  /** Lets time pass while values come. */
  async pass(milliseconds: number, text: (count: number) => string, everyMs = 100): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += everyMs) {
      this.hear(text, this.copies);
      await this.clock.advance(everyMs);
    }
  }

  /** Lets copies hear the next value. */
  hear(text: (count: number) => string, copies: readonly ModelCopy[]): () => void {
    const number = this.heard.length;
    const value = `${text(Math.floor(number / this.#things.length))}#${number}`;
    const thing = this.#things[number % this.#things.length];
    this.heard.push(value);
    for (const copy of copies) copy.hear(value, thing);
    return () => {
      for (const copy of this.copies) if (!copies.includes(copy)) copy.hear(value, thing);
    };
  }

  get speaking(): ModelCopy[] {
    return this.copies.filter(({ cluster, isAlive }) => isAlive && cluster.state.name === "speaking");
  }

  /** For how many slots each copy speaks. */
  get parts(): number[] {
    return this.copies.map(({ cluster, isAlive }) => {
      const { state } = cluster;
      return isAlive && state.name === "speaking" ? (state.share?.part ?? 1) : 0;
    });
  }

  /** Checks that nobody spoke for a slot beside another, and that nothing is lost from a value on. */
  check(from = 0): void {
    const lasts = new Map<number, { epoch: number; copy: string }>();
    for (const { epoch, copy, slot } of this.spoken) {
      const last = lasts.get(slot) ?? { epoch: 0, copy: "" };
      assert.ok(epoch >= last.epoch, `${copy} spoke under ${epoch} after ${last.copy} under ${last.epoch}`);
      assert.ok(epoch > last.epoch || copy === last.copy, `${copy} and ${last.copy} both spoke under ${epoch}`);
      lasts.set(slot, { epoch, copy });
    }
    const given = new Set(this.spoken.map(({ value }) => value));
    const lost = this.heard.slice(from).filter((value) => !given.has(value));
    assert.deepEqual(lost, []);
    const numbers = [...given].map((value) => Number(value.split("#")[1]));
    for (const thing of this.#things.keys()) {
      const firsts = numbers.filter((number) => number % this.#things.length === thing);
      assert.deepEqual(
        firsts,
        [...firsts].sort((a, b) => a - b),
        "out of order",
      );
    }
  }

  get doubled(): number {
    return this.spoken.length - new Set(this.spoken.map(({ value }) => value)).size;
  }
}
