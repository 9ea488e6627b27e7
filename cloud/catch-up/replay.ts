/*
 * What a flow got live, beside what history has of the same time:
 *
 *              live before         outage          live after, buffered
 *   got        21  22  22  21 │                 │  20  22  23  22
 *   stored     21  22  22  21 │  20  22  19  20 │  20  22  23          (the last 22 is not stored yet)
 *                             │                 │
 *                   dropKnownPrefix         dropKnownSuffix
 *
 * Given out is what lies between the two cuts. Each cut is where the sequence of what was got fits what is stored
 * (sequence-alignment.ts); so that it can be found, history is read from well before the loss to well after the return.
 * Where nothing came live after an outage before the next one began, the next replay has what lies behind it.
 */
import { sleep } from "../core/clock";
import { readRaw } from "../history/raw-reader";
import type { SeriesWindow } from "../history/points";
import { type Property, wireName } from "../rest/index";
import { edgesAfter, edgesBefore, isReported } from "./known-edges";
import { toStored } from "./present-values";
import type { ReplayContext } from "./replay-context";
import {
  dropKnownPrefix,
  dropKnownSuffix,
  type Edge,
  estimateSkew,
  estimateSkewBehind,
  maxSkewMs,
  type Skew,
  type StoredValue,
} from "./sequence-alignment";
import { isoTime } from "../core/text";

/**
 * Values beside the outage that are read all the same, to find in them what was got: theirs and two clocks' difference.
 */
const overlapMs = 2 * maxSkewMs;
/** Live values that history has already may still be on their way to us so long. */
const inFlightMs = 1_000;
/** How often history is read again because it has not caught up. */
const maxReads = 4;
/** A difference of clocks that is told in whole seconds is off by so much at most. */
const wholeSecondsErrorMs = 1_100;

/**
 * Passes on every stored value of an outage that was not seen live before it and is not buffered after it, in order of
 * time. A long outage is given out while it is read; only its two ends are kept.
 * @throws CloudError as `readRaw`
 */
export async function replayOutage(context: ReplayContext): Promise<void> {
  await context.renewSeen();
  const { seen, stored, clockSkewMs } = context;
  const offsets = stored.map((property) => seen.offset(wireName(property)));
  const [lostAt, backAt] = [seen.reached + clockSkewMs, context.onlineAt + clockSkewMs];
  const headEnd = lostAt + Math.max(0, ...offsets) + overlapMs;
  const tailBegin = backAt + Math.min(0, ...offsets) - overlapMs;
  const windows = (from: number, to: number): ReplayWindow[] =>
    stored.map((property, index) => {
      const offset = offsets[index] ?? 0;
      const begin = Math.max(from, lostAt + Math.min(0, offset) - overlapMs);
      return { property, begin, end: Math.min(to, backAt + Math.max(0, offset) + overlapMs) };
    });
  if (tailBegin <= headEnd) {
    await replayEnd(context, windows(-Infinity, Infinity), { isWhole: true });
  } else {
    const skewMs = await replayBeginning(context, windows(-Infinity, tailBegin), headEnd);
    await replayEnd(context, windows(tailBegin, Infinity), { isWhole: false, skewMs });
  }
}

/** The span of a variable's history that is read; milliseconds since 1970: begin ≤ time < end. */
interface ReplayWindow {
  property: Property;
  begin: number;
  end: number;
}

/**
 * Passes on all but what was seen before, as it is read.
 * @param headEnd the time by which what was seen before ends for certain
 * @returns the difference of the clocks, where it shows
 */
async function replayBeginning(
  context: ReplayContext,
  windows: readonly ReplayWindow[],
  headEnd: number,
): Promise<number | undefined> {
  const before = edgesBefore(context);
  const giveOutHead = (head: readonly StoredValue[]): number | undefined => {
    const skewMs = estimateSkew(head, before, context.clockSkewMs);
    for (const value of dropKnownPrefix(head, before, toSkew(skewMs, context)).rest) context.emit(value);
    return skewMs;
  };
  let head: StoredValue[] | undefined = [];
  let skewMs: number | undefined;
  for await (const value of readStored(context, windows)) {
    if (head !== undefined && value.timestamp > headEnd) {
      skewMs = giveOutHead(head);
      head = undefined;
    }
    if (head === undefined) context.emit(value);
    else head.push(value);
  }
  return head === undefined ? skewMs : giveOutHead(head);
}

/**
 * Reads the end of the outage, again if history has not caught up, and gives out what was not got otherwise.
 * @param known whether that is the whole outage; else the difference of the clocks as its beginning tells it
 */
async function replayEnd(
  context: ReplayContext,
  windows: readonly ReplayWindow[],
  known: { isWhole: boolean; skewMs?: number | undefined },
): Promise<void> {
  const { clock, signal, delayMs, warn } = context;
  for (let reads = 1; ; reads++) {
    const readAt = clock.now();
    const values: StoredValue[] = [];
    for await (const value of readStored(context, windows)) values.push(value);
    await sleep(clock, inFlightMs, signal, "Catching up");
    await context.renewSeen();
    const before = known.isWhole ? edgesBefore(context) : new Map<string, Edge>();
    const { missed, late } = cutOut(context, values, before, readAt, known.skewMs);
    if (late.length === 0 || reads === maxReads) {
      if (late.length > 0) warn(`History does not have the newest values of ${late.join(", ")} yet.`);
      const all = [...missed, ...context.present()].sort((a, b) => a.timestamp - b.timestamp);
      for (const value of all) context.emit(value);
      return;
    }
    await sleep(clock, Math.max(delayMs, inFlightMs), signal, "Catching up");
  }
}

/** Returns what lies between the two cuts, and the variables whose stored values end before the second one. */
function cutOut(
  context: ReplayContext,
  values: readonly StoredValue[],
  before: ReadonlyMap<string, Edge>,
  readAt: number,
  knownSkewMs: number | undefined,
): { missed: StoredValue[]; late: string[] } {
  const { clockSkewMs } = context;
  const measured =
    knownSkewMs ??
    estimateSkew(values, before, clockSkewMs) ??
    estimateSkewBehind(values, edgesAfter(context, readAt, 0), clockSkewMs);
  const skew = toSkew(measured, context);
  const after = edgesAfter(context, readAt, measured === undefined ? 0.5 : 1);
  const { rest, unmatched } = dropKnownSuffix(dropKnownPrefix(values, before, skew).rest, after, skew);
  const late = unmatched.filter((variable) => after.get(variable)?.known.at(-1)?.isSurelyStored);
  return { missed: withoutNextOutage(rest, context, skew), late };
}

/**
 * Leaves to the next replay what belongs to a further outage: history may not have all of that yet. Of a variable of
 * which nothing came in between, any moment in between will do.
 */
function withoutNextOutage(values: StoredValue[], context: ReplayContext, { byMs }: Skew): StoredValue[] {
  const { onlineAt, lostAgainAt, buffered, seen } = context;
  const lostAt = lostAgainAt();
  if (lostAt === undefined) return values;
  const came = new Set(buffered.filter(isReported).map(({ live }) => live.variable));
  const middle = (onlineAt + lostAt) / 2;
  return values.filter(
    ({ variable, timestamp }) => came.has(variable) || timestamp < middle + (seen.offset(variable) || byMs),
  );
}

/** Returns the difference of the clocks as the values tell it; else as the service's whole seconds do. */
function toSkew(measuredMs: number | undefined, { clockSkewMs }: ReplayContext): Skew {
  if (measuredMs !== undefined) return { byMs: measuredMs, withinMs: 0 };
  return { byMs: clockSkewMs, withinMs: clockSkewMs === 0 ? 0 : wholeSecondsErrorMs };
}

/** Reads the stored values of some windows, ascending in time. */
async function* readStored(
  context: ReplayContext,
  windows: readonly ReplayWindow[],
): AsyncGenerator<StoredValue, void, undefined> {
  const { client, signal, warn } = context;
  const byId = new Map(windows.map((window) => [window.property.id, window]));
  const series: SeriesWindow[] = windows
    .filter(({ begin, end }) => begin < end)
    .map(({ property, begin, end }) => ({ propertyId: property.id, from: isoTime(begin), to: isoTime(end) }));
  const onOverflow = (propertyId: string, time: string): void => {
    const property = byId.get(propertyId)?.property;
    const name = property === undefined ? propertyId : wireName(property);
    warn(`"${name}" has more than 1000 values at ${time}; the API gives no more of them.`);
  };
  for await (const point of readRaw({ client, windows: series, signal, onOverflow })) {
    const window = byId.get(point.propertyId);
    // Whether the end of a window belongs to it is not documented.
    if (window === undefined || point.timestamp >= window.end) continue;
    yield toStored(window.property, point.value, point.timestamp);
  }
}
