import { sameValueMs } from "./alignment";

/** How far the values of one lane have gone into the flow. */
export interface Mark {
  /** The engine's time, in milliseconds since 1970, at which the last of them was heard. */
  at: number;
  /** The fingerprints of the last of them, newest last. */
  prints: readonly number[];
}

/** So many fingerprints are in a mark: enough to find a place among values that repeat. */
export const maxPrints = 8;

/** The group of the engine in which marks are, by the names of their lanes. */
export const markGroup = "marks";
/** A mark that is so old belongs to a node that is no more. */
export const markLifeMs = 7 * 86_400_000;

/**
 * Returns the marks that the engine holds at a time, and the names of those that are of no use any more. One that is later
 * than now was made before the engine's clock was set back: no place can be found by it.
 */
export function marksFrom(
  fields: Readonly<Record<string, string>>,
  time: number,
): { marks: Map<string, Mark>; useless: string[] } {
  const marks = new Map<string, Mark>();
  const useless: string[] = [];
  for (const [key, text] of Object.entries(fields)) {
    const mark = markFromText(text);
    if (mark === undefined || time - mark.at > markLifeMs || mark.at - time > sameValueMs) useless.push(key);
    else marks.set(key, mark);
  }
  return { marks, useless };
}

/** Returns a mark as the engine keeps it: the time and the fingerprints, with spaces between them. */
export function markToText({ at, prints }: Mark): string {
  return `${at} ${prints.join(" ")}`;
}

/** Returns the mark that a text of the engine holds; undefined where it is none. */
function markFromText(text: string): Mark | undefined {
  if (!/^\d+( \d+)* ?$/.test(text)) return undefined;
  const [at = 0, ...prints] = text.trim().split(" ").map(Number);
  return { at, prints };
}
