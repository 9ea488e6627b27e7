import type { Clock } from "./clock";

const firstDelayMs = 1_000;
const maxDelayMs = 20_000;

/**
 * Milliseconds to wait before connection attempt number `failures` + 1: one second, doubling up to 20 s, each spread by
 * a quarter either way so that many clients do not come back at once (the cloud limits connection attempts,
 * docs/protocol.md#connections).
 */
export function backoffMs(failures: number, clock: Clock): number {
  const base = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(failures, 10));
  return Math.round(base * (0.75 + clock.random() / 2));
}
