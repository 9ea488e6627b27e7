import { CloudError } from "../core/errors";
import { printable } from "../core/text";

/** A span of time in milliseconds since 1970: from ≤ time < to. */
export interface TimeWindow {
  from: number;
  to: number;
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const expected =
  'ISO 8601 such as "2026-03-01" or "2026-03-01T08:00:00Z", milliseconds since 1970, "now", or "-15m", "-24h", "-7d", "-2w"';
const isoForm =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
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
  const shown = `from "${show(given.from)}" (${iso(from)}), to "${show(given.to)}" (${iso(to)})`;
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
  throw new CloudError("invalid_input", `history: ${field} is "${show(given)}", but expected is ${expected}.`);
}

/** Reads a time in milliseconds since 1970; NaN where it is none. */
function readTime(given: unknown, now: number): number {
  if (typeof given === "number") return Math.floor(given);
  if (given instanceof Date) return given.getTime();
  if (typeof given !== "string") return NaN;
  const text = given.trim();
  if (text === "now") return now;
  // Short numbers may be meant as years or days, except for the beginning of time.
  if (/^(0|-?\d{9,16})$/.test(text)) return Number(text);
  const [, count, unit = ""] = /^-(\d{1,9})([mhdw])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (units[unit] ?? NaN);
  return readIso(text);
}

function readIso(text: string): number {
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone] = isoForm.exec(text) ?? [];
  if (year === undefined) return NaN;
  const date = `${year}-${month}-${day}`;
  // Checked by itself, since the 30th of February would be taken for the 2nd of March.
  const midnight = new Date(`${date}T00:00:00Z`);
  if (!Number.isFinite(midnight.getTime()) || !midnight.toISOString().startsWith(date)) return NaN;
  const milliseconds = fraction.slice(0, 3).padEnd(3, "0");
  return Date.parse(`${date}T${hour}:${minute}:${second}.${milliseconds}${offsetOf(zone)}`);
}

/** Returns an offset as `Date.parse` takes it, also of the short forms `+01` and `+0100`. */
function offsetOf(zone: string | undefined): string {
  if (zone === undefined || zone.toUpperCase() === "Z") return zone === undefined ? "" : "Z";
  const digits = zone.replace(":", "").padEnd(5, "0");
  return `${digits.slice(0, 3)}:${digits.slice(3)}`;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function show(given: unknown): string {
  if (typeof given === "string" || typeof given === "number") return printable(String(given));
  return given instanceof Date ? String(given) : typeof given;
}
