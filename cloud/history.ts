import { propertyKind } from "./data/property-types";
import { CloudError } from "./errors";
import { findVariable, type KnownThing, type Property, type RestClient, wireName } from "./rest";
import { type RawPoint, readRaw } from "./rest/series";
import { aggregations, readBinned } from "./rest/series-binned";
import { parseWindow, type TimeWindow } from "./rest/series-window";
import { printable } from "./rest/text";

export const historyModes = ["raw", "aggregate", "sample"] as const;
export type HistoryMode = (typeof historyModes)[number];

/** What is asked for, as a user gives it. */
export interface HistoryWish {
  /** Variable name or property id; blank for all variables of the thing. */
  variable: string;
  from: unknown;
  to: unknown;
  mode: string;
  /** Seconds, for `aggregate` and `sample`. */
  interval: unknown;
  /** Blank: AVG, and BOOL_OR for booleans (rest-api 7, History). */
  aggregation: string;
  /** Whether texts and objects are of no use. */
  needsNumbers: boolean;
}

/** A variable of a plan. */
export interface HistoryVariable {
  property: Property;
  /** The variable name. */
  name: string;
  /** Blank where values are not condensed. */
  aggregation: string;
}

/** What will be read. */
export interface HistoryPlan extends TimeWindow {
  thing: KnownThing;
  mode: HistoryMode;
  /** Seconds. */
  interval: number;
  variables: readonly HistoryVariable[];
  /** Variables of the thing that can't be read this way: one sentence each. */
  leftOut: readonly string[];
}

const most = 86_400;
const least: Readonly<Record<HistoryMode, number>> = { raw: 1, aggregate: 1, sample: 60 };

/**
 * Checks what is asked for and settles what will be read. Where all variables are asked for, those that can't be read are
 * left out; where one is, that is an error.
 * @param now milliseconds since 1970
 * @throws CloudError `invalid_input` naming the field, what is given and what is expected; `not_found`, `ambiguous`
 */
export function planHistory(thing: KnownThing, wish: HistoryWish, now: number): HistoryPlan {
  const window = parseWindow(wish, now);
  const mode = historyModes.find((candidate) => candidate === wish.mode);
  if (mode === undefined) throw wrong("mode", wish.mode, `one of ${historyModes.join(", ")}`);
  const interval = mode === "raw" ? 0 : parseInterval(wish.interval, mode);
  const aggregation = mode === "aggregate" ? parseAggregation(wish.aggregation) : "";
  const asked = wish.variable === "" ? thing.properties : [findVariable(thing, wish.variable)];
  const needsNumbers = wish.needsNumbers || mode === "aggregate";
  const problems = asked.map((property) => problemOf(property, needsNumbers));
  const leftOut = problems.filter((problem) => problem !== undefined);
  const readable = asked.filter((_property, index) => problems[index] === undefined);
  if (readable.length === 0) {
    const reason = leftOut.join(" ") || "It has no variables.";
    throw new CloudError("invalid_input", `history: nothing to read of thing "${printable(thing.name)}". ${reason}`);
  }
  const variables = readable.map((property) => ({
    property,
    name: wireName(property),
    aggregation: mode === "aggregate" ? aggregation || usualAggregation(property) : "",
  }));
  return { ...window, thing, mode, interval, variables, leftOut };
}

/**
 * Reads what a plan says, ascending in time over all variables.
 * @throws CloudError as `readRaw` and `readBinned`
 */
export function readHistory(
  { mode, variables, from, to, interval }: HistoryPlan,
  how: { client: Pick<RestClient, "call">; signal: AbortSignal; onWarning: (message: string) => void },
): AsyncGenerator<RawPoint, void, undefined> {
  const ids = variables.map(({ property }) => property.id);
  if (mode !== "raw") {
    const queries = variables.map(({ property, aggregation }) => ({
      propertyId: property.id,
      ...(aggregation === "" ? {} : { aggregation }),
    }));
    return readBinned({ ...how, mode, queries, from, to, interval });
  }
  const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const nameOfId = new Map(variables.map(({ property, name }) => [property.id, name]));
  return readRaw({
    ...how,
    windows: from < to ? ids.map((propertyId) => ({ propertyId, ...span })) : [],
    onOverflow: (propertyId, time) => {
      const name = printable(nameOfId.get(propertyId) ?? propertyId);
      how.onWarning(
        `The history of ${name} has more values at ${time} than the cloud can give: those beyond the first 1000 are missing.`,
      );
    },
  });
}

function problemOf(property: Property, needsNumbers: boolean): string | undefined {
  const name = printable(wireName(property));
  if (property.persist === false) return `The cloud keeps no history of ${name}: its "persist" is off.`;
  const kind = propertyKind(property.type);
  if (!needsNumbers || (kind !== "string" && kind !== "object")) return undefined;
  return `${name} is of type ${printable(property.type)}, which has no numbers: use mode raw or sample, and no chart.`;
}

function parseInterval(given: unknown, mode: HistoryMode): number {
  const interval = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
  const lowest = least[mode];
  if (typeof interval === "number" && Number.isInteger(interval) && interval >= lowest && interval <= most)
    return interval;
  throw wrong("interval", given, `whole seconds from ${lowest} to ${most} in mode ${mode}`);
}

function parseAggregation(given: string): string {
  const aggregation = given.toUpperCase();
  if (aggregation === "" || aggregations.some((candidate) => candidate === aggregation)) return aggregation;
  throw wrong("aggregation", given, `one of ${aggregations.join(", ")}`);
}

function usualAggregation({ type }: Property): string {
  return propertyKind(type) === "boolean" ? "BOOL_OR" : "AVG";
}

function wrong(field: string, given: unknown, expected: string): CloudError {
  const shown = typeof given === "string" || typeof given === "number" ? printable(String(given)) : typeof given;
  return new CloudError("invalid_input", `history: ${field} is "${shown}", but expected is ${expected}.`);
}
