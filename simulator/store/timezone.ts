const day = 86_400_000;

/** Local time as a device is told it (docs/protocol.md#last-values). */
interface TimezoneFacts {
  /** Seconds that local time is ahead of UTC. */
  offset: number;
  /** Seconds since 1970: when the offset may change next; a year ahead where it does not change. */
  until: number;
}

/** Returns the seconds that local time in `zone` (IANA name) is ahead of UTC at `timeMs`; 0 for an unknown zone. */
function zoneOffset(zone: string, timeMs: number): number {
  let name: string | undefined;
  try {
    name = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" })
      .formatToParts(timeMs)
      .find(({ type }) => type === "timeZoneName")?.value;
  } catch {
    return 0;
  }
  const [, sign, hours = "0", minutes = "0"] = /^GMT([+-])(\d\d):(\d\d)$/.exec(name ?? "") ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

/** The last answer for each zone, since it takes many steps to find and seldom changes. */
const known = new Map<string, TimezoneFacts & { since: number }>();

/** Returns the offset in force at `timeMs` and when it ends, to the second. */
export function timezoneAt(zone: string, timeMs: number): TimezoneFacts {
  const fresh = known.get(zone);
  if (fresh && timeMs >= fresh.since && timeMs < fresh.until * 1000)
    return { offset: fresh.offset, until: fresh.until };
  const facts = findTimezone(zone, timeMs);
  known.set(zone, { ...facts, since: timeMs });
  return facts;
}

function findTimezone(zone: string, timeMs: number): TimezoneFacts {
  const offset = zoneOffset(zone, timeMs);
  const end = timeMs + 365 * day;
  let later = timeMs + 7 * day;
  while (later < end && zoneOffset(zone, later) === offset) later += 7 * day;
  if (later >= end) return { offset, until: Math.floor(end / 1000) };
  let same = later - 7 * day;
  while (later - same > 1000) {
    const middle = (later + same) / 2;
    if (zoneOffset(zone, middle) === offset) same = middle;
    else later = middle;
  }
  return { offset, until: Math.floor(later / 1000) };
}
