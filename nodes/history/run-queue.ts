import { cancelled } from "../../cloud/core/errors";

/** Names a run as the subject of an error's sentence. */
export const runName = "The reading of history";

/** Work of a node that is done one after the other, so that two long answers are never held at once. */
export class RunQueue {
  readonly #active = new Set<AbortController>();
  #last: Promise<void> = Promise.resolve();

  /** Runs `work` when all before has ended; rejects as it does, or with `cancelled` where its turn never came. */
  async add(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#active.add(controller);
    const run = this.#last.then(() => {
      if (signal.aborted) throw cancelled(runName);
      return work(signal);
    });
    this.#last = run.catch(() => undefined);
    try {
      await run;
    } finally {
      this.#active.delete(controller);
    }
  }

  /** Resolves when nothing runs or waits any more. */
  ended(): Promise<void> {
    return this.#last;
  }

  /** Calls off what runs and what waits. */
  cancel(): void {
    for (const controller of this.#active) controller.abort();
  }
}
