import { CloudError } from "../core/errors";
import type { RawSeriesRequest, RawSeriesResponse } from "../rest/models";
import { PointColumns, Points, type RawRead, type SeriesWindow } from "./points";
import { pageSize, requireOk } from "./series-request";
import { after, type Instant, nanosecondsOf, rfc3339, timestampOf, timestampsOf } from "./rfc3339";

/** Nanoseconds by which an instant is left that can't be read to its end: if the service rounds, in two strides. */
const strides = [1, 1_000_000];

type AnswerPoints = Pick<RawSeriesResponse, "times" | "values">;
const none: AnswerPoints = { times: [], values: [] };

/**
 * Where the reading of one property stands. Pages are made by time: each begins at the last instant of the one before,
 * and what that one has already given of this instant is left out.
 */
export class PageCursor {
  readonly #window: SeriesWindow;
  readonly #onOverflow: RawRead["onOverflow"];
  #from: string;
  /** The page that is being given out, and the one that was read ahead. */
  readonly #pages: Points[] = [];
  /** How many points of the first page have been given out. */
  #given = 0;
  /** The instant at which the next page begins, once there was one. */
  #reached: Instant | undefined;
  /** The points taken of this instant, as they came. */
  #taken: AnswerPoints = none;
  /** How many of each value, where the next page does not begin with the same points. */
  #counts: Map<unknown, number> | undefined;
  #strides = 0;
  #isComplete = false;

  constructor(window: SeriesWindow, onOverflow: RawRead["onOverflow"]) {
    this.#window = window;
    this.#from = window.from;
    this.#onOverflow = onOverflow;
  }

  /** The request for the next page. */
  get request(): RawSeriesRequest & { q: string } {
    const { propertyId, to } = this.#window;
    return { q: `property.${propertyId}`, from: this.#from, to, sort: "ASC", series_limit: pageSize };
  }

  /** Whether all has come from the service. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Whether there is more, of which nothing is here. */
  get isDry(): boolean {
    return !this.#isComplete && this.#pages.length === 0;
  }

  /** Whether a page may be read ahead: there is more, and the last page that is here is being given out. */
  get isWanting(): boolean {
    return !this.#isComplete && (this.#pages.length === 0 || (this.#pages.length === 1 && this.#given > 0));
  }

  /** Whether what is here will soon be given out. */
  get isLow(): boolean {
    return this.#pages.length < 2 && this.#given >= (this.#pages[0]?.length ?? 0) / 2;
  }

  /** Whether a point is here. */
  get hasHead(): boolean {
    return this.#pages.length > 0;
  }

  /** Returns whether the next point is later than that of another; both must be here. */
  isBehind(other: PageCursor): boolean {
    const [own, others] = [this.#head, other.#head];
    const difference = own.timestampAt(this.#given) - others.timestampAt(other.#given);
    if (difference !== 0) return difference > 0;
    return nanosecondsOf(own.timeAt(this.#given)) > nanosecondsOf(others.timeAt(other.#given));
  }

  /** Takes the next point, which must be here. */
  shift(into: PointColumns): void {
    const page = this.#head;
    const { propertyId, time, timestamp, value } = page.at(this.#given++);
    into.push(propertyId, time, timestamp, value);
    if (this.#given === page.length) this.#drop();
  }

  /** Takes the rest of the page, which must be here. */
  shiftPage(): Points {
    const rest = this.#head.slice(this.#given);
    this.#drop();
    return rest;
  }

  get #head(): Points {
    return this.#pages[0] as Points;
  }

  #drop(): void {
    this.#pages.shift();
    this.#given = 0;
  }

  /**
   * Takes the page that was asked for.
   * @throws CloudError `not_found` or `server_error` where the service can't answer for the property
   */
  take(response: RawSeriesResponse): void {
    const { propertyId } = this.#window;
    requireOk(response, propertyId);
    const { times, values } = response;
    this.#counts = undefined;
    const ids = new Array<string>(times.length).fill(propertyId);
    const timestamps = timestampsOf(times, propertyId);
    const page = new Points(new PointColumns(ids, times, timestamps, values), this.#countRepeated(response)).filter(
      ({ time, timestamp, value }) => (value ?? null) !== null && this.#isNew(time, timestamp, value),
    );
    const last = times.at(-1);
    if (last === undefined || times.length < pageSize) this.#isComplete = true;
    else this.#advance(response, last);
    if (page.length > 0) this.#pages.push(page);
  }

  /**
   * Takes an answer without points: goes on to the next window, or ends.
   * @param isNull the whole answer was null, as seen where there is nothing at all (docs/protocol.md#history)
   */
  takeNothing(isNull: boolean): void {
    if (!isNull || this.#reached !== undefined) {
      throw new CloudError("server_error", `series: the answer holds nothing for property ${this.#window.propertyId}.`);
    }
    this.#isComplete = true;
  }

  /**
   * Returns with how many points a page begins that the page before has ended with: as a rule all those of its last instant, as
   * they were. Then there is nothing else to be compared; otherwise none count.
   */
  #countRepeated({ times, values }: AnswerPoints): number {
    const { times: takenTimes, values: takenValues } = this.#taken;
    const count = takenTimes.length;
    for (let index = 0; index < count; index++)
      if (times[index] !== takenTimes[index] || values[index] !== takenValues[index]) return 0;
    this.#taken = none;
    return count;
  }

  /** Returns whether the page before has not had this point. */
  #isNew(time: string, timestamp: number, value: unknown): boolean {
    if (this.#reached === undefined || timestamp > this.#reached.milliseconds) return true;
    if (timestamp < this.#reached.milliseconds) return false;
    const beyond = nanosecondsOf(time) - this.#reached.nanoseconds;
    if (beyond !== 0) return beyond > 0;
    this.#counts ??= countValues(this.#taken);
    const key = valueKey(value);
    const count = this.#counts.get(key) ?? 0;
    if (count > 0) this.#counts.set(key, count - 1);
    return count === 0;
  }

  /** Sets the start of the next page. */
  #advance({ times, values }: RawSeriesResponse, lastTime: string): void {
    const last = this.#instantOf(lastTime);
    if (this.#reached !== undefined && !isLater(last, this.#reached)) {
      this.#leave(last, lastTime);
      return;
    }
    this.#strides = 0;
    this.#from = lastTime;
    this.#reached = last;
    let start = times.length;
    // One instant may be written in several ways, so that texts alone would not tell.
    while (start > 0 && this.#isOf(last, lastTime, times[start - 1] ?? "")) start--;
    this.#taken = { times: times.slice(start), values: values.slice(start) };
  }

  /** Goes on behind the instant of which a whole page was full. */
  #leave(last: Instant, time: string): void {
    const { propertyId } = this.#window;
    const stride = strides[this.#strides++];
    if (stride === undefined) {
      throw new CloudError("server_error", `series: the history of property ${propertyId} does not go on.`);
    }
    if (this.#strides === 1) this.#onOverflow(propertyId, time);
    this.#reached = after(last, stride);
    this.#taken = none;
    this.#from = rfc3339(this.#reached);
  }

  /** Returns whether a time is not before an instant. @param text the instant as it came */
  #isOf(instant: Instant, text: string, time: string): boolean {
    return time === text || !isLater(instant, this.#instantOf(time));
  }

  #instantOf(time: string): Instant {
    return { milliseconds: timestampOf(time, this.#window.propertyId), nanoseconds: nanosecondsOf(time) };
  }
}

function countValues({ values }: AnswerPoints): Map<unknown, number> {
  const counts = new Map<unknown, number>();
  for (const value of values) {
    const key = valueKey(value ?? null);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function isLater(one: Instant, other: Instant): boolean {
  if (one.milliseconds !== other.milliseconds) return one.milliseconds > other.milliseconds;
  return one.nanoseconds > other.nanoseconds;
}

/** Returns a value as the key of a map: equal for values that are equal as JSON. */
function valueKey(value: unknown): unknown {
  if (typeof value === "string") return `"${value}`;
  return typeof value === "object" ? JSON.stringify(value) : value;
}
