import {
  dropKnownSuffix,
  dropKnownPrefix,
  type Edge,
  estimateSkew,
  estimateSkewBehind,
  maxSkewMs,
  type Reference,
  type Skew,
  type StoredValue,
} from "./sequence-alignment";
import { type Clock, sleep } from "../core/clock";
import type { LiveValue } from "../live-values/value-feed";
import { fingerprint, storedValue } from "../property-types/fingerprint";
import { type Property, type RestClient, wireName } from "../rest/index";
import { readRaw } from "../history/raw-reader";
import type { SeriesWindow } from "../history/points";
import { offsetOf, maxSeenValues, type SeenValue, type SeenValues } from "./seen-values";

/** A live value that waits. */
export interface BufferedValue {
  live: LiveValue;
  /** Milliseconds since 1970 at which it arrived, by our clock. */
  at: number;
}

/** What is needed to read the values that were missed in an outage. */
export interface ReplayContext {
  client: Pick<RestClient, "call">;
  /** Milliseconds by which the service's clock is ahead of ours, roughly. */
  clockSkew: number;
  clock: Clock;
  signal: AbortSignal;
  /** What was seen before the outage. Values given out are added. */
  seen: SeenValues;
  /** Live values that came since, in their order; grows meanwhile. */
  held: readonly BufferedValue[];
  /** Milliseconds since 1970, by our clock, at which the connection was back. */
  onlineAt: number;
  /** Milliseconds after which a value is expected to be in history. */
  delay: number;
  /** The variables that have a history. */
  stored: readonly Property[];
  /** The variables that have none. */
  unstored: readonly Property[];
  emit: (value: StoredValue) => void;
  warn: (message: string) => void;
}

/**
 * Values before the gap that are read all the same, to find in history what was seen: theirs and two clocks'
 * difference.
 */
const overlapMs = 2 * maxSkewMs;
/** Live values that history has already may still be on their way to us so long. */
const inFlightMs = 1_000;
/** How often history is read again because it has not caught up. */
const maxReads = 4;
/** A value counts as updated after it was seen if it is so much later, since a live one has the time of its arrival. */
const laterByMs = 1_000;

/** A difference of clocks that is told in whole seconds is off by so much at most. */
const wholeSecondsErrorMs = 1_100;

/**
 * Gives out every stored value of an outage that was not seen live before it and does not wait among the held ones, in
 * order of time. Reads from well before the loss, so that the end of what was seen is found in it, to well after the
 * return, so that the beginning of what is held is found too (see sequence-alignment.ts). A long outage is given out
 * while it is read; only its two ends are kept.
 * @throws CloudError as `readRaw`
 */
export async function replayOutage(context: ReplayContext): Promise<void> {
  const { seen, stored, clockSkew } = context;
  const offsets = stored.map((property) => seen.offset(wireName(property)));
  const [lostAt, backAt] = [seen.reached + clockSkew, context.onlineAt + clockSkew];
  const seenUntil = lostAt + Math.max(0, ...offsets) + overlapMs;
  const heldFrom = backAt + Math.min(0, ...offsets) - overlapMs;
  const windows = (from: number, to: number): ReplayWindow[] =>
    stored.map((property, index) => {
      const offset = offsets[index] ?? 0;
      const begin = Math.max(from, lostAt + Math.min(0, offset) - overlapMs);
      return { property, begin, end: Math.min(to, backAt + Math.max(0, offset) + overlapMs) };
    });
  let skew: number | undefined;
  const isLong = heldFrom > seenUntil;
  if (isLong) skew = await replayMiddle(context, windows(-Infinity, heldFrom), seenUntil);
  const tail = await readTail(context, windows(isLong ? heldFrom : -Infinity, Infinity), !isLong, skew);
  for (const value of tail) context.emit(value);
}

interface ReplayWindow {
  property: Property;
  /** Milliseconds since 1970: begin ≤ time < end. */
  begin: number;
  end: number;
}

/** Gives out all but what was seen before, as it is read; gives the difference of the clocks where it shows. */
async function replayMiddle(
  context: ReplayContext,
  spans: readonly ReplayWindow[],
  seenUntil: number,
): Promise<number | undefined> {
  const edges = seenEdges(context);
  const head: StoredValue[] = [];
  let isHead = true;
  let skew: number | undefined;
  for await (const value of readStored(context, spans)) {
    if (isHead && value.timestamp > seenUntil) {
      isHead = false;
      skew = giveOutHead(context, head, edges);
    }
    if (isHead) head.push(value);
    else context.emit(value);
  }
  return isHead ? giveOutHead(context, head, edges) : skew;
}

function giveOutHead(
  context: ReplayContext,
  head: readonly StoredValue[],
  edges: ReadonlyMap<string, Edge>,
): number | undefined {
  const skew = estimateSkew(head, edges, context.clockSkew);
  for (const value of dropKnownPrefix(head, edges, toSkew(skew, context)).rest) context.emit(value);
  return skew;
}

/** Reads the end of the gap, again if history has not caught up, and gives what is to be given out of it. */
async function readTail(
  context: ReplayContext,
  spans: readonly ReplayWindow[],
  holdsHead: boolean,
  knownSkew: number | undefined,
): Promise<StoredValue[]> {
  const { clock, clockSkew, signal, delay } = context;
  for (let reads = 1; ; reads++) {
    const startedAt = clock.now();
    const values: StoredValue[] = [];
    for await (const value of readStored(context, spans)) values.push(value);
    await sleep(clock, inFlightMs, signal, "Catching up");
    const seen = holdsHead ? seenEdges(context) : new Map<string, Edge>();
    const measured =
      knownSkew ??
      estimateSkew(values, seen, clockSkew) ??
      estimateSkewBehind(values, bufferedEdges(context, startedAt, 0), clockSkew);
    const skew = toSkew(measured, context);
    const held = bufferedEdges(context, startedAt, measured === undefined ? 0.5 : 1);
    const { rest, unmatched } = dropKnownSuffix(dropKnownPrefix(values, seen, skew).rest, held, skew);
    const late = unmatched.filter((variable) => held.get(variable)?.known.at(-1)?.tolerance === maxSkewMs);
    if (late.length === 0 || reads === maxReads) {
      if (late.length > 0) context.warn(`History does not have the newest values of ${late.join(", ")} yet.`);
      return withPresent(rest, context);
    }
    await sleep(clock, Math.max(delay, inFlightMs), signal, "Catching up");
  }
}

/** The difference of the clocks as the values tell it; else as the service's whole seconds do. */
function toSkew(measured: number | undefined, { clockSkew }: ReplayContext): Skew {
  if (measured !== undefined) return { by: measured, within: 0 };
  return { by: clockSkew, within: clockSkew === 0 ? 0 : wholeSecondsErrorMs };
}

/** What was seen before the gap. What is older than the clocks can differ lies before anything that is read. */
function seenEdges({ seen, stored, clockSkew }: ReplayContext): Map<string, Edge> {
  const recent = seen.reached - maxSkewMs;
  return new Map(
    stored.map((property) => {
      const name = wireName(property);
      const known = seen
        .of(name)
        .filter(({ at }) => at >= recent)
        .map((value) => toReference(property, value, maxSkewMs));
      const last = known.at(-1);
      // Nothing of this variable came between its last value and the loss, so that any moment in between will do.
      const limit = Math.max(seen.since ?? -Infinity, recent) + seen.offset(name);
      return [name, { known, limit: last === undefined ? limit : last.timestamp + 1 - (last.isExact ? clockSkew : 0) }];
    }),
  );
}

/**
 * What came live after the gap, the first value last. What has had time to be stored is surely in history. What is
 * later may not be; but then it is apart from the gap, and a stored value is its copy only if it is nearer to it.
 * @param share the part of the time to the gap that counts as near
 */
function bufferedEdges({ held, stored, onlineAt }: ReplayContext, readAt: number, share: number): Map<string, Edge> {
  const edges = new Map<string, Edge>();
  for (const property of stored) {
    const name = wireName(property);
    const own = held.filter((one) => isReported(one) && one.live.variable === name).slice(0, maxSeenValues);
    const first = own[0];
    if (first === undefined) continue;
    const known = own
      .filter(({ at }) => at <= onlineAt + maxSkewMs)
      .map(({ live: { value, timestamp }, at }) => {
        const apart = at - onlineAt;
        const tolerance = readAt - at >= apart ? maxSkewMs : apart * share;
        return toReference(property, { value, timestamp, at, isStored: false }, tolerance);
      });
    const limit = known.length > 0 ? Infinity : onlineAt + maxSkewMs + offsetOf(first.live.timestamp, first.at);
    edges.set(name, { known: known.reverse(), limit });
  }
  return edges;
}

function isReported({ live }: BufferedValue): boolean {
  return live.direction === "reported";
}

function toReference({ type }: Property, seen: SeenValue, tolerance: number): Reference {
  const isExact = seen.isStored || offsetOf(seen.timestamp, seen.at) !== 0;
  return { print: fingerprint(type, seen.value), timestamp: seen.timestamp, isExact, tolerance };
}

/** Adds the present values of the variables that have no history, in order of time. */
function withPresent(values: StoredValue[], { seen, held, unstored, clockSkew }: ReplayContext): StoredValue[] {
  const came = new Set(held.filter(isReported).map(({ live }) => live.variable));
  const present = changedValues(unstored, seen, clockSkew).filter(({ variable }) => !came.has(variable));
  return present.length === 0 ? values : [...values, ...present].sort((a, b) => a.timestamp - b.timestamp);
}

/**
 * The present values of those variables that changed since they were seen, in order of time.
 * @param clockSkew milliseconds by which the service's clock is ahead of ours, roughly
 */
export function changedValues(properties: readonly Property[], seen: SeenValues, clockSkew: number): StoredValue[] {
  const present = properties.flatMap((property) => {
    const timestamp = Date.parse(property.value_updated_at ?? "");
    const { last_value: value } = property;
    if (!Number.isFinite(timestamp) || value === undefined || value === null) return [];
    return isNews(property, value, timestamp, seen, clockSkew) ? [toStored(property, value, timestamp)] : [];
  });
  return present.sort((a, b) => a.timestamp - b.timestamp);
}

function isNews(property: Property, value: unknown, timestamp: number, seen: SeenValues, clockSkew: number): boolean {
  const print = fingerprint(property.type, value);
  const values = seen.of(wireName(property)).map((other) => toReference(property, other, 0));
  const last = values.at(-1);
  if (last === undefined) return timestamp - clockSkew > (seen.since ?? Infinity);
  const laterThan = (other: Reference): number => timestamp - other.timestamp - (other.isExact ? 0 : clockSkew);
  if (print === last.print) return laterThan(last) > laterByMs;
  if (laterThan(last) > 0) return true;
  // The cloud's present value may lag behind what was seen; else its clock does.
  const isOld = values.some((other) => print === other.print && Math.abs(laterThan(other)) < laterByMs);
  return laterThan(last) > -maxSkewMs && !isOld;
}

function toStored(property: Property, value: unknown, timestamp: number): StoredValue {
  const { type } = property;
  return { variable: wireName(property), value: storedValue(type, value), timestamp, print: fingerprint(type, value) };
}

/** The stored values of some spans, ascending in time. */
async function* readStored(
  context: ReplayContext,
  spans: readonly ReplayWindow[],
): AsyncGenerator<StoredValue, void, undefined> {
  const { client, signal, warn } = context;
  const byId = new Map(spans.map((span) => [span.property.id, span]));
  const windows: SeriesWindow[] = spans
    .filter(({ begin, end }) => begin < end)
    .map(({ property, begin, end }) => ({ propertyId: property.id, from: iso(begin), to: iso(end) }));
  const onOverflow = (propertyId: string, time: string): void => {
    const property = byId.get(propertyId)?.property;
    const name = property === undefined ? propertyId : wireName(property);
    warn(`"${name}" has more than 1000 values at ${time}; the API gives no more of them.`);
  };
  for await (const point of readRaw({ client, windows, signal, onOverflow })) {
    const span = byId.get(point.propertyId);
    // Whether the end of a window belongs to it is not documented.
    if (span === undefined || point.timestamp >= span.end) continue;
    yield toStored(span.property, point.value, point.timestamp);
  }
}

function iso(milliseconds: number): string {
  return new Date(Math.round(milliseconds)).toISOString();
}
