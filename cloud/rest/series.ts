import { CloudError } from "../errors";
import type { RestClient } from "./client";
import type { RawSeriesRequest, RawSeriesResponse } from "./models";
import { askSeries, instantOf, pageSize, queriesPerCall, requireOk } from "./series-answer";

/** The span of one variable's history to be read: from ≤ time < to, both RFC 3339. */
export interface SeriesWindow {
  propertyId: string;
  from: string;
  to: string;
}

/** One stored value. */
export interface RawPoint {
  propertyId: string;
  /** As received: RFC 3339, down to nanoseconds where the service has them. */
  time: string;
  /** `time` in milliseconds since 1970. */
  timestamp: number;
  value: unknown;
}

export interface RawRead {
  client: Pick<RestClient, "call">;
  /** One for each property. */
  windows: readonly SeriesWindow[];
  signal?: AbortSignal;
  /** Told where one instant holds more points than the API can give: those beyond the first thousand are left out. */
  onOverflow: (propertyId: string, time: string) => void;
}

/** Nanoseconds by which an instant is left that can't be read to its end: if the service rounds, in two strides. */
const strides = [1n, 1_000_000n];

/**
 * Gives all stored values of some variables, ascending in time over all of them; nulls are left out (rest-api 7).
 *
 * The API has no cursor, so pages are made by time: each begins at the last instant of the one before, and what that one
 * has already given of this instant is left out. Holds one page of each variable at most. Queries for a whole thing are
 * not used, since nobody documents whether their limit counts all variables together.
 * @throws CloudError as `RestClient.call`; `not_found` or `server_error` where the service can't answer for a property
 */
export async function* readRaw(read: RawRead): AsyncGenerator<RawPoint, void, undefined> {
  const cursors = read.windows.map((window) => new Cursor(window, read.onOverflow));
  for (;;) {
    const dry = cursors.filter((cursor) => cursor.isDry);
    for (let start = 0; start < dry.length; start += queriesPerCall) {
      await turnPages(read, dry.slice(start, start + queriesPerCall));
    }
    if (dry.length > 0) continue;
    const [first, second] = earliest(cursors);
    if (first === undefined) return;
    // Until another variable has the earlier point, or the page ends.
    do {
      yield first.shift();
    } while (first.head !== undefined && (second?.head === undefined || first.head <= second.head));
  }
}

async function turnPages(read: RawRead, cursors: readonly Cursor[]): Promise<void> {
  const requests = cursors.map((cursor) => cursor.request);
  const { responses, isNull } = await askSeries(read, "series_v2#batch_query_raw", requests);
  for (const cursor of cursors) {
    const response = responses.get(cursor.request.q.toLowerCase());
    if (response !== undefined) cursor.take(response);
    else cursor.takeNothing(isNull);
  }
}

/** The two cursors with the earliest points. */
function earliest(cursors: readonly Cursor[]): [Cursor | undefined, Cursor | undefined] {
  let [first, second]: [Cursor | undefined, Cursor | undefined] = [undefined, undefined];
  for (const cursor of cursors) {
    if (cursor.head === undefined) continue;
    if (first?.head === undefined || cursor.head < first.head) [first, second] = [cursor, first];
    else if (second?.head === undefined || cursor.head < second.head) second = cursor;
  }
  return [first, second];
}

interface Stored {
  point: RawPoint;
  instant: bigint;
}

/** Where the reading of one property stands. */
class Cursor {
  readonly #window: SeriesWindow;
  readonly #onOverflow: RawRead["onOverflow"];
  #from: string;
  /** The page that is being given out. */
  #page: readonly Stored[] = [];
  #given = 0;
  /** The instant at which the next page begins, once there was one. */
  #reached: bigint | undefined;
  /** What has been given of this instant: how many points of each value. */
  #atReached = new Map<string, number>();
  #strides = 0;
  #isComplete = false;

  constructor(window: SeriesWindow, onOverflow: RawRead["onOverflow"]) {
    this.#window = window;
    this.#from = window.from;
    this.#onOverflow = onOverflow;
  }

  get request(): RawSeriesRequest & { q: string } {
    const { propertyId, to } = this.#window;
    return { q: `property.${propertyId}`, from: this.#from, to, sort: "ASC", series_limit: pageSize };
  }

  /** Whether there is more, of which nothing is here. */
  get isDry(): boolean {
    return !this.#isComplete && this.#given >= this.#page.length;
  }

  /** The instant of the next point, where one is here. */
  get head(): bigint | undefined {
    return this.#page[this.#given]?.instant;
  }

  shift(): RawPoint {
    return (this.#page[this.#given++] as Stored).point;
  }

  take(response: RawSeriesResponse): void {
    const { propertyId } = this.#window;
    requireOk(response, propertyId);
    const points = response.times.map((time, index): Stored => {
      const instant = instantOf(time, propertyId);
      const timestamp = Number(instant / 1_000_000n);
      return { instant, point: { propertyId, time, timestamp, value: response.values[index] ?? null } };
    });
    this.#page = points.filter((stored) => this.#isNew(stored) && stored.point.value !== null);
    this.#given = 0;
    const last = points.at(-1);
    if (last === undefined || points.length < pageSize) this.#isComplete = true;
    else this.#advance(points, last);
  }

  /** @param isNull the whole answer was null, as seen where there is nothing at all (rest-api 7: unverified) */
  takeNothing(isNull: boolean): void {
    if (!isNull || this.#reached !== undefined) {
      throw new CloudError("server_error", `series: the answer holds nothing for property ${this.#window.propertyId}.`);
    }
    this.#isComplete = true;
  }

  /** Whether the page before has not given this point. */
  #isNew({ instant, point }: Stored): boolean {
    if (this.#reached === undefined || instant > this.#reached) return true;
    if (instant < this.#reached) return false;
    const key = JSON.stringify(point.value);
    const count = this.#atReached.get(key) ?? 0;
    if (count > 0) this.#atReached.set(key, count - 1);
    return count === 0;
  }

  /** Sets the start of the next page. */
  #advance(points: readonly Stored[], last: Stored): void {
    if (this.#reached !== undefined && last.instant <= this.#reached) {
      this.#leave(last);
      return;
    }
    this.#strides = 0;
    this.#from = last.point.time;
    this.#reached = last.instant;
    this.#atReached = new Map();
    for (const { instant, point } of points) {
      const key = JSON.stringify(point.value);
      if (instant === last.instant) this.#atReached.set(key, (this.#atReached.get(key) ?? 0) + 1);
    }
  }

  /** A page full of one instant: goes on behind it. */
  #leave(last: Stored): void {
    const { propertyId } = this.#window;
    const stride = strides[this.#strides++];
    if (stride === undefined) {
      throw new CloudError("server_error", `series: the history of property ${propertyId} does not go on.`);
    }
    if (this.#strides === 1) this.#onOverflow(propertyId, last.point.time);
    this.#reached = last.instant + stride;
    this.#atReached = new Map();
    this.#from = rfc3339(this.#reached);
  }
}

function rfc3339(instant: bigint): string {
  const milliseconds = Number(instant / 1_000_000n);
  const rest = String(instant % 1_000_000n).padStart(6, "0");
  return new Date(milliseconds).toISOString().replace("Z", `${rest}Z`);
}
