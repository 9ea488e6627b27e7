import type { Mark } from "./mark";

/** A value that was heard, as far as its place among others goes. */
export interface Placed {
  /** Its fingerprint. */
  readonly print: number;
  /** The engine's time at which it was heard. */
  readonly at: number;
}

/** Two copies hear the same value at most so far apart; else it is another one with the same bytes. */
export const sameValueMs = 2_000;
/** Among several places that are as near, the first one is taken: twice rather than lost. */
export const jitterMs = 250;
/** Where no place is found, what was heard so long before the mark counts as not given. */
const doubtMs = 10_000;

/** Where another copy's mark is in what this copy has heard of the same stream. */
export interface MarkedPlace {
  /** The index of the first value that comes after the mark. */
  readonly first: number;
  /** The fingerprints of values before the mark that this copy has yet to hear: they were on their way. */
  readonly ahead: readonly number[];
}

/**
 * Returns where a mark is. In doubt an earlier place: a value may come twice, but is not lost.
 * @param now the engine's time
 */
export function findMark(heard: readonly Placed[], mark: Mark, now: number): MarkedPlace {
  const places = heard
    .map((_value, index) => index)
    .filter((index) => isNear(heard[index], mark.at, sameValueMs) && fits(heard, index, mark.prints));
  const alike = places.find((index) => isNear(heard[index], mark.at, jitterMs));
  const best = alike ?? nearest(heard, places, mark.at);
  if (best !== undefined) return { first: best + 1, ahead: [] };
  const ahead = now - mark.at > sameValueMs ? [] : stillToCome(heard, mark);
  if (ahead.length > 0) return { first: heard.length, ahead };
  const later = heard.findIndex(({ at }) => at > mark.at - doubtMs);
  return { first: later < 0 ? heard.length : later, ahead };
}

/** Returns what is missing at the end of what was heard, up to a mark. */
function stillToCome(heard: readonly Placed[], { prints }: Mark): readonly number[] {
  // Where nothing was heard for long, the last one alone is on its way.
  if (heard.length === 0) return prints.slice(-1);
  for (let length = prints.length - 1; length > 0; length--) {
    if (fits(heard, heard.length - 1, prints.slice(0, length))) return prints.slice(length);
  }
  return [];
}

/** Returns whether the values up to a place are those of the mark, as far back as there are any. */
function fits(heard: readonly Placed[], index: number, prints: readonly number[]): boolean {
  if (prints.length === 0) return false;
  for (let back = 0; back < prints.length && back <= index; back++) {
    if (heard[index - back]?.print !== prints[prints.length - 1 - back]) return false;
  }
  return true;
}

function isNear(value: Placed | undefined, at: number, toleranceMs: number): boolean {
  return value !== undefined && Math.abs(value.at - at) <= toleranceMs;
}

function nearest(heard: readonly Placed[], places: readonly number[], at: number): number | undefined {
  const distance = (index: number): number => Math.abs((heard[index]?.at ?? 0) - at);
  return places.reduce<number | undefined>(
    (best, index) => (best === undefined || distance(index) < distance(best) ? index : best),
    undefined,
  );
}
