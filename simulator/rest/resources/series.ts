import type { Sample } from "../../store/models";
import type { JsonValue } from "../../json";
import { propertyTypes } from "../../store/property-types";
import { Failure, notFound } from "../failure";
import { isUuid, textOf, type Checked, type Field, type Fields } from "../fields";
import { findProperty, propertyOf, type Found } from "./properties";
import type { Call, Route } from "../route";
import { inWindow, lastOf, samplesOf, toList, type Stretch, type Window } from "../../store/samples";
import { aggregated, aggregations, sampled, withNulls } from "./bins";
import { flag, refuse, timeOf } from "../resource-helpers";
import { seriesTime, type View } from "../views";

/** Points when `series_limit` is absent, and at most. */
interface Limit {
  usual: number;
  most: number;
}

/** The order of points, and how many there may be. */
interface Order {
  descending: boolean;
  limit: number;
}

/** The differences between the three batch queries. */
interface Query {
  limits: { property: Limit; thing: Limit };
  /** Only what has numbers: strings and objects are refused, or left out of a thing query. */
  numeric?: true;
  /** Returns how far back the window begins when `from` is absent, in milliseconds. */
  reach(call: Call): number;
  order(call: Call, request: Checked): string;
  /** Returns the points of one property in a window, in order; may leave out those beyond the limit. */
  points(call: Call, found: Found, request: Checked, stretch: Stretch, order: Order): Sample[];
  /** Returns fields of an answer's element that only this query has. */
  extra(call: Call, found: Found | undefined, request: Checked): View;
}

const day = 86_400_000;
const dateTime: Field = { kind: "date-time" };
const common: Fields = { q: { kind: "string", required: true }, series_limit: { kind: "integer", min: 1 } };

const batch = (fields: Fields): Fields => ({
  resp_version: { kind: "integer", required: true },
  requests: { kind: "array", required: true, items: { kind: "object", fields } },
});

const kindOf = ({ property }: Found): string | undefined => propertyTypes.get(property.type)?.kind;
const isNumeric = (found: Found): boolean => ["number", "integer", "boolean"].includes(kindOf(found) ?? "");

const raw: Query = {
  limits: { property: { usual: 1000, most: 1000 }, thing: { usual: 10_000, most: 10_000 } },
  reach: ({ store }) => store.choices.retentionDays * day,
  order: (_call, request) => textOf(request.sort),
  points: ({ store: { choices } }, _found, _request, stretch, { descending, limit }) => {
    if (choices.nullSampleEvery === 0) return toList(stretch, limit, descending);
    const points = withNulls(toList(stretch), choices.nullSampleEvery);
    return descending ? points.reverse() : points;
  },
  extra: (_call, _found, request) => ({ sort: request.sort, series: { metric: "" } }),
};

const aggregationOf = (found: Found | undefined, request: Checked): string =>
  textOf(request.aggregation) || (found && kindOf(found) === "boolean" ? "BOOL_OR" : "AVG");

const aggregate: Query = {
  limits: { property: { usual: 300, most: 1000 }, thing: { usual: 300, most: 10_000 } },
  numeric: true,
  reach: () => 0,
  order: ({ store }) => store.choices.seriesOrder,
  points: (call, found, request, stretch, order) =>
    ordered(aggregated(stretch, width(call, request), aggregationOf(found, request)), order),
  extra: (call, found, request) => ({
    interval: width(call, request) / 1000,
    aggregation: aggregationOf(found, request),
  }),
};

const sample: Query = {
  limits: { property: { usual: 300, most: 1000 }, thing: { usual: 300, most: 1000 } },
  reach: () => day,
  order: ({ store }) => store.choices.seriesOrder,
  points: (call, _found, request, stretch, order) =>
    ordered(withNulls(sampled(stretch, width(call, request)), call.store.choices.nullSampleEvery), order),
  extra: (call, _found, request) => ({ interval: width(call, request) / 1000 }),
};

function ordered(points: Sample[], { descending }: Order): Sample[] {
  return descending ? points.reverse() : points;
}

function width({ store }: Call, request: Checked): number {
  return Number(request.interval ?? store.choices.defaultInterval) * 1000;
}

/**
 * Returns the properties that `q` means, or undefined for an unknown id.
 * @throws Failure 400 for another form of `q`
 */
function resolve(call: Call, q: string): { found: Found[]; isThing: boolean } | undefined {
  const [kind, id] = q.split(".");
  if ((kind !== "property" && kind !== "thing") || !isUuid(id)) {
    refuse(`q must be property.<uuid> or thing.<uuid> but got ${q.slice(0, 60)}`);
  }
  if (kind === "property") {
    const found = findProperty(call, id);
    return found && { found: [found], isThing: false };
  }
  const thing = call.store.visibleThing(id, call.scope);
  const living = thing?.properties.filter(({ deleted_at: deleted }) => deleted === undefined);
  return thing && living && { found: living.map((property) => ({ thing, property })), isThing: true };
}

/**
 * Returns the limit of a request.
 * @throws Failure 400 for a limit above the maximum, where the choices say so
 */
function limitOf({ store }: Call, query: Query, request: Checked, isThing: boolean): number {
  const { usual, most } = isThing ? query.limits.thing : query.limits.property;
  const asked = Number(request.series_limit ?? usual);
  if (asked > most && !store.choices.cutSeriesLimit) refuse(`series_limit must be at most ${most}`);
  return Math.min(asked, most);
}

/** Returns one element of the answer. */
function element(
  call: Call,
  query: Query,
  request: Checked,
  { from, to }: Window,
  facts: { found?: Found; points?: Sample[]; limit?: number; problem?: string },
): View {
  const { found, points = [], limit, problem } = facts;
  return {
    resp_version: call.body.resp_version,
    status: problem === undefined ? "ok" : "error",
    message: problem ?? "",
    query: found ? `property.${found.property.id}` : request.q,
    ...(found
      ? {
          property_id: found.property.id,
          property_name: found.property.name,
          property_type: found.property.type,
          thing_id: found.thing.id,
        }
      : {}),
    from_date: seriesTime(from),
    to_date: seriesTime(to),
    ...query.extra(call, found, request),
    series_limit: limit,
    count_values: points.length,
    times: points.map(({ time }) => seriesTime(time)),
    values: points.map(({ value }) => value),
  };
}

/** Cuts the points of several properties to the limit: together in order of time, or each alone. */
function cut(series: Sample[][], { limit, descending }: Order, together: boolean): Sample[][] {
  if (!together || series.length === 1) return series.map((points) => points.slice(0, limit));
  const sign = descending ? -1 : 1;
  const all = series.flat().sort((a, b) => sign * (a.time - b.time));
  const kept = new Set(all.slice(0, limit));
  return series.map((points) => points.filter((point) => kept.has(point)));
}

/** Answers one request of a batch: one element per property (docs/protocol.md#history). */
function answer(call: Call, query: Query, request: Checked): View[] {
  const to = timeOf(request.to, Date.now() + 1); // a value of this very millisecond belongs to it
  const window = { from: timeOf(request.from, to - query.reach(call)), to };
  const target = resolve(call, textOf(request.q));
  if (!target) {
    if (!call.store.choices.unknownSeriesIsElement) throw notFound(textOf(request.q));
    return [element(call, query, request, window, { problem: `${textOf(request.q)} not found` })];
  }
  const { isThing } = target;
  const found = isThing && query.numeric ? target.found.filter(isNumeric) : target.found;
  const [only] = found;
  if (!isThing && query.numeric && only && !isNumeric(only)) {
    return [element(call, query, request, window, { found: only, problem: `${only.property.type} has no numbers` })];
  }
  const limit = limitOf(call, query, request, isThing);
  const order = { limit, descending: query.order(call, request) === "DESC" };
  const points = found.map((each) => {
    const stretch = inWindow(samplesOf(each.property), window);
    return query.points(call, each, request, stretch, order);
  });
  const series = cut(points, order, call.store.choices.thingLimitIsTotal);
  return found.map((each, index) =>
    element(call, query, request, window, { found: each, points: series[index] ?? [], limit }),
  );
}

const answerBatch =
  (query: Query) =>
  (call: Call): View => ({
    resp_version: call.body.resp_version,
    responses: (call.body.requests as Checked[]).flatMap((request) => answer(call, query, request)),
  });

function lastValues(call: Call): View {
  const responses = (call.body.requests as Checked[]).map(({ property_id: propertyId, thing_id: thingId }) => {
    const found = findProperty(call, textOf(propertyId));
    if (!found || found.thing.id !== thingId) throw notFound("property");
    const sample = lastOf(samplesOf(found.property));
    const last = sample ? [sample] : [];
    return {
      property_id: propertyId,
      thing_id: thingId,
      count_values: last.length,
      times: last.map(({ time }) => seriesTime(time)),
      values: last.map(({ value }): JsonValue => value),
    };
  });
  return { status: "ok", responses };
}

/** Takes the order for a CSV by e-mail; nothing is sent here. */
function historicData(call: Call): void {
  const unknown = (call.body.properties as string[]).find((id) => !findProperty(call, id));
  if (unknown !== undefined) throw notFound(`property ${unknown}`);
}

/** Milliseconds of a bin whose start a `Date` can hold, whatever is asked for. */
const widestBin = 4e15;

/** Years that a binned query may span (docs/protocol.md#history). */
const [firstYear, lastYear] = [1842, 2242];

function timeseries(call: Call): View {
  const found = propertyOf(call);
  const { query } = call;
  if (!isNumeric(found)) refuse(`${found.property.type} has no numbers`);
  const to = timeOf(query.to, Date.now());
  const from = timeOf(query.from, to - 14 * day);
  for (const time of [from, to]) {
    const year = new Date(time).getUTCFullYear();
    if (year < firstYear || year > lastYear) throw new Failure(400, `times must be in ${firstYear} to ${lastYear}`);
  }
  const smallest = Math.max(1, Math.ceil((to - from) / 1000 / 1000));
  const interval = Math.min(Number(query.interval ?? smallest) * 1000, widestBin);
  const points = aggregated(
    inWindow(samplesOf(found.property), { from, to }),
    interval,
    textOf(query.aggregation) || "AVG",
  );
  const ordered = query.desc === true ? points.reverse() : points;
  return { data: ordered.slice(0, 1000).map(({ time, value }) => ({ time: seriesTime(time), value })) };
}

const aggregation: Field = { kind: "string", values: aggregations };

/** History (docs/protocol.md#history). */
export const seriesRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/iot/v2/series/batch_query_raw",
    answers: "series.raw.batch",
    body: batch({
      ...common,
      from: dateTime,
      to: dateTime,
      sort: { kind: "string", values: ["ASC", "DESC"], default: "DESC" },
    }),
    handle: answerBatch(raw),
  },
  {
    method: "POST",
    path: "/iot/v2/series/batch_query",
    answers: "series.batch",
    body: batch({
      ...common,
      from: { ...dateTime, required: true },
      to: { ...dateTime, required: true },
      aggregation,
      interval: { kind: "integer", min: 1, max: 86_400 },
    }),
    handle: answerBatch(aggregate),
  },
  {
    method: "POST",
    path: "/iot/v2/series/batch_query_sampling",
    answers: "series.batch.sampled",
    body: batch({
      ...common,
      from: dateTime,
      to: dateTime,
      interval: { kind: "integer", min: 60, max: 86_400, default: 300 },
    }),
    handle: answerBatch(sample),
  },
  {
    method: "POST",
    path: "/iot/v2/series/batch_query_raw/lastvalue",
    answers: "series.raw.batch.lastvalue",
    body: {
      requests: {
        kind: "array",
        required: true,
        items: {
          kind: "object",
          fields: { property_id: { kind: "uuid", required: true }, thing_id: { kind: "uuid", required: true } },
        },
      },
    },
    handle: lastValues,
  },
  {
    method: "POST",
    path: "/iot/v2/series/historic_data",
    success: 202,
    body: {
      from: { ...dateTime, required: true },
      to: { ...dateTime, required: true },
      properties: { kind: "array", required: true, min: 1, items: { kind: "uuid" } },
    },
    handle: historicData,
  },
  {
    method: "GET",
    path: "/iot/v2/things/:id/properties/:pid/timeseries",
    answers: "timeseriesmedia",
    query: {
      aggregation: { kind: "string", values: aggregations.filter((name) => !name.startsWith("BOOL")) },
      desc: flag,
      from: dateTime,
      interval: { kind: "integer", min: 1 },
      to: dateTime,
    },
    handle: timeseries,
  },
];
