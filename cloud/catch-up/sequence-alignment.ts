/**
 * Finds in the history of a variable the values that are known from elsewhere: those seen live before an outage, and
 * those that came live after it. Times alone don't tell, since live values often carry the time of their arrival here,
 * and the two clocks differ; values alone don't either, since boards report the same value again and again. So the place
 * is looked for at which the sequence of values fits, and of several such places the one at which the times fit best.
 * Pure functions; all times in milliseconds since 1970.
 */

/** What is known of the difference of the two clocks may be so far off. */
export const maxSkewMs = 120_000;
/** A place counts as the only good one if every other is so many times worse. */
const clearly = 4;

export interface StoredValue {
  variable: string;
  value: unknown;
  timestamp: number;
  /** The same text for values that the cloud can't tell apart. */
  print: string;
}

/** A value that is known from elsewhere. */
export interface Reference {
  print: string;
  timestamp: number;
  /** Whether the timestamp is the one that history has, and not the time of arrival here. */
  isExact: boolean;
  /** How far its stored copy may be from where the clocks would have it. */
  tolerance: number;
}

/** What is known of one variable at one side of a gap. */
export interface Edge {
  /** In the order in which they came, the one next to the gap last. */
  known: readonly Reference[];
  /** Where history has none of them, by our clock: what is stored before this is known all the same. */
  limit: number;
}

interface Position {
  /** So many of the first stored values are known. */
  count: number;
  /** How far the clock of history is ahead of ours, if this is the place. */
  skew: number;
  isExact: boolean;
  depth: number;
  /** Whether the sequences agree as far back as both reach. */
  agrees: boolean;
}

/** How far the clock of history is ahead of ours, and how far that may be off. */
export interface Skew {
  by: number;
  within: number;
}

/** Gives the stored values that lie beyond what is known, in their order; variables without an edge pass whole. */
export function dropKnownPrefix(
  points: readonly StoredValue[],
  edges: ReadonlyMap<string, Edge>,
  skew: Skew,
): { rest: StoredValue[]; unmatched: string[] } {
  const left = new Map<string, number>();
  const unmatched: string[] = [];
  const all = byVariable(points);
  for (const [variable, { known, limit }] of edges) {
    const series = all.get(variable) ?? [];
    const count = bestCount(candidatePositions(series, known, skew.by), skew);
    if (count === undefined && known.length > 0) unmatched.push(variable);
    left.set(variable, count ?? series.filter(({ timestamp }) => timestamp < limit + skew.by).length);
  }
  const rest = points.filter(({ variable }) => {
    const count = left.get(variable) ?? 0;
    left.set(variable, count - 1);
    return count <= 0;
  });
  return { rest, unmatched };
}

/**
 * As `beyond`, for what is known behind the gap instead of before it: gives the stored values that come before the known
 * ones, of which those next to the gap are last in `edges` here too.
 */
export function dropKnownSuffix(
  points: readonly StoredValue[],
  edges: ReadonlyMap<string, Edge>,
  skew: Skew,
): { rest: StoredValue[]; unmatched: string[] } {
  const { rest, unmatched } = dropKnownPrefix(points.map(mirror).reverse(), mirrorEdges(edges), {
    ...skew,
    by: -skew.by,
  });
  return { rest: rest.map(mirror).reverse(), unmatched };
}

/** The same with time running backwards. */
function mirror<T extends { timestamp: number }>(item: T): T {
  return { ...item, timestamp: -item.timestamp };
}

function mirrorEdges(edges: ReadonlyMap<string, Edge>): Map<string, Edge> {
  const entries = [...edges].map(([name, { known, limit }]): [string, Edge] => [
    name,
    { known: known.map(mirror), limit: -limit },
  ]);
  return new Map(entries);
}

/**
 * Gives how far the clock of history is ahead of ours, as the variables with one possible place tell: their median.
 * Undefined where there is none.
 * @param roughly what is known of it, to within `mostSkew`
 */
export function estimateSkew(
  points: readonly StoredValue[],
  edges: ReadonlyMap<string, Edge>,
  roughly: number,
): number | undefined {
  const samples: number[] = [];
  for (const [variable, series] of byVariable(points)) {
    const [place, another] = candidatePositions(series, edges.get(variable)?.known ?? [], roughly);
    if (place !== undefined && another === undefined && !place.isExact) samples.push(place.skew);
  }
  samples.sort((a, b) => a - b);
  return samples[Math.floor(samples.length / 2)];
}

/** As `estimateSkew`, for what is known behind the gap; counts only values that are surely stored. */
export function estimateSkewBehind(
  points: readonly StoredValue[],
  edges: ReadonlyMap<string, Edge>,
  roughly: number,
): number | undefined {
  const sure = new Map([...edges].filter(([, { known }]) => known.at(-1)?.tolerance === maxSkewMs));
  const skew = estimateSkew(points.map(mirror).reverse(), mirrorEdges(sure), -roughly);
  return skew === undefined ? undefined : -skew;
}

/** The places at which `known` may end in the series: by its last value, or where that is not stored, by one before. */
function candidatePositions(series: readonly StoredValue[], known: readonly Reference[], skew: number): Position[] {
  for (let length = known.length; length > 0; length--) {
    const found = candidatePositionsOf(series, known.slice(0, length), skew);
    const deepest = Math.max(...found.map(({ depth }) => depth));
    const fitting = found.filter(({ agrees, depth }) => agrees || depth === deepest);
    if (fitting.length > 0) return fitting;
  }
  return [];
}

function candidatePositionsOf(series: readonly StoredValue[], known: readonly Reference[], skew: number): Position[] {
  const last = known.at(-1);
  if (last === undefined) return [];
  const expected = last.timestamp + (last.isExact ? 0 : skew);
  const found: Position[] = [];
  series.forEach(({ print, timestamp }, index) => {
    if (print !== last.print || Math.abs(timestamp - expected) > last.tolerance) return;
    const count = index + 1;
    const depth = commonEnd(series, count, known);
    const agrees = depth === Math.min(count, known.length);
    found.push({ count, skew: timestamp - last.timestamp, isExact: last.isExact, depth, agrees });
  });
  return found;
}

/** How many of the last known values are the stored ones before `count`, one by one. */
function commonEnd(series: readonly StoredValue[], count: number, known: readonly Reference[]): number {
  let depth = 0;
  while (depth < count && depth < known.length && series[count - 1 - depth]?.print === known.at(-1 - depth)?.print) {
    depth++;
  }
  return depth;
}

/** The best place; of those that are about as good the first, since that rather repeats than loses. */
function bestCount(found: readonly Position[], skew: Skew): number | undefined {
  const distance = (place: Position): number => Math.abs(place.skew - (place.isExact ? 0 : skew.by));
  const closest = Math.min(...found.map(distance));
  const isNearBest = (place: Position): boolean =>
    distance(place) <= Math.max(clearly * closest, place.isExact ? 0 : skew.within);
  return found.find(isNearBest)?.count;
}

function byVariable(points: readonly StoredValue[]): Map<string, StoredValue[]> {
  const series = new Map<string, StoredValue[]>();
  for (const point of points) {
    const list = series.get(point.variable);
    if (list === undefined) series.set(point.variable, [point]);
    else list.push(point);
  }
  return series;
}
