import type { RestClient } from "../rest/transport/client";

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

/** Stored values in columns: what stands at one place in each belongs together. */
export class PointColumns {
  constructor(
    readonly propertyIds: string[] = [],
    readonly times: string[] = [],
    readonly timestamps: number[] = [],
    readonly values: unknown[] = [],
  ) {}

  /** Puts one more value behind the others. */
  push(propertyId: string, time: string, timestamp: number, value: unknown): void {
    this.propertyIds.push(propertyId);
    this.times.push(time);
    this.timestamps.push(timestamp);
    this.values.push(value);
  }
}

/**
 * Stored values in the order in which they were read: a stretch of columns that no longer change. An object for each of
 * a million values would cost more than all else that is done with it.
 */
export class Points implements Iterable<RawPoint> {
  readonly #columns: PointColumns;
  readonly #start: number;
  readonly length: number;

  constructor(columns: PointColumns, start = 0, end = columns.times.length) {
    this.#columns = columns;
    this.#start = start;
    this.length = end - start;
  }

  /** Returns all the points of some stretches, one after the other. */
  static *in(parts: Iterable<Points>): Generator<RawPoint, void, undefined> {
    for (const part of parts) yield* part;
  }

  /** Puts points into columns. */
  static of(points: Iterable<RawPoint>): Points {
    const columns = new PointColumns();
    for (const { propertyId, time, timestamp, value } of points) columns.push(propertyId, time, timestamp, value);
    return new Points(columns);
  }

  *[Symbol.iterator](): Generator<RawPoint, void, undefined> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }

  /** Returns the point at a place that is there. */
  at(index: number): RawPoint {
    const { propertyIds, times, timestamps, values } = this.#columns;
    const at = this.#start + index;
    return {
      propertyId: propertyIds[at] as string,
      time: times[at] as string,
      timestamp: timestamps[at] as number,
      value: values[at],
    };
  }

  timeAt(index: number): string {
    return this.#columns.times[this.#start + index] as string;
  }

  timestampAt(index: number): number {
    return this.#columns.timestamps[this.#start + index] as number;
  }

  /** Calls `take` with each point, which then needs no object. */
  forEach(take: (propertyId: string, time: string, timestamp: number, value: unknown) => void): void {
    const { propertyIds, times, timestamps, values } = this.#columns;
    const end = this.#start + this.length;
    for (let at = this.#start; at < end; at++)
      take(propertyIds[at] as string, times[at] as string, timestamps[at] as number, values[at]);
  }

  /** Returns a stretch of these points, without copying them. */
  slice(start: number, end = this.length): Points {
    return new Points(this.#columns, this.#start + start, this.#start + Math.min(end, this.length));
  }

  /** Returns the points that are wanted; each is asked about once, in order. They are copied only if some are not. */
  filter(isWanted: (point: RawPoint) => boolean): Points {
    let index = 0;
    while (index < this.length && isWanted(this.at(index))) index++;
    if (index === this.length) return this;
    const wanted = [...this.slice(0, index)];
    for (index++; index < this.length; index++) {
      const point = this.at(index);
      if (isWanted(point)) wanted.push(point);
    }
    return Points.of(wanted);
  }
}

export interface RawRead {
  client: Pick<RestClient, "call">;
  /** One for each property. */
  windows: readonly SeriesWindow[];
  signal?: AbortSignal;
  /** Told where one instant holds more points than the API can give: those beyond the first thousand are left out. */
  onOverflow: (propertyId: string, time: string) => void;
}
