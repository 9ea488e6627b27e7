import { cancelled } from "../errors";

/**
 * Waits for shared work with a signal of one's own: rejects with `cancelled` as soon as `signal` is aborted, while the
 * work goes on for everybody else.
 * @param what names the work in the error, as the subject of a sentence
 */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined, what: string): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(cancelled(what));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Work that can be called off in two ways: by its caller's signal, or all at once when its owner closes. */
export class Cancellations {
  readonly #active = new Set<AbortController>();
  #isClosed = false;

  /** Runs `work` with a signal that fires on either; the caller's signal holds nothing afterwards. */
  async run<T>(signal: AbortSignal | undefined, work: (controller: AbortController) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    if (this.#isClosed || signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    this.#active.add(controller);
    try {
      return await work(controller);
    } finally {
      this.#active.delete(controller);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Calls off everything that runs and everything that is started later. */
  close(): void {
    this.#isClosed = true;
    for (const controller of this.#active) controller.abort();
  }
}
