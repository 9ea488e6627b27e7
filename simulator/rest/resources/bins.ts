import type { Sample } from "../../store/models";
import type { JsonValue } from "../../json";
import type { Stretch } from "../../store/samples";

/** Pure functions that condense stored samples. Times and widths are in milliseconds. */

/** AGGREGATION (docs/protocol.md#history). */
export const aggregations = [
  ...["AVG", "MIN", "MAX", "SUM", "COUNT", "PCT_99", "PCT_95", "PCT_90", "PCT_75", "PCT_50", "PCT_15", "PCT_5"],
  ...["BOOL_OR", "BOOL_AND"],
];

/**
 * Yields the bins that samples fall into; their starts are multiples of `width` since 1970, and empty ones are left
 * out.
 */
function* bins({ samples, first, end }: Stretch, width: number): Generator<{ start: number; values: JsonValue[] }> {
  let bin: { start: number; values: JsonValue[] } | undefined;
  for (let index = first; index < end; index++) {
    const start = Math.floor(samples.timeAt(index) / width) * width;
    if (bin?.start !== start) {
      if (bin) yield bin;
      bin = { start, values: [] };
    }
    bin.values.push(samples.valueAt(index));
  }
  if (bin) yield bin;
}

/** Returns a number, or a boolean as 1 or 0; undefined for everything else. */
function numberOf(value: JsonValue): number | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "number" ? value : undefined;
}

/** Aggregates a bin to one number; `PCT_n` is the nearest rank. */
function aggregate(values: readonly number[], aggregation: string): number {
  if (aggregation.startsWith("PCT_")) return percentile(values, Number(aggregation.slice(4)));
  const sum = (): number => values.reduce((total, value) => total + value, 0);
  const simple: Record<string, () => number> = {
    AVG: () => sum() / values.length,
    MIN: () => values.reduce((least, value) => Math.min(least, value), Infinity),
    MAX: () => values.reduce((most, value) => Math.max(most, value), -Infinity),
    SUM: sum,
    COUNT: () => values.length,
    BOOL_OR: () => (values.some((value) => value !== 0) ? 1 : 0),
    BOOL_AND: () => (values.every((value) => value !== 0) ? 1 : 0),
  };
  return simple[aggregation]?.() ?? 0;
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}

/** Returns one sample per bin, at its start, with the aggregated value; ascending. */
export function aggregated(stretch: Stretch, width: number, aggregation: string): Sample[] {
  return [...bins(stretch, width)].flatMap(({ start, values }) => {
    const numbers = values.flatMap((value) => numberOf(value) ?? []);
    return numbers.length === 0 ? [] : [{ time: start, value: aggregate(numbers, aggregation) }];
  });
}

/** Returns one sample per bin, at its start, with the bin's last value; ascending. */
export function sampled(stretch: Stretch, width: number): Sample[] {
  return [...bins(stretch, width)].map(({ start, values }) => ({ time: start, value: values.at(-1) ?? null }));
}

/** Puts a null sample, 1 ms later, after each n-th sample; 0 = never. */
export function withNulls(samples: readonly Sample[], every: number): Sample[] {
  if (every === 0) return [...samples];
  return samples.flatMap((sample, index) =>
    (index + 1) % every === 0 ? [sample, { time: sample.time + 1, value: null }] : [sample],
  );
}
