import type { ReadTo } from "./archive";
import { isoTime, printable } from "../core/text";

const dayMs = 86_400_000;
/** So many variables are named in one sentence. */
const maxNames = 5;

/** Warnings about retention: a sentence where history has gone unread, and one where it soon will. */
interface RetentionWarnings {
  lost?: string;
  near?: string;
}

/**
 * Looks for history that the cloud deletes before an archive has read it. It is near where less than a day of the
 * plan's time is left, or a tenth of it where that is shorter.
 * @param days for which history is kept
 * @param now milliseconds since 1970
 */
export function retentionWarnings(variables: readonly ReadTo[], days: number, now: number): RetentionWarnings {
  const kept = earliestKept(days, now);
  const margin = Math.min(dayMs, (days * dayMs) / 10);
  const lost = variables.filter(({ reached }) => reached < kept);
  const near = variables.filter(({ reached }) => reached >= kept && reached < kept + margin);
  const since = (some: readonly ReadTo[]): string => isoTime(Math.min(...some.map(({ reached }) => reached)));
  const advice = `the plan keeps ${days} ${days === 1 ? "day" : "days"}. Run the archive more often.`;
  return {
    ...(lost.length > 0 && {
      lost: `History of ${namesOf(lost)} from ${since(lost)} to ${isoTime(kept)} was deleted before it was read: ${advice}`,
    }),
    ...(near.length > 0 && {
      near: `History of ${namesOf(near)} was read up to ${since(near)} only, and is soon deleted: ${advice}`,
    }),
  };
}

/** Returns the earliest moment, in milliseconds since 1970, that a plan of so many days still has. */
export function earliestKept(days: number, now: number): number {
  return now - days * dayMs;
}

function namesOf(variables: readonly ReadTo[]): string {
  const names = variables.slice(0, maxNames).map(({ name }) => printable(name));
  const more = variables.length - names.length;
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
