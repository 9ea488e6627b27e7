import type { PropertyValue } from "../../cloud/codec/values";
import { isPlainObject } from "../../cloud/core/json";

/** The kinds of repetition, by the number in the mask (docs/protocol.md#schedules). */
const kinds = ["once", "repeating", "weekly", "monthly", "yearly"];
const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const unitSeconds = [1, 60, 3_600, 86_400];
const daySeconds = 86_400;
/** The last moment that a Date can hold. */
const maxDateMs = 8.64e15;
/** A schedule is looked at again after this at the latest: zones and clocks change. */
const maxPauseSeconds = 86_400;

/** A schedule as the cloud has it, read. Times are local, in seconds since 1970. */
interface Plan {
  from: number;
  /** 0: never. */
  to: number;
  lengthSeconds: number;
  kind: string;
  /** After so many seconds it begins again; Infinity: never. */
  periodSeconds: number;
  /** Returns whether it may be active on a day. */
  isOn: (day: Date) => boolean;
  days: string[];
}

/** Reads a value of the type SCHEDULE; what it lacks counts as 0. */
function readPlan(value: PropertyValue): Plan {
  const parts: Record<string, unknown> = isPlainObject(value) ? value : {};
  const [from, to, lengthSeconds, mask] = ["frm", "to", "len", "msk"].map((name) => Number(parts[name]) || 0);
  return { from: from ?? 0, to: to ?? 0, lengthSeconds: lengthSeconds ?? 0, ...readMask(mask ?? 0) };
}

function readMask(mask: number): Pick<Plan, "kind" | "periodSeconds" | "isOn" | "days"> {
  const code = (mask >>> 26) & 0xf;
  const kind = kinds[code] ?? "once";
  const low = mask & 0xff;
  const always = { kind, isOn: () => true, days: [] };
  if (kind === "repeating") {
    return { ...always, periodSeconds: (unitSeconds[mask >>> 30] ?? 1) * (mask & 0x3ff_ffff) || Infinity };
  }
  if (kind === "once") return { ...always, periodSeconds: Infinity };
  if (kind === "weekly") {
    const days = weekdays.filter((_, index) => (low & (1 << index)) !== 0);
    return { kind, periodSeconds: daySeconds, days, isOn: (day) => (low & (1 << day.getUTCDay())) !== 0 };
  }
  const month = (mask >>> 8) & 0xff;
  const isMonth = (day: Date): boolean => kind === "monthly" || day.getUTCMonth() === month;
  const days = [kind === "monthly" ? String(low) : `${low}.${month + 1}.`];
  return { kind, periodSeconds: daySeconds, days, isOn: (day) => isMonth(day) && day.getUTCDate() === low };
}

/** The state of a schedule, as people see it. */
export interface ScheduleState {
  kind: string;
  isActive: boolean;
  /** When that changes at the earliest, in milliseconds since 1970: a moment to look again. */
  lookAgainAt: number;
  attributes: { from: string | null; to: string | null; minutes: number; days: string[] };
}

/**
 * Returns how a schedule stands.
 * @param now in milliseconds since 1970
 * @param timezone of the thing, as in `Europe/Rome`
 */
export function scheduleState(value: PropertyValue, now: number, timezone: string): ScheduleState {
  const plan = readPlan(value);
  const local = Math.floor(now / 1_000) + offsetSeconds(now, timezone);
  const pauseSeconds = Math.max(1, Math.min(maxPauseSeconds, ...changesAfter(plan, local)));
  return {
    kind: plan.kind,
    isActive: isActive(plan, local),
    lookAgainAt: (Math.floor(now / 1_000) + pauseSeconds) * 1_000,
    attributes: {
      from: localIso(plan.from),
      to: plan.to === 0 ? null : localIso(plan.to),
      minutes: plan.lengthSeconds / 60,
      days: plan.days,
    },
  };
}

function isActive(plan: Plan, local: number): boolean {
  const { from, to, lengthSeconds, periodSeconds, isOn } = plan;
  if (lengthSeconds === 0 || local < from || (to !== 0 && local >= to)) return false;
  return isOn(new Date(local * 1_000)) && (local - from) % periodSeconds <= lengthSeconds;
}

/** Returns in how many seconds something about a schedule may change. */
function changesAfter({ from, to, lengthSeconds, periodSeconds }: Plan, local: number): number[] {
  const edges = [from - local, to - local, daySeconds - (local % daySeconds)];
  if (local >= from) {
    const phase = (local - from) % periodSeconds;
    edges.push(lengthSeconds + 1 - phase, periodSeconds - phase);
  }
  return edges.filter((edge) => edge > 0 && Number.isFinite(edge));
}

/** Writes local seconds as ISO 8601, without a zone; null where no calendar reaches. */
function localIso(seconds: number): string | null {
  const ms = seconds * 1_000;
  return Math.abs(ms) <= maxDateMs ? new Date(ms).toISOString().slice(0, -5) : null;
}

/** Returns by how many seconds a zone is ahead of UTC at a time; 0 for a zone that nobody knows. */
export function offsetSeconds(now: number, timezone: string): number {
  try {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone: timezone === "" ? "UTC" : timezone,
      hourCycle: "h23",
      ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
    });
    const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
    return Math.round((local - Math.floor(now / 1_000) * 1_000) / 1_000);
  } catch {
    return 0;
  }
}
