import { randomUUID } from "node:crypto";
import { toCloudError } from "../core/errors";
import { operation, readDevice, readList, type Device, type OperationId } from "../rest/index";
import { pickSignal, type WantedRest, type WorkOptions } from "./apply";
import { planDashboards, readDashboards } from "./dashboards";
import { ThingLinks } from "./links";
import { match, type Raw } from "./match";
import type { Prune, PlanStep } from "./plan";
import { rawList } from "./properties";
import { planThings, readThings } from "./things";
import { planTriggers, readTriggers } from "./triggers";
import { unexpectedAnswer } from "../rest/transport/error-response";

/** The kinds of object that a wanted state can hold. */
export type WantedKind = "things" | "dashboards" | "triggers";

/** The plan, and the object that was found for each item. */
export interface CurrentState {
  steps: PlanStep[];
  found: (Raw | undefined)[];
}

/** Reads what there is of a kind, and plans. */
type StateReader = (
  rest: WantedRest,
  items: readonly unknown[],
  prune: Prune,
  options: WorkOptions,
) => Promise<CurrentState>;

/** Reads and plans each kind. All throw what `RestClient.call` and their planner throw. */
export const stateReaders: Readonly<Record<WantedKind, StateReader>> = {
  async things(rest, items, prune, options) {
    const wanted = readThings(items);
    const things = await readThingList(rest, options);
    const devices = await devicesIf(
      rest,
      wanted.some(({ device }) => device),
      options,
    );
    return planThings({ things, devices }, wanted, prune);
  },

  async dashboards(rest, items, prune, options) {
    const wanted = readDashboards(items);
    const { dashboards: listed, version } = await listDashboards(rest, options);
    const { pairs } = match("dashboard", listed, wanted);
    const whole = new Map<string, Raw>();
    for (const { current } of pairs) {
      if (current !== undefined) whole.set(current.id, await readDashboard(rest, current.id, version, options));
    }
    const dashboards = listed.map((dashboard) => whole.get(dashboard.id) ?? dashboard);
    const hasLinks = wanted.some(({ widgets = [] }) => widgets.some(({ links = [] }) => links.length > 0));
    const links = await linksIf(rest, hasLinks, options);
    return planDashboards({ dashboards, links, version, newId: randomUUID }, wanted, prune);
  },

  async triggers(rest, items, prune, options) {
    const wanted = readTriggers(items);
    const listed = rawList(await get(rest, "triggers_v1#list", options));
    const isWatching = wanted.some(({ source }) => source !== undefined && "property" in source);
    const links = await linksIf(rest, isWatching, options);
    const namesDevices = wanted.some(({ source }) => source !== undefined && "devices" in source);
    const devices = await devicesIf(rest, namesDevices, options);
    const triggers = await withActions(rest, listed, wanted, options);
    return planTriggers({ triggers, links, devices }, wanted, prune);
  },
};

/** Returns the answer of a reading operation. Throws what `RestClient.call` throws. */
async function get(rest: WantedRest, id: OperationId, options: WorkOptions, input = {}): Promise<unknown> {
  return (await rest.client.call(operation(id), input, pickSignal(options))).body;
}

async function devicesIf(rest: WantedRest, isNeeded: boolean, options: WorkOptions): Promise<Device[]> {
  return isNeeded ? readList(await get(rest, "devices_v2#list", options), readDevice) : [];
}

async function linksIf(rest: WantedRest, isNeeded: boolean, options: WorkOptions): Promise<ThingLinks> {
  return new ThingLinks(isNeeded ? await rest.directory.things({ maxAgeMs: 0, ...pickSignal(options) }) : []);
}

/** Returns all things with their properties. Throws what `RestClient.call` throws. */
async function readThingList(rest: WantedRest, options: WorkOptions): Promise<Raw[]> {
  return rawList(await get(rest, "things_v2#list", options, { query: { show_properties: true } }));
}

/**
 * Returns all dashboards as the list has them, in the newest version that the base URL has. Throws what
 * `RestClient.call` throws.
 */
export async function listDashboards(
  rest: WantedRest,
  options: WorkOptions,
): Promise<{ dashboards: Raw[]; version: 2 | 3 }> {
  try {
    return { dashboards: rawList(await get(rest, "dashboards_v3#list", options)), version: 3 };
  } catch (reason) {
    if (toCloudError(reason).statusCode !== 404) throw reason;
    return { dashboards: rawList(await get(rest, "dashboards_v2#list", options)), version: 2 };
  }
}

/** Returns a dashboard with its widgets. Throws what `RestClient.call` throws. */
export async function readDashboard(rest: WantedRest, id: string, version: 2 | 3, options: WorkOptions): Promise<Raw> {
  const row = version === 3 ? "dashboards_v3#show" : "dashboards_v2#show";
  return readOne(await get(rest, row, options, { path: { id } }), "dashboards: get");
}

/** Returns an answer that must be one object. Throws CloudError `server_error` where it is none. */
function readOne(body: unknown, what: string): Raw {
  const [raw] = rawList([body]);
  if (raw !== undefined) return raw;
  throw unexpectedAnswer(what, "an object with an id");
}

/**
 * Reads the actions of those triggers that are wanted with actions: a list may leave them out
 * (docs/protocol.md#models).
 */
async function withActions(
  rest: WantedRest,
  triggers: readonly Raw[],
  wanted: ReturnType<typeof readTriggers>,
  options: WorkOptions,
): Promise<Raw[]> {
  const { pairs } = match("trigger", triggers, wanted);
  const bare = new Set<Raw | undefined>();
  for (const { wanted: item, current } of pairs) {
    if (item.actions !== undefined && current?.actions === undefined) bare.add(current);
  }
  bare.delete(undefined);
  if (bare.size === 0) return [...triggers];
  const actions = rawList(await get(rest, "actions_v1#list", options));
  return triggers.map((trigger) =>
    bare.has(trigger) ? { ...trigger, actions: actions.filter((action) => action.trigger_id === trigger.id) } : trigger,
  );
}
