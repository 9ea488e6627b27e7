/** A part of a name, and whether a search has found it. */
export interface Piece {
  text: string;
  isMatch: boolean;
}

/** Returns a text as it is searched: without regard to case, to how letters are composed, and to what space it has. */
export function toSearchText(text: string): string {
  return tidy(text).toLowerCase();
}

/**
 * Returns the words and numbers of a name in small letters, each once: of `tankLevel 29` these are `tanklevel`, `tank`,
 * `level` and `29`.
 */
export function nameWords(name: string): string[] {
  const words = tidy(name).match(/\p{N}+|[\p{L}\p{M}]+/gu) ?? [];
  const all = words.flatMap((word) => [word, ...(word.match(/\p{Lu}+\p{Ll}*|\p{Ll}+/gu) ?? [])]);
  return [...new Set(all.map((word) => word.toLowerCase()))];
}

/** Returns a name in pieces, those marked that are where one of the words begins; else where it occurs first. */
export function namePieces(name: string, words: readonly string[]): Piece[] {
  const shown = tidy(name);
  const small = shown.toLowerCase();
  // Some letters become longer when they become small.
  if (small.length !== shown.length) return [{ text: shown, isMatch: false }];
  const isMarked = new Array<boolean>(shown.length).fill(false);
  for (const word of words) {
    const at = placeOf(small, shown, word);
    if (at >= 0) isMarked.fill(true, at, at + word.length);
  }
  const pieces: Piece[] = [];
  let at = 0;
  for (const letter of shown) {
    const isMatch = isMarked[at] === true;
    const last = pieces.at(-1);
    if (last?.isMatch === isMatch) last.text += letter;
    else pieces.push({ text: letter, isMatch });
    at += letter.length;
  }
  return pieces;
}

function tidy(text: string): string {
  return text.normalize("NFC").replace(/\s+/g, " ").trim();
}

function placeOf(small: string, shown: string, word: string): number {
  for (let at = small.indexOf(word); at >= 0; at = small.indexOf(word, at + 1)) {
    const [before = "", first = ""] = [shown[at - 1], shown[at]];
    const isNumber = /\p{N}/u.test(first);
    const isBeginning = isNumber
      ? !/\p{N}/u.test(before)
      : !/\p{L}/u.test(before) || (/\p{Ll}/u.test(before) && /\p{Lu}/u.test(first));
    if (isBeginning) return at;
  }
  return /^\p{N}/u.test(word) ? -1 : small.indexOf(word);
}
