const wordsInKey = 6;

/**
 * Returns the key by which the catalogue has a note on a field: its first words. Figures, and names alone, are the same in
 * each language and have none.
 */
export function noteKey(note: string): string | undefined {
  if (!/^[a-z]+$| /.test(note)) return undefined;
  return (note.toLowerCase().match(/[a-z0-9_]+/g) ?? []).slice(0, wordsInKey).join("-");
}
