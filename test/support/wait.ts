/**
 * How specs wait: for a condition, never for a while. A limit of time here is for what never comes; nothing depends on how
 * fast the machine is.
 */
import { setTimeout as sleep } from "node:timers/promises";

const defaultTimeoutMs = 45_000;

/** Waits until `condition` holds. @throws Error that names `what` after `timeoutMs` */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = defaultTimeoutMs,
): Promise<void> {
  await found(what, async () => (await condition()) || undefined, timeoutMs);
}

/** Waits until `look` finds something, and returns that. @throws Error that names `what` after `timeoutMs` */
export async function found<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  timeoutMs = defaultTimeoutMs,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const result = await look();
    if (result !== undefined) return result;
    if (performance.now() > end) throw new Error(`Not in time: ${what}`);
    await sleep(5);
  }
}

/** Lets everything run that is ready to run, which is all there is where neither sockets nor timers are at work. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Waits until the clock has moved on: for values whose times have to lie at least that far apart. Not for something to
 * happen meanwhile, which takes the time that it takes.
 */
export function clockMoves(milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  return until("a later time", () => performance.now() >= end, defaultTimeoutMs + milliseconds);
}
