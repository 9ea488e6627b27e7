/** Returns how many characters must be inserted, removed, replaced or swapped with the next to turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let line = 1; line <= a.length; line++) {
    const next = [line];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (a[line - 1] === b[column - 1] ? 0 : 1);
      const isSwap = a[line - 1] === b[column - 2] && a[line - 2] === b[column - 1];
      const swapped = isSwap ? (before[column - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min(replaced, swapped, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}

/** Names longer than this are not compared. */
const maxLength = 64;

/**
 * Returns the known name that was meant, where `given` looks like a slip of the pen: another case, or one letter wrong,
 * in a long name two. `TEMPERATURE_K` is no slip for `TEMPERATURE_C`, but another unit.
 */
export function slipOf(given: string, known: readonly string[]): string | undefined {
  if (given === "" || given.length > maxLength) return undefined;
  const allowed = given.length < 8 ? 1 : 2;
  const near = known
    .filter((name) => Math.abs(name.length - given.length) <= allowed)
    .map((name) => ({ name, edits: editDistance(name.toLowerCase(), given.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= allowed && !isOtherUnit(name, given))
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.name;
}

/**
 * Returns whether two names differ only in the unit at their end, `TEMPERATURE_C` from `TEMPERATURE_K` and
 * `TEMPERATURE`.
 */
function isOtherUnit(a: string, b: string): boolean {
  return a.toLowerCase() !== b.toLowerCase() && withoutUnit(a) === withoutUnit(b);
}

function withoutUnit(name: string): string {
  return name.toLowerCase().replace(/_[a-z0-9]{1,2}$/, "");
}
