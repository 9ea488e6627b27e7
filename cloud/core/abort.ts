import { setMaxListeners } from "node:events";
import { cancelled } from "./errors";
import { guarded, inBackground } from "./guard";

/** Calls `work` when the signal fires, or at once if it has; returns the function that takes this back. */
export function onAbort(signal: AbortSignal | undefined, work: () => void): () => void {
  if (signal === undefined) return () => undefined;
  // One signal may well end a thousand calls, which is no leak.
  setMaxListeners(0, signal);
  const safe = guarded(work);
  if (signal.aborted) safe();
  signal.addEventListener("abort", safe, { once: true });
  return () => signal.removeEventListener("abort", safe);
}

/** Tells whether the signal has fired, read anew after an await, which the compiler's narrowing does not expect. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/**
 * Waits for shared work with a signal of one's own: rejects with `cancelled` as soon as `signal` is aborted, while the
 * work goes on for everybody else.
 * @param what names the work in the error, as the subject of a sentence
 */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined, what: string): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = onAbort(signal, () => reject(cancelled(what)));
    inBackground(work.then(resolve, reject).finally(stop));
  });
}

/** Work that can be called off in two ways: by its caller's signal, or all at once when its owner closes. */
export class Cancellations {
  readonly #active = new Set<AbortController>();
  #isClosed = false;

  /** Runs `work` with a signal that fires on either; the caller's signal holds nothing afterwards. */
  async run<T>(signal: AbortSignal | undefined, work: (controller: AbortController) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const stop = onAbort(signal, () => controller.abort());
    if (this.#isClosed) controller.abort();
    this.#active.add(controller);
    try {
      return await work(controller);
    } finally {
      this.#active.delete(controller);
      stop();
    }
  }

  /** Calls off everything that runs and everything that is started later. */
  close(): void {
    this.#isClosed = true;
    for (const controller of this.#active) controller.abort();
  }
}
