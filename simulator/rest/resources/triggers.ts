import { randomUUID } from "node:crypto";
import { isVisible, owner, rfc3339 } from "../../store/store";
import type { DeviceStatusSource, Trigger } from "../../store/trigger-models";
import { actionFields, actionsOf, addAction, checkContent, recipientsFields, unsubscribe } from "./actions";
import { notFound } from "../failure";
import type { Checked, Field, Fields } from "../fields";
import { findProperty } from "./properties";
import type { Call, Route } from "../route";
import { checkPlan, flag, hide, ownedOf, pick, refuse, restores } from "../resource-helpers";
import { linkedTriggerView, triggerTemplate, triggerView } from "./trigger-views";
import type { View } from "../views";

/** Seconds, at most 14 days (docs/protocol.md#models). */
const gracePeriod: Field = { kind: "integer", min: 0, max: 1_209_600 };

/** `trigger` (docs/protocol.md#models). */
const triggerFields: Fields = {
  id: { kind: "uuid" },
  name: { kind: "string", min: 1, max: 256 },
  description: { kind: "string" },
  active: { kind: "boolean" },
  property_id: { kind: "uuid" },
  device_status_source: {
    kind: "object",
    fields: {
      criteria: { kind: "string", required: true, values: ["INCLUDE", "EXCLUDE"] },
      device_ids: { kind: "array", items: { kind: "uuid" } },
      grace_period_offline: gracePeriod,
      grace_period_online: gracePeriod,
    },
  },
  actions: { kind: "array", items: { kind: "object", fields: actionFields } },
  soft_deleted: { kind: "boolean" },
};

const triggerOf = (call: Call, deletedToo = false): Trigger =>
  ownedOf(call, call.store.triggers, "trigger", deletedToo);

/**
 * Checks the source of a trigger.
 * @throws Failure 400 for two sources, 404 for a variable or device that is not the caller's
 */
function checkSource(call: Call): void {
  const { property_id: property, device_status_source: source } = call.body;
  if (property !== undefined && source !== undefined) refuse("property_id and device_status_source exclude each other");
  if (typeof property === "string" && !findProperty(call, property)) throw notFound("property");
  const { device_ids: devices = [] } = (source ?? {}) as unknown as Partial<DeviceStatusSource>;
  if (devices.some((id) => !call.store.visibleDevice(id, call.scope))) throw notFound("device");
}

/** Sets what the body gives. A new source takes the place of the old one; new actions that of the old ones. */
function change(call: Call, trigger: Trigger): void {
  const { store, body } = call;
  const actions = body.actions as Checked[] | undefined;
  for (const action of actions ?? []) checkContent(action);
  if (body.property_id !== undefined) delete trigger.device_status_source;
  if (body.device_status_source !== undefined) delete trigger.property_id;
  const own = pick(body, ["name", "description", "active", "property_id", "device_status_source"]);
  Object.assign(trigger, own, { updated_at: rfc3339(Date.now()) });
  if (!actions) return;
  for (const { id } of actionsOf(store, trigger.id)) store.actions.delete(id);
  for (const action of actions) addAction(call, { ...action, trigger_id: trigger.id });
}

function create(call: Call): View {
  const { store, scope, body } = call;
  const { id = randomUUID(), name, property_id: property, device_status_source: source } = body;
  if (name === undefined) refuse("body.name is missing");
  if (property === undefined && source === undefined) refuse("property_id or device_status_source is missing");
  if (store.triggers.has(id as string)) refuse(`trigger ${id as string} exists`);
  checkSource(call);
  checkPlan(call, "triggers");
  const now = rfc3339(Date.now());
  const trigger: Trigger = {
    id: id as string,
    name: name as string,
    active: true,
    ...owner(scope),
    created_at: now,
    updated_at: now,
  };
  change(call, trigger);
  store.triggers.set(trigger.id, trigger);
  return triggerView(store, trigger);
}

/** Updates a trigger. Both updates set only what is given; how the full one differs is not documented. */
function update(call: Call): View {
  const { store, body } = call;
  const trigger = triggerOf(call, restores(call));
  checkSource(call);
  change(call, trigger);
  delete trigger.deleted_at;
  if (body.soft_deleted === true) hide(store.triggers, trigger, false);
  return triggerView(store, trigger);
}

function remove(call: Call): void {
  const { store, query } = call;
  const force = query.force === true;
  const trigger = triggerOf(call, force);
  hide(store.triggers, trigger, force);
  if (force) for (const { id } of actionsOf(store, trigger.id)) store.actions.delete(id);
}

/** Returns whether a trigger watches this device: it is among the included ones, or not among the excluded ones. */
function watches({ device_status_source: source }: Trigger, deviceId: string): boolean {
  if (!source) return false;
  return (source.device_ids ?? []).includes(deviceId) === (source.criteria === "INCLUDE");
}

const sourceType = ({ device_status_source: source }: Trigger): string =>
  source ? `DEVICE_${source.criteria}` : "PROPERTY";

function list({ store, scope, query }: Call): View[] {
  const { device_id: device, property_id: property, source_type: type } = query;
  if (device !== undefined && property !== undefined) refuse("device_id and property_id exclude each other");
  return [...store.triggers.values()]
    .filter((trigger) => isVisible(trigger, scope))
    .filter((trigger) => query.show_deleted === true || trigger.deleted_at === undefined)
    .filter((trigger) => property === undefined || trigger.property_id === property)
    .filter((trigger) => device === undefined || watches(trigger, device as string))
    .filter((trigger) => type === undefined || sourceType(trigger) === type)
    .map((trigger) => triggerView(store, trigger));
}

const triggers = "/iot/v1/triggers";
const trigger = `${triggers}/:id`;
const updating = { path: trigger, answers: "trigger", emptyErrors: [], body: triggerFields, handle: update };

/** Triggers (docs/protocol.md#triggers). They are kept, but nothing is sent when they fire. */
export const triggerRoutes: readonly Route[] = [
  {
    method: "GET",
    path: triggers,
    answers: "trigger[]",
    query: {
      device_id: { kind: "string" },
      property_id: { kind: "string" },
      show_deleted: flag,
      source_type: { kind: "string", values: ["PROPERTY", "DEVICE_INCLUDE", "DEVICE_EXCLUDE"] },
    },
    handle: list,
  },
  { method: "PUT", path: triggers, answers: "trigger", success: 201, body: triggerFields, handle: create },
  {
    method: "GET",
    path: trigger,
    answers: "trigger_with_linked_entities",
    emptyErrors: [],
    handle: (call) => linkedTriggerView(call.store, triggerOf(call)),
  },
  { method: "PATCH", ...updating },
  { method: "POST", ...updating },
  { method: "DELETE", path: trigger, query: { force: flag }, handle: remove },
  {
    method: "GET",
    path: `${trigger}/template`,
    answers: "trigger_template",
    emptyErrors: [],
    handle: (call) => triggerTemplate(call.store, triggerOf(call)),
  },
  {
    method: "POST",
    path: `${trigger}/unsubscribe`,
    emptyErrors: [],
    body: recipientsFields,
    handle(call) {
      for (const action of actionsOf(call.store, triggerOf(call).id)) {
        unsubscribe(action, call.body.recipients as string[]);
      }
    },
  },
];
