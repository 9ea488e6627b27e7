import {
  type BucketWidth,
  inBuckets,
  needsNumbers as statisticNeedsNumbers,
  parseBucketWidth,
  parseStatistics,
  type Statistic,
} from "./buckets";
import { propertyKind } from "../property-types/index";
import { CloudError } from "../core/errors";
import { findVariable, type KnownThing, type Property, type RestClient, wireName } from "../rest/index";
import { RawReader } from "./raw-reader";
import { aggregations, AggregateReader } from "./aggregate-reader";
import { type PageReader, pagesOf, readerOf } from "./page-reader";
import { parseWindow, type TimeWindow } from "./time-range";
import { printable } from "../core/text";
import { invalidQuery } from "./invalid-query";

const historyModes = ["raw", "aggregate", "sample", "buckets"] as const;
type HistoryMode = (typeof historyModes)[number];

/** A query, as a user gives it. */
export interface HistoryRequest {
  /** Variable name or property id; blank for all variables of the thing. */
  variable: string;
  from: unknown;
  to: unknown;
  mode: string;
  /** Seconds, for `aggregate` and `sample`; for `buckets` as `parseBucketWidth` takes it. */
  interval: unknown;
  /**
   * Blank: AVG, and BOOL_OR for booleans (docs/protocol.md#history). For `buckets` as `parseStatistics` takes it;
   * blank: MEAN of numbers, LAST of all else.
   */
  aggregation: string;
  /** Whether texts and objects are of no use. */
  needsNumbers: boolean;
}

/** A variable of a plan. */
export interface HistoryVariable {
  property: Property;
  /** The variable name. */
  name: string;
  /** Blank where values are not condensed by the cloud. */
  aggregation: string;
  /** None where values are not condensed here, in buckets. */
  statistics: readonly Statistic[];
}

/** The reading that answers a query. */
export interface HistoryPlan extends TimeWindow {
  thing: KnownThing;
  mode: HistoryMode;
  /** Seconds; 0 where the cloud does not condense. */
  interval: number;
  /** Only for `buckets`. */
  width?: BucketWidth;
  variables: readonly HistoryVariable[];
  /** Variables of the thing that can't be read this way: one sentence each. */
  leftOut: readonly string[];
}

const maxIntervalSeconds = 86_400;
const least = { aggregate: 1, sample: 60 } as const;

/**
 * Checks what is asked for and settles what will be read. Where all variables are asked for, those that can't be read
 * are left out; where one is, that is an error.
 * @param now milliseconds since 1970
 * @throws CloudError `invalid_input` naming the field, what is given and what is expected; `not_found`, `ambiguous`
 */
export function planHistory(thing: KnownThing, request: HistoryRequest, now: number): HistoryPlan {
  const window = parseWindow(request, now);
  const mode = historyModes.find((candidate) => candidate === request.mode);
  if (mode === undefined) throw invalidQuery("mode", request.mode, `one of ${historyModes.join(", ")}`);
  const isLocal = mode === "raw" || mode === "buckets";
  const interval = isLocal ? 0 : parseInterval(request.interval, mode);
  const aggregation = mode === "aggregate" ? parseAggregation(request.aggregation) : "";
  const statistics = mode === "buckets" ? parseStatistics(request.aggregation) : [];
  const asked = request.variable === "" ? thing.properties : [findVariable(thing, request.variable)];
  const problems = asked.map((property) => problemOf(property, needOf(mode, statistics, request.needsNumbers)));
  const leftOut = problems.filter((problem) => problem !== undefined);
  const readable = asked.filter((_property, index) => problems[index] === undefined);
  if (readable.length === 0) {
    const reason = leftOut.join(" ") || "It has no variables.";
    throw new CloudError("invalid_input", `history: nothing to read of thing "${printable(thing.name)}". ${reason}`);
  }
  const variables = readable.map((property) => ({
    property,
    name: wireName(property),
    aggregation: mode === "aggregate" ? aggregation || defaultAggregation(property) : "",
    statistics: mode === "buckets" && statistics.length === 0 ? [defaultStatistic(property)] : statistics,
  }));
  const plan = { ...window, thing, mode, interval, variables, leftOut };
  return mode === "buckets" ? { ...plan, width: parseBucketWidth(request.interval) } : plan;
}

/**
 * Reads what a plan says, ascending in time over all variables. What comes of it: CloudErrors as of `RawReader` and
 * `BinnedReader`.
 * @param starts where the reading of a variable begins, if not with the plan's window, by property id; for mode `raw`
 */
export function readHistory(
  { mode, variables, from, to, interval, width }: HistoryPlan,
  how: { client: Pick<RestClient, "call">; signal: AbortSignal; onWarning: (message: string) => void },
  starts: ReadonlyMap<string, number> = new Map(),
): PageReader {
  const ids = variables.map(({ property }) => property.id);
  if (mode === "aggregate" || mode === "sample") {
    const queries = variables.map(({ property, aggregation }) => ({
      propertyId: property.id,
      ...(aggregation === "" ? {} : { aggregation }),
    }));
    return new AggregateReader({ ...how, mode, queries, from, to, interval });
  }
  const nameOfId = new Map(variables.map(({ property, name }) => [property.id, name]));
  const reader = new RawReader({
    ...how,
    windows: ids.flatMap((propertyId) => {
      const start = starts.get(propertyId) ?? from;
      return start < to ? [{ propertyId, from: new Date(start).toISOString(), to: new Date(to).toISOString() }] : [];
    }),
    onOverflow: (propertyId, time) => {
      const name = printable(nameOfId.get(propertyId) ?? propertyId);
      how.onWarning(
        `The history of ${name} has more values at ${time} than the cloud can give: those beyond the first 1000 are missing.`,
      );
    },
  });
  if (width === undefined) return reader;
  const wanted = new Map(variables.map(({ property, statistics }) => [property.id, statistics]));
  return readerOf(inBuckets(pagesOf(reader), width, wanted), how.signal);
}

/** Returns what to do where a variable has no numbers; undefined where none are needed. */
function needOf(mode: HistoryMode, statistics: readonly Statistic[], isChart: boolean): string | undefined {
  if (mode !== "buckets") return isChart || mode === "aggregate" ? "use mode raw or sample, and no chart" : undefined;
  if (statistics.some(statisticNeedsNumbers)) return "its aggregation in mode buckets can be COUNT, FIRST or LAST";
  const isCount = statistics.length > 0 && statistics.every((statistic) => statistic === "COUNT");
  return isChart && !isCount ? "its aggregation in a chart can be COUNT" : undefined;
}

/**
 * Returns why a variable can't be read so; undefined where it can.
 * @param need as `needOf` returns it
 */
function problemOf(property: Property, need: string | undefined): string | undefined {
  const name = printable(wireName(property));
  if (property.persist === false) return `The cloud keeps no history of ${name}: its "persist" is off.`;
  const kind = propertyKind(property.type);
  if (need === undefined || (kind !== "string" && kind !== "object")) return undefined;
  return `${name} is of type ${printable(property.type)}, which has no numbers: ${need}.`;
}

function parseInterval(given: unknown, mode: keyof typeof least): number {
  const interval = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
  const lowest = least[mode];
  if (
    typeof interval === "number" &&
    Number.isInteger(interval) &&
    interval >= lowest &&
    interval <= maxIntervalSeconds
  )
    return interval;
  throw invalidQuery(
    "interval",
    given,
    `whole seconds from ${lowest} to ${maxIntervalSeconds} in mode ${mode}; mode buckets takes others`,
  );
}

function parseAggregation(given: string): string {
  const aggregation = given.toUpperCase();
  if (aggregation === "" || aggregations.some((candidate) => candidate === aggregation)) return aggregation;
  throw invalidQuery("aggregation", given, `one of ${aggregations.join(", ")}`);
}

function defaultStatistic({ type }: Property): Statistic {
  const kind = propertyKind(type);
  return kind === "number" || kind === "integer" ? "MEAN" : "LAST";
}

function defaultAggregation({ type }: Property): string {
  return propertyKind(type) === "boolean" ? "BOOL_OR" : "AVG";
}
