import type { Clock } from "./clock";

const first = 1_000;
const longest = 20_000;

/**
 * Milliseconds to wait before connection attempt number `failures` + 1: one second, doubling up to 20 s, each spread by
 * a quarter either way so that many clients do not come back at once (the cloud limits connection attempts,
 * data-api 10.1).
 */
export function backoff(failures: number, clock: Clock): number {
  const base = Math.min(longest, first * 2 ** Math.min(failures, 10));
  return Math.round(base * (0.75 + clock.random() / 2));
}
