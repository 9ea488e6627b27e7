import { tidyValue } from "../codec/float32";
import { Points, type RawPoint } from "./points";
import { invalidQuery } from "./invalid-query";

/** Statistics of the values of a bucket; the first three of numbers and booleans only. */
export const statistics = ["MIN", "MAX", "MEAN", "COUNT", "FIRST", "LAST"] as const;
export type Statistic = (typeof statistics)[number];

/** Spans of the local calendar: a day may have 23 or 25 hours, and a week begins on Monday. */
const calendarUnits = ["day", "week", "month"] as const;
type CalendarUnit = (typeof calendarUnits)[number];

/** Whole seconds, counted from 1970 on, or a span of the calendar. */
export type BucketWidth = number | CalendarUnit;

const maxWidthSeconds = 366 * 86_400;

/**
 * Reads the width of buckets.
 * @throws CloudError `invalid_input` naming the field, what is given and what is expected
 */
export function parseBucketWidth(given: unknown): BucketWidth {
  const text = typeof given === "string" ? given.trim().toLowerCase() : "";
  const unit = calendarUnits.find((candidate) => candidate === text);
  if (unit !== undefined) return unit;
  const width = text === "" ? given : Number(text);
  if (typeof width === "number" && Number.isInteger(width) && width >= 1 && width <= maxWidthSeconds) return width;
  const expected = `whole seconds from 1 to ${maxWidthSeconds}, or one of ${calendarUnits.join(", ")}, in mode buckets`;
  throw invalidQuery("interval", given, expected);
}

/**
 * Reads which statistics are wanted: names in any case, with commas or spaces between them; none where it is blank.
 * @throws CloudError `invalid_input` naming the field, what is given and what is expected
 */
export function parseStatistics(given: string): readonly Statistic[] {
  const names = given.toUpperCase().split(/[\s,]+/);
  const unknown = names.find((name) => name !== "" && !statistics.some((candidate) => candidate === name));
  if (unknown !== undefined) {
    throw invalidQuery("aggregation", given, `one or several of ${statistics.join(", ")}, in mode buckets`);
  }
  return statistics.filter((candidate) => names.includes(candidate));
}

/** Returns whether a statistic can be had of numbers and booleans only. */
export function needsNumbers(statistic: Statistic): boolean {
  return statistic === "MIN" || statistic === "MAX" || statistic === "MEAN";
}

/** Part of a line of time in milliseconds since 1970: start ≤ time < end. */
interface BucketSpan {
  start: number;
  end: number;
}

/** Returns the bucket in which a time lies; the calendar is that of the computer's time zone. */
export function bucketAt(time: number, width: BucketWidth): BucketSpan {
  if (typeof width === "number") {
    const start = Math.floor(time / (width * 1_000)) * width * 1_000;
    return { start, end: start + width * 1_000 };
  }
  const date = new Date(time);
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  const monday = day - ((date.getDay() + 6) % 7);
  const at = (inMonth: number, ofDay: number): number => new Date(year, inMonth, ofDay).getTime();
  if (width === "month") return { start: at(month, 1), end: at(month + 1, 1) };
  if (width === "week") return { start: at(month, monday), end: at(month, monday + 7) };
  return { start: at(month, day), end: at(month, day + 1) };
}

/** The statistics of a bucket, under their names in small letters. */
type BucketValue = Partial<Record<Lowercase<Statistic>, unknown>>;

/**
 * Condenses the points of pages to one for each variable and bucket that has any, ascending in time as they are. A
 * point has the start of its bucket as its time, which may lie ahead of the window. With one statistic of a variable
 * its value is that, with several an object of them; MIN, MAX and MEAN count booleans as 1 and 0. Holds one bucket of
 * each variable.
 * @param wanted the statistics of each property id, in the order in which variables come out
 */
export async function* inBuckets(
  pages: AsyncIterable<Iterable<RawPoint>>,
  width: BucketWidth,
  wanted: ReadonlyMap<string, readonly Statistic[]>,
): AsyncGenerator<Points, void, undefined> {
  let span: BucketSpan = { start: -Infinity, end: -Infinity };
  let tallies = new Map<string, BucketAccumulator>();
  for await (const page of pages) {
    const closed: RawPoint[] = [];
    for (const { propertyId, timestamp, value } of page) {
      if (timestamp >= span.end) {
        closed.push(...close(span.start, tallies, wanted));
        span = bucketAt(timestamp, width);
        tallies = new Map();
      }
      const tally = tallies.get(propertyId) ?? new BucketAccumulator();
      tallies.set(propertyId, tally);
      tally.add(tidyValue(value));
    }
    if (closed.length > 0) yield Points.of(closed);
  }
  const last = [...close(span.start, tallies, wanted)];
  if (last.length > 0) yield Points.of(last);
}

function* close(
  start: number,
  tallies: ReadonlyMap<string, BucketAccumulator>,
  wanted: ReadonlyMap<string, readonly Statistic[]>,
): Generator<RawPoint, void, undefined> {
  for (const [propertyId, asked] of wanted) {
    const tally = tallies.get(propertyId);
    if (tally === undefined) continue;
    const value = tally.say(asked);
    if (value === undefined) continue;
    yield { propertyId, time: new Date(start).toISOString().replace(".000Z", "Z"), timestamp: start, value };
  }
}

/** Accumulates the values of one variable in one bucket. */
class BucketAccumulator {
  #count = 0;
  #first: unknown;
  #last: unknown;
  #numbers = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;

  add(value: unknown): void {
    if (this.#count++ === 0) this.#first = value;
    this.#last = value;
    if (typeof value !== "number" && typeof value !== "boolean") return;
    const number = Number(value);
    this.#numbers++;
    this.#sum += number;
    this.#min = Math.min(this.#min, number);
    this.#max = Math.max(this.#max, number);
  }

  /** Returns the statistics that are asked for; undefined where none of them can be said. */
  say(asked: readonly Statistic[]): unknown {
    const all: Record<Statistic, unknown> = {
      MIN: this.#ofNumbers(this.#min),
      MAX: this.#ofNumbers(this.#max),
      MEAN: this.#ofNumbers(this.#sum / this.#numbers),
      COUNT: this.#count,
      FIRST: this.#first,
      LAST: this.#last,
    };
    const [only] = asked;
    if (asked.length === 1 && only !== undefined) return all[only];
    const said = asked.filter((statistic) => all[statistic] !== undefined);
    const entries = said.map((statistic) => [statistic.toLowerCase(), all[statistic]] as const);
    return Object.fromEntries(entries) satisfies BucketValue;
  }

  #ofNumbers(value: number): number | undefined {
    return this.#numbers === 0 ? undefined : value;
  }
}
