import { sleep, type Clock } from "./clock";
import { toCloudError, type CloudError } from "./errors";

/** How work is repeated after a failure. */
interface RetryOptions {
  clock: Clock;
  /** Ends the work, also while it waits for its next try. */
  signal?: AbortSignal | undefined;
  /** Names the work in the error of an abort, as the subject of a sentence. */
  what: string;
  /**
   * Returns the milliseconds until the next try, or throws what ends the work.
   * @param failures how often it has failed so far, this time included
   */
  onFailure: (error: CloudError, failures: number) => number;
}

/**
 * Runs work until it succeeds, `onFailure` throws, or the signal fires; returns what the work returns.
 * @param work gets the number of failures before this try: 0 for the first
 * @throws CloudError what `onFailure` throws, or `cancelled` when the signal fires in a wait
 */
export async function retry<T>(work: (failures: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, signal, what, onFailure } = options;
  for (let failures = 0; ;) {
    try {
      return await work(failures);
    } catch (reason) {
      const error = toCloudError(reason);
      // Nobody wants the work any more, so nobody is asked whether to go on.
      if (signal?.aborted) throw error;
      await sleep(clock, onFailure(error, ++failures), signal, what);
    }
  }
}
