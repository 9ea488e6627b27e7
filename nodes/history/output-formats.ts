import { isPlainObject } from "../../cloud/core/json";
import { tidyValue } from "../../cloud/codec/float32";
import type { HistoryPlan, HistoryVariable } from "../../cloud/history/history-query";
import { Points, type RawPoint } from "../../cloud/history/points";
import type { LegacySeries } from "../runtime/legacy-messages";

/** One value in the form that flows get. */
interface HistoryRow {
  /** As received: RFC 3339. */
  time: string;
  /** The variable name. */
  property: string;
  value: unknown;
}

/** The forms that a whole answer can have. */
export type WholeOutput = "rows" | "chart" | "csv";

/** For whom points of a chart are: FlowFuse Dashboard 2.0, or the older `node-red-dashboard`. */
export const chartFormats = ["dashboard-2", "dashboard-1"] as const;
export type ChartFormat = (typeof chartFormats)[number];

type VariablesById = ReadonlyMap<string, HistoryVariable>;

/** Returns the variables of a plan by property id. */
export function variablesById({ variables }: HistoryPlan): VariablesById {
  return new Map(variables.map((variable) => [variable.property.id, variable]));
}

/** Returns points as rows, with floats in their shortest form; of a variable that is not in the plan, with its id. */
export function rowsOf(parts: readonly Points[], variables: VariablesById): HistoryRow[] {
  const rows: HistoryRow[] = [];
  // As a rule many points of one variable follow each other.
  let [id, property] = ["", ""];
  for (const part of parts) {
    part.forEach((propertyId, time, _timestamp, value) => {
      if (propertyId !== id) [id, property] = [propertyId, variables.get(propertyId)?.name ?? propertyId];
      rows.push({ time, property, value: tidyValue(value) });
    });
  }
  return rows;
}

/** The content of a point: one value, or one for each statistic where there are several. */
interface Share {
  value: unknown;
  /** Blank where values are as stored. */
  aggregation: string;
}

function sharesOf({ value }: RawPoint, variable: HistoryVariable | undefined): Share[] {
  const { aggregation = "", statistics = [] } = variable ?? {};
  const [only = aggregation] = statistics;
  if (statistics.length < 2) return [{ value: tidyValue(value), aggregation: only }];
  const said = isPlainObject(value) ? value : {};
  return statistics
    .map((statistic) => ({ value: said[statistic.toLowerCase()], aggregation: statistic }))
    .filter((share) => share.value !== undefined);
}

/** A point as FlowFuse Dashboard's chart takes it. */
interface ChartPoint {
  /** Milliseconds since 1970. */
  x: number;
  y: unknown;
  /** The variable name; with several statistics, also which one: `temperature max`. */
  series: string;
}

/** Returns points as the chart of FlowFuse Dashboard 2.0 takes them; booleans as 1 and 0. */
function chartOf(parts: readonly Points[], variables: VariablesById): ChartPoint[] {
  return Array.from(Points.in(parts)).flatMap((point) => {
    const variable = variables.get(point.propertyId);
    const name = variable?.name ?? point.propertyId;
    const shares = sharesOf(point, variable);
    return shares.map(({ value, aggregation }) => ({
      x: point.timestamp,
      y: typeof value === "boolean" ? Number(value) : value,
      series: shares.length > 1 ? `${name} ${aggregation.toLowerCase()}` : name,
    }));
  });
}

/** A chart as the older dashboard, `node-red-dashboard`, takes it as a whole ("Stored data" in its documentation). */
interface OlderChart {
  series: string[];
  data: { x: number; y: unknown }[][];
  labels: [""];
}

/** Returns points of a chart as the older dashboard takes them. */
function olderChartOf(points: readonly ChartPoint[]): OlderChart[] {
  const lines = new Map<string, { x: number; y: unknown }[]>();
  for (const { x, y, series } of points) {
    const line = lines.get(series) ?? [];
    line.push({ x, y });
    lines.set(series, line);
  }
  return [{ series: [...lines.keys()], data: [...lines.values()], labels: [""] }];
}

/** Returns points as the older dashboard's chart takes them: a list for each variable, in the order of the plan. */
export function oldSeriesOf(parts: readonly Points[], plan: HistoryPlan): LegacySeries[] {
  const lists = new Map<string, LegacySeries>(
    plan.variables.map(({ property, name }) => [property.id, { name, data: [] }]),
  );
  for (const { propertyId, timestamp, value } of Points.in(parts))
    lists.get(propertyId)?.data.push({ x: timestamp, y: tidyValue(value) });
  return [...lists.values()];
}

const columns = [
  ...["timestamp", "thing_id", "thing_name", "property_id", "property_name", "property_type"],
  ...["value", "aggregation_statistic"],
];

/**
 * Writes points as CSV after RFC 4180, with the columns of Arduino's own exporters (docs/protocol.md#history); a line
 * each statistic.
 */
function csvOf(parts: readonly Points[], plan: HistoryPlan, variables: VariablesById): string {
  const { thing } = plan;
  const lines = Array.from(Points.in(parts)).flatMap((point) => {
    const variable = variables.get(point.propertyId);
    const { name = "", type = "" } = variable?.property ?? {};
    const facts = [point.time, thing.id, thing.name, point.propertyId, name, type];
    return sharesOf(point, variable).map(({ value, aggregation }) => csvLine([...facts, cellText(value), aggregation]));
  });
  return [csvLine(columns), ...lines].join("");
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")}\r\n`;
}

function cellText(value: unknown): string {
  return isPlainObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
}

/** Returns a whole answer in one of its forms. */
export function wholeOf(
  { output, chartFormat }: { output: WholeOutput; chartFormat: ChartFormat },
  parts: readonly Points[],
  plan: HistoryPlan,
): unknown {
  const variables = variablesById(plan);
  if (output === "chart") {
    const chart = chartOf(parts, variables);
    return chartFormat === "dashboard-1" ? olderChartOf(chart) : chart;
  }
  return output === "csv" ? csvOf(parts, plan, variables) : rowsOf(parts, variables);
}
