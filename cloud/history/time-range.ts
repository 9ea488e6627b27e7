import { types } from "node:util";
import { CloudError } from "../core/errors";
import { parseIsoTime } from "../core/iso-time";
import { isoTime } from "../core/text";
import { describeValue } from "../core/describe";

/** A span of time in milliseconds since 1970: from ≤ time < to. */
export interface TimeWindow {
  from: number;
  to: number;
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const expected =
  'ISO 8601 such as "2026-03-01" or "2026-03-01T08:00:00Z", seconds or milliseconds since 1970, "now", or "-15m", "-24h", "-7d", "-2w"';
/** A smaller number of milliseconds is a day of 1973 or before, so that seconds are meant. */
const firstMilliseconds = 1e11;
/** Years that the service can answer for (docs/protocol.md#history). */
const [firstYear, lastYear] = [1842, 2242];

/**
 * Reads the window of a history query. Days and weeks are of 24 hours. What ends in the future is read as far as there
 * is anything.
 * @param now milliseconds since 1970
 * @throws CloudError `invalid_input` naming the field, what is given and what is expected; also where the window begins
 *   after its end, or in the future
 */
export function parseWindow(given: { from: unknown; to: unknown }, now: number): TimeWindow {
  const from = parseTime("from", given.from, now);
  const to = parseTime("to", given.to, now);
  const shown = `from ${describeValue(given.from)} (${isoTime(from)}), to ${describeValue(given.to)} (${isoTime(to)})`;
  if (from > to) {
    throw new CloudError("invalid_input", `history: from is after to, but expected is from before to: ${shown}.`);
  }
  if (from > now) {
    throw new CloudError("invalid_input", `history: from is in the future, where no values are: ${shown}.`);
  }
  return { from, to };
}

/**
 * Reads a point in time, in milliseconds since 1970. ISO 8601 without an offset is in the server's time zone.
 * @throws CloudError `invalid_input` as `parseWindow`
 */
export function parseTime(field: string, given: unknown, now: number): number {
  const time = readTime(given, now);
  const year = new Date(time).getUTCFullYear();
  if (year >= firstYear && year <= lastYear) return time;
  throw new CloudError("invalid_input", `history: ${field} is ${describeValue(given)}, but expected is ${expected}.`);
}

/** Reads a time in milliseconds since 1970; NaN where it is none. */
function readTime(given: unknown, now: number): number {
  if (typeof given === "number") return readNumberTime(given);
  if (types.isDate(given)) return given.getTime();
  if (typeof given !== "string") return NaN;
  const text = given.trim();
  if (text === "now") return now;
  // Short numbers may be meant as years or days, except for the beginning of time.
  if (/^(0|-?\d{9,16})$/.test(text)) return readNumberTime(Number(text));
  const [, count, unit = ""] = /^-(\d{1,9})([mhdw])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (units[unit] ?? NaN);
  return parseIsoTime(text);
}

function readNumberTime(given: number): number {
  return Math.floor(Math.abs(given) < firstMilliseconds ? given * 1_000 : given);
}
