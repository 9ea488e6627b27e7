import type { Clock } from "./clock";

/** Returns the milliseconds of a wait that doubles with each failure, the first being number 0, up to a limit. */
export function exponentialMs(firstMs: number, limitMs: number, failures: number): number {
  // Beyond that the factor would be infinite some day.
  return Math.min(limitMs, firstMs * 2 ** Math.min(failures, 30));
}

const firstDelayMs = 1_000;
const maxDelayMs = 20_000;

/**
 * Returns the milliseconds to wait before connection attempt number `failures` + 1: one second, doubling up to 20 s, each spread by
 * a quarter either way so that many clients do not come back at once (the cloud limits connection attempts,
 * docs/protocol.md#connections).
 */
export function backoffMs(failures: number, clock: Clock): number {
  return Math.round(exponentialMs(firstDelayMs, maxDelayMs, failures) * (0.75 + clock.random() / 2));
}
