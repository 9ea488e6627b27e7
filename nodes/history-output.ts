import { isPlainObject } from "../cloud/data/render";
import { tidyValue } from "../cloud/data/float32";
import type { HistoryPlan, HistoryVariable } from "../cloud/history";
import type { RawPoint } from "../cloud/rest/series";

/** One value in the form that flows get. */
export interface Row {
  /** As received: RFC 3339. */
  time: string;
  /** The variable name. */
  property: string;
  value: unknown;
}

/** The forms that a whole answer can have. */
export const wholeOutputs = ["rows", "chart", "csv"] as const;
export type WholeOutput = (typeof wholeOutputs)[number];

type VariablesById = ReadonlyMap<string, HistoryVariable>;

/** The variables of a plan by property id. */
export function variablesById({ variables }: HistoryPlan): VariablesById {
  return new Map(variables.map((variable) => [variable.property.id, variable]));
}

/** Points as rows. */
export function rowsOf(points: readonly RawPoint[], variables: VariablesById): Row[] {
  return points.map(({ propertyId, time, value }) => ({
    time,
    property: variables.get(propertyId)?.name ?? propertyId,
    value: tidyValue(value),
  }));
}

/** Points as charts take them; booleans as 1 and 0. */
export function chartOf(
  points: readonly RawPoint[],
  variables: VariablesById,
): { x: number; y: unknown; series: string }[] {
  return points.map(({ propertyId, timestamp, value }) => ({
    x: timestamp,
    y: typeof value === "boolean" ? Number(value) : tidyValue(value),
    series: variables.get(propertyId)?.name ?? propertyId,
  }));
}

const columns = [
  ...["timestamp", "thing_id", "thing_name", "property_id", "property_name", "property_type"],
  ...["value", "aggregation_statistic"],
];

/** Points as CSV after RFC 4180, with the columns of Arduino's own exporters (rest-api 7, History). */
export function csvOf(points: readonly RawPoint[], plan: HistoryPlan, variables: VariablesById): string {
  const { thing } = plan;
  const lines = points.map(({ propertyId, time, value }) => {
    const variable = variables.get(propertyId);
    const { name = "", type = "" } = variable?.property ?? {};
    const facts = [time, thing.id, thing.name, propertyId, name, type];
    return csvLine([...facts, textOf(tidyValue(value)), variable?.aggregation ?? ""]);
  });
  return [csvLine(columns), ...lines].join("");
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")}\r\n`;
}

function textOf(value: unknown): string {
  return isPlainObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
}

/** A whole answer in one of its forms. */
export function wholeOf(output: WholeOutput, points: readonly RawPoint[], plan: HistoryPlan): unknown {
  const variables = variablesById(plan);
  if (output === "chart") return chartOf(points, variables);
  return output === "csv" ? csvOf(points, plan, variables) : rowsOf(points, variables);
}

/** A part of a sequence. */
export interface Batch<T> {
  items: T[];
  isLast: boolean;
}

/**
 * Gives items in batches, at least one; `limit` is the most items, 0 for all. Whether a batch is the last is known when it
 * is given, so one item more is read ahead.
 */
export async function* batchesOf<T>(
  items: AsyncIterable<T>,
  size: number,
  limit: number,
): AsyncGenerator<Batch<T>, void, undefined> {
  let batch: T[] = [];
  let given = 0;
  for await (const item of items) {
    if (batch.length === size) {
      yield { items: batch, isLast: false };
      batch = [];
    }
    batch.push(item);
    if (++given === limit) break;
  }
  yield { items: batch, isLast: true };
}
