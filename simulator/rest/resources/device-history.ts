import type { JsonValue } from "../../json";
import { inWindow, samplesOf, toList } from "../../store/samples";
import { rfc3339 } from "../../store/store";
import { deviceOf } from "./devices";
import { notFound } from "../failure";
import type { Fields } from "../fields";
import type { Call, Route } from "../route";
import { timeOf } from "../resource-helpers";
import type { View } from "../views";

/** Values of the old-style history when no `limit` is given (not documented). */
const usualPage = 100;

/**
 * Returns the entries at or before the call's `start`, the newest first, as many as its `limit`
 * (docs/operations.md#devices).
 */
function newest<T extends { updated_at: string }>({ query }: Call, entries: readonly T[]): T[] {
  const { start, limit } = query;
  const wanted = entries.filter(({ updated_at: at }) => Date.parse(at) <= timeOf(start, Infinity)).reverse();
  return limit === undefined ? wanted : wanted.slice(0, Number(limit));
}

function status(call: Call): View {
  const { id, events } = deviceOf(call);
  return { id, events: newest(call, events) };
}

function events(call: Call): View {
  const { id, reports } = deviceOf(call);
  return { id, events: newest(call, reports) };
}

const textOfValue = (value: JsonValue): string => (typeof value === "string" ? value : JSON.stringify(value));

/**
 * Returns the stored values of one variable, the newest first. `last_evaluated_key` tells where the next page starts;
 * its fields are absent on the last one (open).
 */
function values(call: Call): View {
  const device = deviceOf(call);
  const thing = call.store.thingOfDevice(device.id);
  const property = thing?.properties.find(({ id, deleted_at: deleted }) => id === call.params.pid && !deleted);
  if (!property) throw notFound("property of the device");
  const start = timeOf(call.query.start, Infinity);
  const limit = Number(call.query.limit ?? usualPage);
  const stretch = inWindow(samplesOf(property), { from: -Infinity, to: start });
  const page = toList(stretch, limit, true);
  const last = page.at(-1);
  const { id, name } = property;
  return {
    id,
    name,
    values: page.map(({ time, value }) => ({ created_at: rfc3339(time), value: { payload: textOfValue(value) } })),
    last_evaluated_key: last && page.length < stretch.end ? { id, name, created_at: rfc3339(last.time) } : {},
  };
}

const paging: Fields = { limit: { kind: "integer", min: 1 }, start: { kind: "date-time" } };

/** Histories of devices (docs/operations.md#devices). */
export const deviceHistoryRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/iot/v2/devices/:id/status",
    answers: "devicev2.status.events",
    query: { ...paging, limit: { kind: "integer", default: 30, min: 0 } },
    handle: status,
  },
  {
    method: "GET",
    path: "/iot/v2/devices/:id/events",
    answers: "devicev2.event.properties",
    query: paging,
    handle: events,
  },
  {
    method: "GET",
    path: "/iot/v2/devices/:id/properties/:pid",
    answers: "devicev2propertyvalues",
    query: paging,
    handle: values,
  },
];
