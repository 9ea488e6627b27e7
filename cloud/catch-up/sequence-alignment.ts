/**
 * Finds in the history of a variable the values that are known from elsewhere: those seen live before an outage, and
 * those that came live after it (drawn in replay.ts). Times alone don't tell, since live values often carry the time of
 * their arrival here, and the two clocks differ; values alone don't either, since boards report the same value again
 * and again. So positions are looked for at which the sequence of values fits, near to where the clocks would have it
 * if there is one, and of several the one at which the times fit best. Pure functions; all times in milliseconds since
 * 1970.
 */

/** The most that is assumed of an error in the difference of the two clocks. */
export const maxSkewMs = 120_000;
/** A stored copy is so near to where the clocks would have it, if what is known of them is right. */
const nearMs = 2_000;
/** A position counts as the only good one if every other is so many times worse. */
const clearly = 4;
/** A position that the clocks speak against counts if values fit so well by chance less often than this. */
const maxChance = 0.01;

/** A value of history. */
export interface StoredValue {
  variable: string;
  value: unknown;
  timestamp: number;
  /** The same text for values that the cloud can't tell apart. */
  print: string;
}

/** A value that is known from elsewhere. */
export interface KnownValue {
  print: string;
  timestamp: number;
  /** Whether the timestamp is the one that history has, and not the time of arrival here. */
  isExact: boolean;
  /** Whether history has it for certain. */
  isSurelyStored: boolean;
  /** How far its stored copy may be from where the clocks would have it. */
  toleranceMs: number;
}

/** The known values of one variable at one side of an outage. */
export interface Edge {
  /** In the order in which they came, the one next to the outage last. */
  known: readonly KnownValue[];
  /** Where history has none of them, by our clock: what is stored before this is known all the same. */
  limit: number;
}

/** How far the clock of history is ahead of ours, and how far that may be off. */
export interface Skew {
  byMs: number;
  withinMs: number;
}

/** A place in a series of stored values at which the known ones may end. */
interface Position {
  /** So many of the first stored values are known. */
  count: number;
  /** How far the clock of history is ahead of ours, if this is the place. */
  skewMs: number;
  isExact: boolean;
  /** So many of the last known values are there, one by one. */
  depth: number;
  /** Whether the sequences agree as far back as both reach. */
  agrees: boolean;
}

/** Returns the stored values behind the known ones, in their order; variables without an edge pass whole. */
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
    const count = bestCount(candidatePositions(series, known, skew.byMs), skew);
    if (count === undefined && known.length > 0) unmatched.push(variable);
    left.set(variable, count ?? series.filter(({ timestamp }) => timestamp < limit + skew.byMs).length);
  }
  const rest = points.filter(({ variable }) => {
    const count = left.get(variable) ?? 0;
    left.set(variable, count - 1);
    return count <= 0;
  });
  return { rest, unmatched };
}

/**
 * Returns the stored values before the known ones: the same as `dropKnownPrefix` from the other side. In `edges` those
 * next to the outage are last here too.
 */
export function dropKnownSuffix(
  points: readonly StoredValue[],
  edges: ReadonlyMap<string, Edge>,
  skew: Skew,
): { rest: StoredValue[]; unmatched: string[] } {
  const mirrored = { ...skew, byMs: -skew.byMs };
  const { rest, unmatched } = dropKnownPrefix(points.map(mirror).reverse(), mirrorEdges(edges), mirrored);
  return { rest: rest.map(mirror).reverse(), unmatched };
}

/** Returns the same with time running backwards. */
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
 * Returns how far the clock of history is ahead of ours, as the variables with one possible position tell: their
 * median. Undefined where there is none.
 * @param roughlyMs what is known of it, to within `maxSkewMs`
 */
export function estimateSkew(
  points: readonly StoredValue[],
  edges: ReadonlyMap<string, Edge>,
  roughlyMs: number,
): number | undefined {
  const samples: number[] = [];
  for (const [variable, series] of byVariable(points)) {
    const [position, another] = candidatePositions(series, edges.get(variable)?.known ?? [], roughlyMs);
    if (position === undefined || another !== undefined || position.isExact) continue;
    const isNear = Math.abs(position.skewMs - roughlyMs) <= nearMs;
    if (isNear || chanceOf(position, series) < maxChance) samples.push(position.skewMs);
  }
  samples.sort((a, b) => a - b);
  return samples[Math.floor(samples.length / 2)];
}

/** Does as `estimateSkew` for what is known behind the outage; counts only values that are surely stored. */
export function estimateSkewBehind(
  points: readonly StoredValue[],
  edges: ReadonlyMap<string, Edge>,
  roughlyMs: number,
): number | undefined {
  const sure = new Map([...edges].filter(([, { known }]) => known.at(-1)?.isSurelyStored));
  const skew = estimateSkew(points.map(mirror).reverse(), mirrorEdges(sure), -roughlyMs);
  return skew === undefined ? undefined : -skew;
}

/** Returns how many positions of the series would fit as well by mere chance, since its values repeat. */
function chanceOf({ count, depth }: Position, series: readonly StoredValue[]): number {
  const matched = series.slice(count - depth, count);
  const share = (print: string): number => (series.filter((other) => other.print === print).length - 1) / series.length;
  return matched.reduce((chance, { print }) => chance * share(print), series.length);
}

/** Returns where `known` may end in the series: by its last value, or where that is not stored, by one before. */
function candidatePositions(series: readonly StoredValue[], known: readonly KnownValue[], skewMs: number): Position[] {
  for (let length = known.length; length > 0; length--) {
    const found = positionsOf(series, known.slice(0, length), skewMs);
    const near = found.filter((position) => distanceMs(position, skewMs) <= nearMs);
    const likely = near.length > 0 ? near : found;
    const deepest = Math.max(...likely.map(({ depth }) => depth));
    const fitting = likely.filter(({ agrees, depth }) => agrees || depth === deepest);
    if (fitting.length > 0) return fitting;
  }
  return [];
}

/** Returns all positions of the last known value within its tolerance. */
function positionsOf(series: readonly StoredValue[], known: readonly KnownValue[], skewMs: number): Position[] {
  const last = known.at(-1);
  if (last === undefined) return [];
  const expected = last.timestamp + (last.isExact ? 0 : skewMs);
  const found: Position[] = [];
  series.forEach(({ print, timestamp }, index) => {
    if (print !== last.print || Math.abs(timestamp - expected) > last.toleranceMs) return;
    const count = index + 1;
    const depth = commonEnd(series, count, known);
    const agrees = depth === Math.min(count, known.length);
    found.push({ count, skewMs: timestamp - last.timestamp, isExact: last.isExact, depth, agrees });
  });
  return found;
}

/** Returns how many of the last known values are the stored ones before `count`, one by one. */
function commonEnd(series: readonly StoredValue[], count: number, known: readonly KnownValue[]): number {
  let depth = 0;
  while (depth < count && depth < known.length && series[count - 1 - depth]?.print === known.at(-1 - depth)?.print) {
    depth++;
  }
  return depth;
}

/** Returns the best position; of those that are about as good the first, since that rather repeats than loses. */
function bestCount(found: readonly Position[], { byMs, withinMs }: Skew): number | undefined {
  const closestMs = Math.min(...found.map((position) => distanceMs(position, byMs)));
  const isNearBest = (position: Position): boolean =>
    distanceMs(position, byMs) <= Math.max(clearly * closestMs, position.isExact ? 0 : withinMs);
  return found.find(isNearBest)?.count;
}

/** Returns how far a position is from where the clocks would have it. */
function distanceMs({ skewMs, isExact }: Position, expectedMs: number): number {
  return Math.abs(skewMs - (isExact ? 0 : expectedMs));
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
