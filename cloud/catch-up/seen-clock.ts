import { asRecord, isFiniteNumber } from "../core/json";
import { isArrivalTime } from "./seen-values";

/**
 * Returns what `SeenValues.toJSON` gave, as a clock tells it that is ahead by so many milliseconds. Times that a sender or
 * history gave stay.
 */
export function seenByClock(json: unknown, aheadMs: number): unknown {
  if (aheadMs === 0) return json;
  const entries = Object.entries(asRecord(json) ?? {});
  return Object.fromEntries(entries.map(([variable, entry]) => [variable, entryByClock(variable, entry, aheadMs)]));
}

function entryByClock(variable: string, entry: unknown, aheadMs: number): unknown {
  const { time, at, stored, offset, ...rest } = asRecord(entry) ?? {};
  if (!isFiniteNumber(time)) return entry;
  const isOurs = variable === "" || (stored !== true && isFiniteNumber(at) && isArrivalTime(time, at));
  return {
    ...rest,
    time: isOurs ? time + aheadMs : time,
    ...(isFiniteNumber(at) && { at: at + aheadMs }),
    ...(stored !== undefined && { stored }),
    ...(isFiniteNumber(offset) && { offset: offset === 0 ? 0 : offset - aheadMs }),
  };
}
