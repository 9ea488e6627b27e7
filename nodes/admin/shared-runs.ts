/** Work for the editor that costs the cloud something: the same at the same time is done once, and only so much at once. */
export class SharedRuns {
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(readonly limit: number) {}

  /** Runs `work`, or gives the outcome of the one that runs under the same key. It waits for its turn. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const same = this.#running.get(key) as Promise<T> | undefined;
    if (same !== undefined) return same;
    const run = this.#inTurn(work).finally(() => this.#running.delete(key));
    this.#running.set(key, run);
    return run;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy >= this.limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy += 1;
    try {
      return await work();
    } finally {
      // The turn goes straight to the next one.
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy -= 1;
      else next();
    }
  }
}
