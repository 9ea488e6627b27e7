import { findDevice, type Device } from "../rest/index";
import { asRecord } from "../core/json";
import { newAction, planActions, readActions, type WantedAction } from "./actions";
import { changesOf, ownField, pickFields, type Changes, type BodyFields } from "./compare";
import { type ThingLink, type ThingLinks, readThingLink } from "./links";
import { match, type Raw, type Wanted } from "./match";
import { creation, type Prune, removal, type PlanStep } from "./plan";
import { rawList } from "./properties";
import { inItem, itemLabel, type Layout, listField, readFields, textField, wrong } from "./read-input";

/** The source that a trigger watches: a variable, or whether devices are there. */
type Source =
  | { readonly property: ThingLink }
  | { readonly fields: BodyFields; /** Ids or names. */ readonly devices: readonly string[] | undefined };

/** A trigger as it is wanted; what is absent is left as it is. */
interface WantedTrigger extends Wanted {
  readonly fields: BodyFields;
  readonly source: Source | undefined;
  readonly actions: readonly WantedAction[] | undefined;
}

/** The triggers of an account, with their actions, and what they may watch. */
interface TriggerState {
  triggers: readonly Raw[];
  links: ThingLinks;
  devices: readonly Device[];
}

/** The fields of a trigger as it is wanted. */
export const triggerLayout: Layout = {
  noun: "trigger",
  fields: {
    id: "text",
    name: "text",
    description: "text",
    active: "boolean",
    property: "any",
    property_id: "text",
    device_status_source: "map",
    actions: "list",
  },
  ignored: ["kind", "created_at", "updated_at", "created_by", "organization_id", "deleted_at"],
};

/** The fields of the devices whose going and coming a trigger waits for. */
export const sourceLayout: Layout = {
  noun: "device_status_source",
  fields: {
    criteria: "text",
    devices: "list",
    device_ids: "list",
    grace_period_offline: "number",
    grace_period_online: "number",
  },
  ignored: [],
};

/**
 * Reads triggers from a wanted state: fields as in the API, `property` as a link, devices by id or name, `actions`.
 * @throws CloudError `invalid_input` naming item and field
 */
export function readTriggers(items: readonly unknown[]): WantedTrigger[] {
  return items.map((item, index) => {
    const where = itemLabel(index, "trigger", item);
    const read = readFields(where, item, triggerLayout);
    return {
      where,
      id: textField(read, "id"),
      name: textField(read, "name"),
      fields: pickFields(read, ["description", "active"]),
      source: readSource(where, read),
      actions: readActions(where, ownField(read, "actions")),
    };
  });
}

function readSource(where: string, read: BodyFields): Source | undefined {
  const property = ownField(read, "property") ?? (textField(read, "property_id") || undefined);
  const given = ownField(read, "device_status_source");
  if (property !== undefined && given !== undefined) {
    throw wrong(where, "property and device_status_source exclude each other; expected is one of them.");
  }
  if (property !== undefined) return { property: readThingLink(`${where}, property`, property) };
  if (given === undefined) return undefined;
  const source = readFields(`${where}, device_status_source`, given, sourceLayout);
  const devices = listField(source, "devices") ?? listField(source, "device_ids");
  if (devices?.some((device) => typeof device !== "string")) {
    throw wrong(where, "device_status_source.devices holds what is no text; expected are ids or names of devices.");
  }
  return {
    fields: pickFields(source, ["criteria", "grace_period_offline", "grace_period_online"]),
    devices: devices as string[] | undefined,
  };
}

/**
 * Plans what turns the present triggers into the wanted ones. Pure.
 * @throws CloudError `not_found`, `ambiguous`, `invalid_input`
 */
export function planTriggers(
  state: TriggerState,
  wanted: readonly WantedTrigger[],
  prune: Prune,
): { steps: PlanStep[]; found: (Raw | undefined)[] } {
  const { pairs, rest } = match("trigger", state.triggers, wanted);
  const steps = pairs.flatMap(({ wanted: item, current }) =>
    current === undefined ? [planCreation(state, item)] : planChanges(state, item, current, prune !== "nothing"),
  );
  const going = prune === "all" ? rest.map(planRemoval) : [];
  return { steps: [...steps, ...going], found: pairs.map(({ current }) => current) };
}

function planCreation(state: TriggerState, item: WantedTrigger): PlanStep {
  const { where, name, actions = [] } = item;
  if (item.source === undefined)
    throw wrong(where, "property is missing; a new trigger needs it, or device_status_source.");
  const source = sourceChange(state, item, {});
  const made = actions.map(newAction);
  const shown = {
    name,
    ...item.fields,
    ...Object.fromEntries(Object.entries(source.changes).map(([field, { to }]) => [field, to])),
    ...(made.length > 0 && { actions: made.map((action) => textField(action, "name")) }),
  };
  return {
    entries: [creation("trigger", name, shown)],
    operation: "triggers_v1#create",
    path: {},
    body: { name, ...item.fields, ...source.body, ...(made.length > 0 && { actions: made }) },
    where,
  };
}

function planChanges(state: TriggerState, item: WantedTrigger, current: Raw, prune: boolean): PlanStep[] {
  const { where } = item;
  const own = { ...(item.name !== "" && { name: item.name }), ...item.fields };
  const ownChanges = changesOf({ active: true, ...current }, own);
  const source = sourceChange(state, item, current);
  const changes = { ...ownChanges, ...source.changes };
  const trigger = { id: current.id, name: textField(current, "name"), where };
  const update: PlanStep = {
    entries: [{ action: "update", kind: "trigger", name: trigger.name, id: current.id, changes }],
    operation: "triggers_v1#patch",
    path: { id: current.id },
    body: { ...pickFields(own, Object.keys(ownChanges)), ...source.body },
    where,
  };
  return [
    ...(Object.keys(changes).length > 0 ? [update] : []),
    ...planActions(trigger, rawList(ownField(current, "actions")), item.actions, prune),
  ];
}

/** Returns the fields of a body that set the source, and what they change; none where it is right. */
function sourceChange(
  state: TriggerState,
  { where, source }: WantedTrigger,
  current: BodyFields,
): { body: BodyFields; changes: Changes } {
  if (source === undefined) return { body: {}, changes: {} };
  if ("property" in source) {
    const id = state.links.resolve(`${where}, property`, source.property);
    const before = textField(current, "property_id");
    if (before.toLowerCase() === id) return { body: {}, changes: {} };
    const from = before === "" ? null : state.links.label(before);
    return { body: { property_id: id }, changes: { property: { from, to: state.links.label(id) } } };
  }
  const present = asRecord(ownField(current, "device_status_source")) ?? {};
  const ids = source.devices?.map((device) => inItem(where, () => findDevice(state.devices, device)).id);
  const wanted = { ...source.fields, ...(ids && { device_ids: [...new Set(ids)].sort() }) };
  const changes = changesOf({ ...present, device_ids: sorted(present.device_ids) }, wanted, "device_status_source.");
  if (Object.keys(changes).length === 0) return { body: {}, changes: {} };
  // The service takes a source as a whole.
  return { body: { device_status_source: { ...present, ...wanted } }, changes };
}

function sorted(ids: unknown): unknown[] {
  return Array.isArray(ids) ? [...(ids as unknown[])].sort() : [];
}

function planRemoval(trigger: Raw): PlanStep {
  return {
    entries: [removal("trigger", textField(trigger, "name"), trigger.id)],
    operation: "triggers_v1#delete",
    path: { id: trigger.id },
    where: "",
  };
}
