const isoForm =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/**
 * Reads a date, or a date and a time of day, of ISO 8601, in milliseconds since 1970; NaN where it is none. Without an
 * offset it is in the server's time zone.
 */
export function parseIsoTime(text: string): number {
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone] = isoForm.exec(text) ?? [];
  if (year === undefined) return NaN;
  const date = `${year}-${month}-${day}`;
  // Checked by itself, since the 30th of February would be taken for the 2nd of March.
  const midnight = new Date(`${date}T00:00:00Z`);
  if (!Number.isFinite(midnight.getTime()) || !midnight.toISOString().startsWith(date)) return NaN;
  const milliseconds = fraction.slice(0, 3).padEnd(3, "0");
  return Date.parse(`${date}T${hour}:${minute}:${second}.${milliseconds}${isoOffset(zone)}`);
}

/** Returns an offset as `Date.parse` takes it, also of the short forms `+01` and `+0100`. */
function isoOffset(zone: string | undefined): string {
  if (zone === undefined || zone.toUpperCase() === "Z") return zone === undefined ? "" : "Z";
  const digits = zone.replace(":", "").padEnd(5, "0");
  return `${digits.slice(0, 3)}:${digits.slice(3)}`;
}
