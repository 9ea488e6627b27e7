import { setTimeout as sleep } from "node:timers/promises";

/** Between two looks whether an address answers. */
const retryDelayMs = 100;

/**
 * Resolves with true once a GET of `url` answers 200, with false if it does not within `timeoutMs`.
 * @throws the reason of `signal` once that is aborted
 */
export async function answersInTime(url: string, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = AbortSignal.any([signal, timeout]);
  while (!timeout.aborted) {
    if (await answers(url, either)) return true;
    signal.throwIfAborted();
    await sleep(retryDelayMs);
  }
  return false;
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}
