import { onAbort } from "../core/abort";
import { askSeries, pageSize, queriesPerCall } from "./series-request";
import { PageCursor } from "./page-cursor";
import { type PageReader, pointsOf, requireGoing } from "./page-reader";
import { PointColumns, Points, type RawPoint, type RawRead } from "./points";

/**
 * Reads all stored values of some variables; nulls are left out (docs/protocol.md#history). Pages have up to 1,000
 * points.
 *
 * The API has no cursor, so pages are made by time (`PageCursor`). Queries for a whole thing are not used, since nobody
 * documents whether their limit counts all variables together.
 *
 * What comes of it: CloudErrors as of `RestClient.call`; `not_found` or `server_error` where the service can't answer
 * for a property. What was read before a failure is given first.
 */
export class RawReader implements PageReader {
  readonly signal: AbortSignal | undefined;
  readonly #client: RawRead["client"];
  readonly #cursors: readonly PageCursor[];
  /** Ends with the caller's signal, or when the caller has enough. */
  readonly #controller = new AbortController();
  readonly #unlisten: () => void;
  #turning: Promise<void> | undefined;
  /** Why there will be no more pages. */
  #failure: { reason: unknown } | undefined;

  constructor({ client, windows, signal, onOverflow }: RawRead) {
    this.signal = signal;
    this.#client = client;
    this.#cursors = windows.map((window) => new PageCursor(window, onOverflow));
    this.#unlisten = onAbort(signal, () => this.#controller.abort());
  }

  async next(): Promise<Points> {
    requireGoing(this.signal);
    while (this.#cursors.some(({ isDry }) => isDry)) {
      if (this.#failure !== undefined) throw this.#failure.reason;
      if (this.#turning === undefined) this.#turn();
      await this.#turning;
      requireGoing(this.signal);
    }
    return merge(this.#cursors);
  }

  /**
   * Reads ahead as `PageReader.readAhead`. The pages of several variables go into one call, so it waits for variables
   * that are not as far yet, as long as the others have half a page.
   */
  readAhead(): void {
    if (this.#turning !== undefined || this.#failure !== undefined) return;
    const open = this.#cursors.filter(({ isComplete }) => !isComplete);
    const wanting = open.filter(({ isWanting }) => isWanting);
    if (wanting.length === 0) return;
    if (wanting.length === open.length || wanting.some(({ isLow }) => isLow)) this.#turn();
  }

  close(): void {
    this.#unlisten();
    this.#controller.abort();
  }

  #turn(): void {
    const work = this.#ask(this.#cursors.filter(({ isWanting }) => isWanting));
    // A failure waits until it is asked for.
    this.#turning = work
      .catch((reason: unknown) => void (this.#failure = { reason }))
      .finally(() => (this.#turning = undefined));
  }

  async #ask(cursors: readonly PageCursor[]): Promise<void> {
    const { signal } = this.#controller;
    for (let start = 0; start < cursors.length; start += queriesPerCall) {
      requireGoing(signal);
      const asked = cursors.slice(start, start + queriesPerCall).map((cursor) => ({ cursor, request: cursor.request }));
      const requests = asked.map(({ request }) => request);
      const { responses, isNull } = await askSeries(
        { client: this.#client, signal },
        "series_v2#batch_query_raw",
        requests,
      );
      for (const { cursor, request } of asked) {
        const response = responses.get(request.q.toLowerCase());
        if (response !== undefined) cursor.take(response);
        else cursor.takeNothing(isNull);
      }
    }
  }
}

/**
 * Yields all stored values of some variables one by one, ascending in time over all of them.
 * @throws CloudError as `RawReader`
 */
export function readRaw(read: RawRead): AsyncGenerator<RawPoint, void, undefined> {
  return pointsOf(new RawReader(read));
}

/** Returns the next points of all cursors in order of time, until one is dry or the page is full. */
function merge(cursors: readonly PageCursor[]): Points {
  const queue = cursors
    .filter(({ hasHead }) => hasHead)
    .sort((one, other) => (one.isBehind(other) ? 1 : other.isBehind(one) ? -1 : 0));
  const [only] = queue;
  if (queue.length === 1 && only !== undefined) return only.shiftPage();
  const page = new PointColumns();
  for (let first = queue.shift(); first !== undefined; first = queue.shift()) {
    const [second] = queue;
    // Until another variable has the earlier point.
    do first.shift(page);
    while (page.times.length < pageSize && first.hasHead && (second === undefined || !first.isBehind(second)));
    if (first.isDry || page.times.length === pageSize) break;
    if (first.hasHead) insert(queue, first);
  }
  return new Points(page);
}

/** Puts a cursor where it belongs in a list that is in order of time: mostly near the end. */
function insert(queue: PageCursor[], cursor: PageCursor): void {
  let at = queue.length;
  while (at > 0 && (queue[at - 1] as PageCursor).isBehind(cursor)) at--;
  queue.splice(at, 0, cursor);
}
