import { propertyTypes } from "../../store/property-types";
import type { Store } from "../../store/store";
import type { ActionTemplate } from "../../store/templates";
import type { Action, Expression, Placeholder, Trigger } from "../../store/trigger-models";
import { actionsOf, actionView } from "./actions";
import { friendlyId, omit } from "../resource-helpers";
import { deviceView, propertyView, type View } from "../views";

/** Returns a trigger as `ArduinoTrigger` (docs/protocol.md#models). */
export function triggerView(store: Store, trigger: Trigger): View {
  return {
    ...omit(trigger, ["user_id"]),
    created_by: trigger.user_id,
    actions: actionsOf(store, trigger.id).map(actionView),
  };
}

/** Returns a trigger as `ArduinoTrigger_with_linked_entities`. */
export function linkedTriggerView(store: Store, trigger: Trigger): View {
  const { id, name, active, description, organization_id: organization, user_id: user, property_id } = trigger;
  const { device_status_source: source } = trigger;
  return {
    id,
    name,
    active,
    created_by: user,
    ...(description === undefined ? {} : { description }),
    ...(organization === undefined ? {} : { organization_id: organization }),
    ...(property_id === undefined ? {} : linkedProperty(store, property_id)),
    ...(source
      ? { device_status_source: { ...omit(source, ["device_ids"]), linked_devices: linkedDevices(store, source) } }
      : {}),
    actions: actionsOf(store, id).map(actionView),
  };
}

/** Triggers take booleans and texts only (docs/protocol.md#triggers). */
function linkedProperty(store: Store, id: string): View {
  const found = store.propertyById(id);
  if (!found) return {};
  const { thing, property } = found;
  const kind = propertyTypes.get(property.type)?.kind;
  const deleted = property.deleted_at ?? thing.deleted_at;
  const status = deleted !== undefined ? "DELETED" : kind === "boolean" || kind === "string" ? "OK" : "WRONG_TYPE";
  return { linked_property: { property: propertyView(store, property, thing), status } };
}

function linkedDevices(store: Store, { device_ids: ids = [] }: { device_ids?: string[] }): View[] {
  return ids.flatMap((id) => {
    const device = store.devices.get(id);
    if (!device) return [];
    return [{ device: deviceView(store, device), status: device.deleted_at === undefined ? "OK" : "DELETED" }];
  });
}

/** Returns a trigger as `ArduinoTrigger_template`: things, devices and variables by name. */
export function triggerTemplate(store: Store, trigger: Trigger): View {
  const { name, active, description, organization_id: organization, property_id, device_status_source } = trigger;
  const { device_ids: devices = [], ...source } = device_status_source ?? {};
  const property = property_id === undefined ? undefined : propertyNames(store, property_id);
  return {
    id: friendlyId(name),
    name,
    active,
    ...(description === undefined ? {} : { description }),
    ...(organization === undefined ? {} : { organization_id: organization }),
    ...source,
    ...(property ? { linked_property: property } : {}),
    ...(device_status_source ? { linked_devices: devices.flatMap((id) => thingNames(store, id)) } : {}),
    actions: actionsOf(store, trigger.id).map((action) => actionTemplate(store, action)),
  };
}

function propertyNames(store: Store, id: string): { thing_id: string; property_id: string } | undefined {
  const found = store.propertyById(id);
  return found && { thing_id: friendlyId(found.thing.name), property_id: found.property.variable_name };
}

function thingNames(store: Store, deviceId: string): { thing_id: string }[] {
  const thing = store.thingOfDevice(deviceId);
  return thing ? [{ thing_id: friendlyId(thing.name) }] : [];
}

/** Placeholders name their thing, device or variable instead of giving its id. */
function actionTemplate(store: Store, action: Action): ActionTemplate {
  const content = omit(action, ["id", "user_id", "trigger_id"]);
  return mapPlaceholders(content, ({ id, ...placeholder }) => {
    if (id === undefined) return placeholder;
    if (placeholder.entity === "PROPERTY") return { ...placeholder, ...propertyNames(store, id) };
    const thing = placeholder.entity === "THING" ? store.things.get(id) : store.thingOfDevice(id);
    return thing ? { ...placeholder, thing_id: friendlyId(thing.name) } : placeholder;
  });
}

/** Returns a copy of an action whose placeholders are changed. */
export function mapPlaceholders<T extends Pick<ActionTemplate, "email" | "push_notification">>(
  action: T,
  change: (placeholder: Placeholder) => Placeholder,
): T {
  const mapped = (text: Expression): Expression =>
    text.variables ? { ...text, variables: text.variables.map(change) } : text;
  const { email, push_notification: push } = action;
  return {
    ...action,
    ...(email && { email: { ...email, subject: mapped(email.subject), body: mapped(email.body) } }),
    ...(push && { push_notification: { ...push, title: mapped(push.title), body: mapped(push.body) } }),
  };
}
