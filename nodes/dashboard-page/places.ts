/** A place in a grid, counted in cells from the upper left one. */
export interface GridPlace {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Places that do not overlap. */
export interface Arrangement {
  /** In the order in which they were wanted. */
  places: GridPlace[];
  columns: number;
  /** The numbers of those that could not have the place they wanted. */
  moved: number[];
}

/** The size of what has no place of its own. */
const defaultWidth = 4;
const defaultHeight = 2;

/**
 * Returns for each the place it wants. Of two that overlap the first one keeps its place, and the other goes below, in its own columns;
 * what wants no place stands at the end. With `heights`, that is as wide as the grid and as high as they say.
 */
export function arrange(wanted: readonly (GridPlace | undefined)[], heights?: readonly number[]): Arrangement {
  const known = wanted.flatMap((place) => place ?? []);
  const columns = Math.max(known.length === 0 ? defaultWidth : 1, ...known.map(({ x, width }) => x + width));
  const places = new Map<number, GridPlace>();
  const waiting: number[] = [];
  wanted.forEach((place, index) => {
    if (place !== undefined && isFree(place, places.values())) places.set(index, place);
    else waiting.push(index);
  });
  // Only when all others stand: what is right in the data must not give way to what is not.
  for (const index of waiting) {
    const others = [...places.values()];
    const width = Math.min(heights === undefined ? defaultWidth : columns, columns);
    const last = { x: 0, y: Math.max(0, ...others.map(bottomOf)), width, height: heights?.[index] ?? defaultHeight };
    places.set(index, placeBelow(wanted[index] ?? last, others));
  }
  return { places: wanted.flatMap((_place, index) => places.get(index) ?? []), columns, moved: waiting };
}

function isFree(place: GridPlace, others: Iterable<GridPlace>): boolean {
  for (const other of others) if (overlaps(place, other)) return false;
  return true;
}

function overlaps(a: GridPlace, b: GridPlace): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function placeBelow(place: GridPlace, others: readonly GridPlace[]): GridPlace {
  // A place of no end overlaps all that stands in its columns.
  const below = others
    .filter((other) => overlaps({ ...place, y: 0, height: Infinity }, other))
    .sort((a, b) => a.y - b.y);
  let { y } = place;
  for (let before = -1; before !== y;) {
    before = y;
    for (const other of below) if (overlaps({ ...place, y }, other)) y = bottomOf(other);
  }
  return { ...place, y };
}

function bottomOf({ y, height }: GridPlace): number {
  return y + height;
}

/**
 * Returns places for the cells that are free before the last of `places`. A grid of the browser has no places but fills its
 * cells in reading order; with these in between, each stands where it should.
 */
export function fillGaps(places: readonly GridPlace[], columns: number): GridPlace[] {
  const gaps: GridPlace[] = [];
  const last = places.reduce((end, place) => (isBefore(end, place) ? place : end), { x: 0, y: 0 });
  let open: GridPlace[] = [];
  for (let row = 0; row <= last.y; row++) {
    open = freeRuns(places, columns, row).map(({ x, width }) => {
      const above = open.find((gap) => gap.x === x && gap.width === width);
      if (above !== undefined) {
        above.height++;
        return above;
      }
      const gap = { x, y: row, width, height: 1 };
      gaps.push(gap);
      return gap;
    });
  }
  return gaps.filter((gap) => isBefore(gap, last));
}

/** Returns whether one begins before the other, in reading order. */
export function isBefore(a: Pick<GridPlace, "x" | "y">, b: Pick<GridPlace, "x" | "y">): boolean {
  return a.y < b.y || (a.y === b.y && a.x < b.x);
}

function freeRuns(places: readonly GridPlace[], columns: number, row: number): { x: number; width: number }[] {
  const here = places.filter(({ y, height }) => y <= row && row < y + height).sort((a, b) => a.x - b.x);
  const runs: { x: number; width: number }[] = [];
  let x = 0;
  for (const place of [...here, { x: columns, width: 0 }]) {
    if (place.x > x) runs.push({ x, width: place.x - x });
    x = place.x + place.width;
  }
  return runs;
}
