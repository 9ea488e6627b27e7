import { CloudError } from "../core/errors";
import { onAbort } from "../core/abort";
import type { RestClient } from "../rest/transport/client";
import { Points, type RawPoint } from "./points";
import { askSeries, pageSize, queriesPerCall, requireOk, type SeriesAnswer } from "./series-request";
import { type PageReader, requireGoing } from "./page-reader";
import { timestampOf } from "./rfc3339";

/** Ways to aggregate the values of an interval (docs/protocol.md#history). */
export const aggregations = [
  ...["AVG", "MIN", "MAX", "SUM", "COUNT", "PCT_99", "PCT_95", "PCT_90", "PCT_75", "PCT_50", "PCT_15", "PCT_5"],
  ...["BOOL_OR", "BOOL_AND"],
] as const;

/** One variable to be read. */
interface AggregateQuery {
  propertyId: string;
  /** Only for `aggregate`. */
  aggregation?: string;
}

export interface AggregateRead {
  client: Pick<RestClient, "call">;
  /** `aggregate` condenses the values of an interval to one number, `sample` picks one value of any type. */
  mode: "aggregate" | "sample";
  queries: readonly AggregateQuery[];
  /** from ≤ time < to, in milliseconds since 1970. */
  from: number;
  to: number;
  /** Whole seconds: 1 to 86,400, for `sample` from 60 (docs/protocol.md#history). */
  interval: number;
  signal?: AbortSignal;
}

const seriesOperations = { aggregate: "series_v2#batch_query", sample: "series_v2#batch_query_sampling" } as const;

/** A span in milliseconds since 1970: from ≤ time < to. */
interface AggregateSpan {
  from: number;
  to: number;
}

/**
 * Splits a window so that no part has more intervals than a query answers. Parts meet at multiples of the interval
 * since 1970, where intervals do, so that none is answered in two halves.
 * @param width of an interval, in milliseconds
 */
export function* splitWindow(
  { from, to }: AggregateSpan,
  width: number,
): Generator<AggregateSpan, undefined, undefined> {
  for (let start = from; start < to;) {
    const end = Math.min(to, (Math.floor(start / width) + pageSize) * width);
    yield { from: start, to: end };
    start = end;
  }
  return undefined;
}

/**
 * Reads one point for each interval that has values; nulls are left out. A point has the start of its interval as its
 * time, which may lie ahead of the window. Pages have up to a thousand points of each variable.
 *
 * What comes of it: CloudErrors as of `RestClient.call`; `not_found` or `server_error` where the service can't answer
 * for a property. What was read before a failure is given first.
 */
export class AggregateReader implements PageReader {
  readonly signal: AbortSignal | undefined;
  readonly #read: AggregateRead;
  readonly #spans: Iterator<AggregateSpan, undefined>;
  /** Ends with the caller's signal, or when the caller has enough. */
  readonly #controller = new AbortController();
  readonly #unlisten: () => void;
  #ahead: Promise<Points | undefined> | undefined;

  constructor(read: AggregateRead) {
    this.signal = read.signal;
    this.#read = { ...read, signal: this.#controller.signal };
    this.#spans = splitWindow(read, read.interval * 1_000);
    this.#unlisten = onAbort(read.signal, () => this.#controller.abort());
  }

  async next(): Promise<Points> {
    for (;;) {
      requireGoing(this.signal);
      this.readAhead();
      const page = await this.#ahead;
      this.#ahead = undefined;
      requireGoing(this.signal);
      if (page === undefined || page.length > 0) return page ?? Points.of([]);
    }
  }

  readAhead(): void {
    if (this.#ahead !== undefined) return;
    this.#ahead = this.#readSpan();
    // A failure waits until it is asked for.
    this.#ahead.catch(() => undefined);
  }

  close(): void {
    this.#unlisten();
    this.#controller.abort();
  }

  async #readSpan(): Promise<Points | undefined> {
    const { value: span } = this.#spans.next();
    return span === undefined ? undefined : readPage(this.#read, span);
  }
}

async function readPage(read: AggregateRead, span: AggregateSpan): Promise<Points> {
  const points: RawPoint[] = [];
  for (let start = 0; start < read.queries.length; start += queriesPerCall) {
    for (const point of await readSpan(read, read.queries.slice(start, start + queriesPerCall), span))
      points.push(point);
  }
  // The order of the answers is not documented (docs/protocol.md#history).
  return Points.of(points.sort((one, other) => one.timestamp - other.timestamp));
}

async function readSpan(
  read: AggregateRead,
  queries: readonly AggregateQuery[],
  span: AggregateSpan,
): Promise<RawPoint[]> {
  const requests = queries.map(({ propertyId, aggregation }) => ({
    q: `property.${propertyId}`,
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
    interval: read.interval,
    series_limit: pageSize,
    ...(aggregation === undefined ? {} : { aggregation }),
  }));
  const answer = await askSeries(read, seriesOperations[read.mode], requests);
  return queries.flatMap(({ propertyId }) => pointsIn(answer, propertyId));
}

function pointsIn({ responses, isNull }: SeriesAnswer, propertyId: string): RawPoint[] {
  const response = responses.get(`property.${propertyId}`.toLowerCase());
  if (response === undefined) {
    if (isNull) return [];
    throw new CloudError("server_error", `series: the answer holds nothing for property ${propertyId}.`);
  }
  requireOk(response, propertyId);
  return response.times.flatMap((time, index) => {
    const value = response.values[index] ?? null;
    return value === null ? [] : [{ propertyId, time, timestamp: timestampOf(time, propertyId), value }];
  });
}
