import type { JsonValue, Sample } from "../models";

/** Pure functions over stored samples. Times and widths are in milliseconds. */

/** AGGREGATION (rest-api 7). */
export const aggregations = [
  ...["AVG", "MIN", "MAX", "SUM", "COUNT", "PCT_99", "PCT_95", "PCT_90", "PCT_75", "PCT_50", "PCT_15", "PCT_5"],
  ...["BOOL_OR", "BOOL_AND"],
];

/** A half-open span of time: from ≤ time < to (rest-api 7, `timeseries`; taken for all queries). */
export interface Window {
  from: number;
  to: number;
}

/** The samples inside a window. */
export const inWindow = (history: readonly Sample[], { from, to }: Window): Sample[] =>
  history.filter(({ time }) => time >= from && time < to);

/** Samples grouped into bins whose starts are multiples of `width` since 1970; empty bins are left out. */
function bins(samples: readonly Sample[], width: number): Map<number, JsonValue[]> {
  const grouped = new Map<number, JsonValue[]>();
  for (const { time, value } of samples) {
    const start = Math.floor(time / width) * width;
    const bin = grouped.get(start);
    if (bin) bin.push(value);
    else grouped.set(start, [value]);
  }
  return grouped;
}

/** A number, or a boolean as 1 or 0; undefined for everything else. */
function numberOf(value: JsonValue): number | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "number" ? value : undefined;
}

/** One number for a bin; `PCT_n` is the nearest rank. */
function aggregate(values: readonly number[], aggregation: string): number {
  const sorted = [...values].sort((a, b) => a - b);
  const sum = values.reduce((total, value) => total + value, 0);
  const rank = (percent: number): number => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
  if (aggregation.startsWith("PCT_")) return rank(Number(aggregation.slice(4)));
  const simple: Record<string, () => number> = {
    AVG: () => sum / values.length,
    MIN: () => sorted[0] ?? 0,
    MAX: () => sorted.at(-1) ?? 0,
    SUM: () => sum,
    COUNT: () => values.length,
    BOOL_OR: () => (values.some((value) => value !== 0) ? 1 : 0),
    BOOL_AND: () => (values.every((value) => value !== 0) ? 1 : 0),
  };
  return simple[aggregation]?.() ?? 0;
}

/** One sample per bin, at its start, with the aggregated value; ascending. */
export function aggregated(samples: readonly Sample[], width: number, aggregation: string): Sample[] {
  return [...bins(samples, width)].flatMap(([time, values]) => {
    const numbers = values.flatMap((value) => numberOf(value) ?? []);
    return numbers.length === 0 ? [] : [{ time, value: aggregate(numbers, aggregation) }];
  });
}

/** One sample per bin, at its start, with the bin's last value; ascending. */
export function sampled(samples: readonly Sample[], width: number): Sample[] {
  return [...bins(samples, width)].map(([time, values]) => ({ time, value: values.at(-1) ?? null }));
}

/** Puts a null sample, 1 ms later, after each n-th sample; 0 = never. */
export function withNulls(samples: readonly Sample[], every: number): Sample[] {
  if (every === 0) return [...samples];
  return samples.flatMap((sample, index) =>
    (index + 1) % every === 0 ? [sample, { time: sample.time + 1, value: null }] : [sample],
  );
}
