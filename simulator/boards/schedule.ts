import type { SenmlValue } from "../codec/senml";

const unitSeconds = [1, 60, 3600, 86_400] as const;

/** Returns whether the mask's day is today, and after how many seconds the schedule repeats. */
function repetition(mask: number, local: Date): { today: boolean; delta: number } {
  const low = mask & 0xff;
  const daily = unitSeconds[3];
  switch ((mask >>> 26) & 0xf) {
    case 1:
      return { today: true, delta: (unitSeconds[mask >>> 30] ?? 1) * (mask & 0x3ff_ffff) };
    case 2:
      return { today: (low & (1 << local.getUTCDay())) !== 0, delta: daily };
    case 3:
      return { today: local.getUTCDate() === low, delta: daily };
    case 4:
      return { today: local.getUTCMonth() === ((mask >>> 8) & 0xff) && local.getUTCDate() === low, delta: daily };
    default:
      return { today: true, delta: Infinity };
  }
}

/**
 * Returns whether a SCHEDULE value is active (docs/protocol.md#schedules).
 * @param now local time in seconds since 1970
 */
export function scheduleActive(value: SenmlValue | undefined, now: number): boolean {
  if (typeof value !== "object") return false;
  const [from, to, length, mask] = ["frm", "to", "len", "msk"].map((part) => Number(value[part] ?? 0));
  if (from === undefined || to === undefined || length === undefined || mask === undefined) return false;
  if (length === 0 || now < from || (to !== 0 && now >= to)) return false;
  const { today, delta } = repetition(mask, new Date(now * 1000));
  return today && (now - from) % (delta || Infinity) <= length;
}
