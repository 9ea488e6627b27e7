import { cancelled } from "../core/errors";
import { Points, type RawPoint } from "./points";

/** Reads stored values page by page. Must be closed. */
export interface PageReader {
  /**
   * Returns the next points, ascending in time over all variables; none at the end.
   * @throws CloudError as the reading does; `cancelled` as soon as the signal is aborted, whatever is at hand
   */
  next(): Promise<Points>;
  /**
   * Begins to read the page after the one given last, while the caller works on that; so at most two pages of each
   * variable are held. Without it the next page is read when it is asked for.
   */
  readAhead(): void;
  /** Ends what is being read ahead. */
  close(): void;
  readonly signal: AbortSignal | undefined;
}

/** Throws CloudError `cancelled` where the signal is aborted. */
export function requireGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled("The reading of history");
}

/** Reads what another reader gives, without the points that are not wanted. */
export function only(reader: PageReader, isWanted: (point: RawPoint) => boolean): PageReader {
  return {
    signal: reader.signal,
    next: async () => {
      for (;;) {
        const page = await reader.next();
        const wanted = page.filter(isWanted);
        if (wanted.length > 0 || page.length === 0) return wanted;
      }
    },
    readAhead: () => reader.readAhead(),
    close: () => reader.close(),
  };
}

/** Reads pages that are made of others; none of them may be empty. */
export function readerOf(pages: AsyncGenerator<Points, void, undefined>, signal: AbortSignal | undefined): PageReader {
  return {
    signal,
    next: async () => {
      requireGoing(signal);
      return (await pages.next()).value ?? Points.of([]);
    },
    readAhead: () => undefined,
    close: () => void pages.return().catch(() => undefined),
  };
}

/** Yields all pages; the next is read while the caller works on one. Closes the reader. */
export async function* pagesOf(reader: PageReader): AsyncGenerator<Points, void, undefined> {
  try {
    for (let page = await reader.next(); page.length > 0; page = await reader.next()) {
      reader.readAhead();
      yield page;
    }
  } finally {
    reader.close();
  }
}

/** Yields all points one by one, each at the cost of a promise; for many points use `pointBatches`. Closes the reader. */
export async function* pointsOf(reader: PageReader): AsyncGenerator<RawPoint, void, undefined> {
  try {
    for (let page = await reader.next(); page.length > 0; page = await reader.next()) {
      for (let index = 0; index < page.length; index++) {
        requireGoing(reader.signal);
        // A caller may look a little further than it works.
        if (index === page.length >> 1) reader.readAhead();
        yield page.at(index);
      }
    }
  } finally {
    reader.close();
  }
}

/** A part of a sequence. */
interface PointBatch {
  /** Stretches of the pages that were read, so that nothing is copied. */
  parts: Points[];
  length: number;
  isLast: boolean;
}

/**
 * Yields points in batches, at least one. Whether a batch is the last is known when it is given, so the page with the
 * point behind it has been read by then; no other is read before the caller comes back. Closes the reader.
 * @param size points of each batch but the last
 * @param limit most points, 0 for all
 */
export async function* pointBatches(
  reader: PageReader,
  size: number,
  limit = 0,
): AsyncGenerator<PointBatch, void, undefined> {
  let left = limit === 0 ? Infinity : limit;
  let [parts, length]: [Points[], number] = [[], 0];
  try {
    for (let page = await reader.next(); page.length > 0; page = await reader.next()) {
      for (let at = 0; at < page.length && left > 0;) {
        if (length === size) {
          yield { parts, length, isLast: false };
          requireGoing(reader.signal);
          [parts, length] = [[], 0];
        }
        const part = page.slice(at, at + Math.min(size - length, left));
        parts.push(part);
        length += part.length;
        at += part.length;
        left -= part.length;
      }
      if (left === 0) break;
    }
    yield { parts, length, isLast: true };
  } finally {
    reader.close();
  }
}
