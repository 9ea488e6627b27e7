import { asRecord } from "../core/json";

/** How far the values of one lane have gone into the flow. */
export interface Mark {
  /** The engine's time, in milliseconds since 1970, at which the last of them was heard. */
  at: number;
  /** The fingerprints of the last of them, newest last. */
  prints: readonly string[];
}

/** So many fingerprints are in a mark: enough to find a place among values that repeat. */
export const maxPrints = 8;

/** Returns a mark as the engine keeps it. */
export function markToText({ at, prints }: Mark): string {
  return JSON.stringify({ at, t: prints });
}

/** Returns the mark that a text of the engine holds; undefined where it is none. */
export function markFromText(text: string | undefined): Mark | undefined {
  if (text === undefined) return undefined;
  try {
    const { at, t } = asRecord(JSON.parse(text)) ?? {};
    if (typeof at !== "number" || !Array.isArray(t)) return undefined;
    return { at, prints: t.filter((print) => typeof print === "string") };
  } catch {
    return undefined;
  }
}
