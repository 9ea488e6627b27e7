import { inBackground } from "../core/guard";
import type { HeardValue, Lane } from "./value-ring";

/** A value that the flow has. */
interface PendingValue {
  readonly value: HeardValue;
  isDone: boolean;
}

/** The values that the flow is at work with. One counts as done when all before it in its lane are done, too. */
export class UnderWay {
  readonly #onDone: (value: HeardValue) => void;
  readonly #lanes = new Map<Lane, PendingValue[]>();
  #idle: (() => void)[] = [];

  /** @param onDone told of each value, in the order of its lane */
  constructor(onDone: (value: HeardValue) => void) {
    this.#onDone = onDone;
  }

  /** Takes a value that has gone into the flow; without `work` the flow is done with it already. */
  add(value: HeardValue, work: Promise<unknown> | undefined): void {
    const values = this.#lanes.size === 0 ? undefined : this.#lanes.get(value.lane);
    if (work === undefined && values === undefined) {
      this.#onDone(value);
      return;
    }
    const pending: PendingValue = { value, isDone: work === undefined };
    if (values === undefined) this.#lanes.set(value.lane, [pending]);
    else values.push(pending);
    if (work !== undefined) inBackground(this.#follow(pending, work));
  }

  /** Resolves when the flow has nothing. */
  async idle(): Promise<void> {
    if (this.#lanes.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Forgets everything: another copy speaks, and gives again what is not done. */
  clear(): void {
    this.#lanes.clear();
    this.#tellIdle();
  }

  async #follow(pending: PendingValue, work: Promise<unknown>): Promise<void> {
    // Where the flow failed, it is done as well.
    await work.catch(() => undefined);
    pending.isDone = true;
    const { lane } = pending.value;
    const values = this.#lanes.get(lane);
    if (values?.[0] !== pending) return;
    const end = values.findIndex(({ isDone }) => !isDone);
    for (const { value } of values.splice(0, end < 0 ? values.length : end)) this.#onDone(value);
    if (values.length > 0) return;
    this.#lanes.delete(lane);
    this.#tellIdle();
  }

  #tellIdle(): void {
    if (this.#lanes.size > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
