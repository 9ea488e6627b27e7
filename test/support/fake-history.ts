import type { CallAnswer, CallInput, Operation } from "../../cloud/rest/index";
import { abortable } from "../../cloud/core/abort";
import type { CallOptions } from "../../cloud/rest/transport/client";
import type { RawPoint, SeriesWindow } from "../../cloud/history/points";
import { requireGoing } from "../../cloud/history/page-reader";

/** A stored value, its time in milliseconds since 1970. */
interface FakePoint {
  time: number;
  value: unknown;
}

export const start = Date.parse("2026-03-01T00:00:00Z");

/** Answers raw queries like the service, but at once and from memory, and counts them. */
export class FakeSeries {
  readonly #series: Readonly<Record<string, readonly FakePoint[]>>;
  /** How many queries each call had. */
  readonly calls: number[] = [];
  /** Points that have been answered, by property. */
  readonly answered = new Map<string, number>();
  /** Keeps the calls from this one on until `open`; counted from 0. */
  gate = Infinity;
  open: () => void = () => undefined;
  readonly #isOpen = new Promise<void>((resolve) => (this.open = resolve));

  /** @param series by property id, ascending in time */
  constructor(series: Readonly<Record<string, readonly FakePoint[]>>) {
    this.#series = series;
  }

  get elements(): number {
    return this.calls.reduce((sum, count) => sum + count, 0);
  }

  get windows(): SeriesWindow[] {
    const [from, to] = [new Date(start).toISOString(), new Date(start + 1e12).toISOString()];
    return Object.keys(this.#series).map((propertyId) => ({ propertyId, from, to }));
  }

  async call(_operation: Operation, { body }: CallInput = {}, { signal }: CallOptions = {}): Promise<CallAnswer> {
    requireGoing(signal);
    const { requests } = body as { requests: { q: string; from: string; series_limit: number }[] };
    const isKept = this.calls.length >= this.gate;
    this.calls.push(requests.length);
    await (isKept ? abortable(this.#isOpen, signal, "The call") : Promise.resolve());
    const responses = requests.map(({ q, from, series_limit: limit }) => this.#answer(q, Date.parse(from), limit));
    return { status: 200, body: { responses } };
  }

  #answer(query: string, from: number, limit: number): object {
    const id = query.replace("property.", "");
    const points = this.#series[id] ?? [];
    const first = points.findIndex(({ time }) => time >= from);
    const page = first < 0 ? [] : points.slice(first, first + limit);
    this.answered.set(id, (this.answered.get(id) ?? 0) + page.length);
    const times = page.map(({ time }) => new Date(time).toISOString());
    return { query, status: "ok", times, values: page.map(({ value }) => value) };
  }
}

/** Points in runs of one time each, from 1 to `longest`; the same for the same seed. Values repeat within a run. */
export function inRuns(count: number, longest: number, seed = 1): FakePoint[] {
  const points: FakePoint[] = [];
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let time = start; points.length < count; time += 1 + next(5_000)) {
    const end = Math.min(count, points.length + 1 + next(longest));
    while (points.length < end) points.push({ time, value: next(40) });
  }
  return points;
}

export async function collect(points: AsyncIterable<RawPoint>): Promise<RawPoint[]> {
  const all: RawPoint[] = [];
  for await (const point of points) all.push(point);
  return all;
}
