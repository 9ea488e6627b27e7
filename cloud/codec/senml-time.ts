/** The farthest moment from 1970 that a JavaScript `Date` can hold, in milliseconds. */
const maxDateMs = 8.64e15;

/** SenML reads a smaller number as relative to now, which nobody here means (docs/protocol.md#time). */
const firstAbsolute = 2 ** 28;

/**
 * Converts a time as carried by a record to whole milliseconds since 1970. Senders write it in seconds, milliseconds,
 * microseconds or nanoseconds; only the magnitude tells which (docs/protocol.md#time). Undefined where none was
 * carried, or where it is no moment that a `Date` can hold.
 */
export function toMs(carried: number | undefined): number | undefined {
  if (carried === undefined) return undefined;
  let milliseconds = carried * 1e3;
  if (carried > 1e17) milliseconds = carried / 1e6;
  else if (carried > 1e14) milliseconds = carried / 1e3;
  else if (carried > 1e11) milliseconds = carried;
  const whole = Math.round(milliseconds);
  return Math.abs(whole) <= maxDateMs ? whole : undefined;
}

/**
 * Returns a time as carried by a record in whole milliseconds since 1970, or undefined where it can't serve as the
 * timestamp of a value: none was carried, or it is below 2^28 (docs/protocol.md#time), as from a board that has no
 * clock yet.
 */
export function usableTimestamp(carried: number | undefined): number | undefined {
  return carried === undefined || carried < firstAbsolute ? undefined : toMs(carried);
}
