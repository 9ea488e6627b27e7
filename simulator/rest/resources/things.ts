import type { Property, Thing, ThingFields } from "../../store/models";
import { isVisible, rfc3339 } from "../../store/store";
import { Failure } from "../failure";
import { textOf, type Checked, type Fields } from "../fields";
import { createProperty, propertyFields } from "./properties";
import type { Call, Route } from "../route";
import {
  checkPlan,
  flag,
  hasTags,
  omit,
  ownedOf,
  pick,
  refuse,
  restores,
  removeTag,
  setTag,
  tagFields,
  tagFilter,
  tagMap,
} from "../resource-helpers";
import { tagsView, thingView, type View } from "../views";

const name = { kind: "string", max: 64, pattern: /^[a-zA-Z0-9_. -]+$/ } as const;

const shared: Fields = {
  assistant: { kind: "string", values: ["ALEXA", "GOOGLE", "NONE"] },
  id: { kind: "uuid" },
  timezone: { kind: "string" },
  webhook_active: { kind: "boolean" },
  webhook_uri: { kind: "string" },
  properties: { kind: "array", items: { kind: "object", fields: propertyFields } },
};

const createFields: Fields = {
  ...shared,
  name: { ...name, required: true },
  device_id: { kind: "uuid" },
  tags: { kind: "array", items: { kind: "object", fields: tagFields } },
};

const updateFields: Fields = {
  ...shared,
  name,
  device_id: { kind: "uuid", emptyAllowed: true },
  soft_deleted: { kind: "boolean" },
};

const ownFields = ["assistant", "name", "timezone", "webhook_active", "webhook_uri"];

/** Returns the call's thing. @throws Failure 404 for an unknown, deleted or foreign one */
export const thingOf = (call: Call, deletedToo = false): Thing => ownedOf(call, call.store.things, "thing", deletedToo);

function list({ store, scope, query }: Call): View[] {
  const ids = query.ids as string[] | undefined;
  return [...store.things.values()]
    .filter((thing) => isVisible(thing, scope))
    .filter((thing) => query.show_deleted === true || thing.deleted_at === undefined)
    .filter((thing) => !ids || ids.includes(thing.id))
    .filter((thing) => query.device_id === undefined || thing.device_id === query.device_id)
    .filter((thing) => hasTags(thing.tags, query.tags))
    .map((thing) => thingView(store, thing, query.show_properties === true));
}

/**
 * Checks the device of a thing.
 * @throws Failure 400 for an unknown device, 409 for one that is bound to another thing, unless forced
 */
function checkDevice({ store, scope, query }: Call, deviceId: string, thingId?: string): void {
  if (!store.visibleDevice(deviceId, scope)) refuse(`device ${deviceId} not found`);
  const bound = store.thingOfDevice(deviceId);
  if (bound && bound.id !== thingId && query.force !== true) {
    throw new Failure(409, `device ${deviceId} is already bound to thing ${bound.id}`);
  }
}

function create(call: Call): View {
  const { store, scope, body } = call;
  if (typeof body.id === "string" && store.things.has(body.id)) throw new Failure(409, `thing ${body.id} exists`);
  if (typeof body.device_id === "string") checkDevice(call, body.device_id);
  const fields = pick(body, [...ownFields, "id", "device_id"]) as unknown as ThingFields;
  checkNames([], body.properties);
  checkPlan(call, "things");
  checkPlan(call, "properties", { added: ((body.properties ?? []) as Checked[]).length });
  const thing = store.createThing({ ...fields, tags: tagMap(body.tags) }, scope);
  for (const property of (body.properties ?? []) as Checked[]) createProperty(store, thing, property);
  return thingView(store, thing, true);
}

/** Throws Failure 400 where a list of new properties uses a variable name twice. */
function checkNames(present: readonly Property[], added: Checked[string] | undefined): void {
  const names = new Set(present.map((property) => property.variable_name));
  for (const { variable_name: variableName } of (added ?? []) as Checked[]) {
    if (typeof variableName !== "string") continue;
    if (names.has(variableName)) refuse(`variable_name ${variableName} is used twice`);
    names.add(variableName);
  }
}

function update(call: Call): View {
  const { store, body } = call;
  const thing = thingOf(call, restores(call));
  const deviceId = body.device_id;
  if (typeof deviceId === "string" && deviceId !== "") checkDevice(call, deviceId, thing.id);
  delete thing.deleted_at;
  Object.assign(thing, pick(body, ownFields), { updated_at: rfc3339(Date.now()) });
  if (deviceId === "" && store.choices.emptyDeviceUnbinds) store.detach(thing.id);
  else if (typeof deviceId === "string" && deviceId !== "") store.attach(deviceId, thing.id);
  if (body.properties !== undefined) updateProperties(call, thing, body.properties as Checked[]);
  if (body.soft_deleted === true) store.deleteThing(thing.id);
  return thingView(store, thing, true);
}

/** Properties of an update: known variable names are changed, others added; the rest goes if it `replaces`. */
function updateProperties({ store }: Call, thing: Thing, wanted: Checked[]): void {
  checkNames([], wanted);
  const kept = wanted.map((fields) => {
    const known = thing.properties.find(
      (property) => property.deleted_at === undefined && property.variable_name === fields.variable_name,
    );
    if (!known) return createProperty(store, thing, fields);
    return Object.assign(known, fields, { updated_at: rfc3339(Date.now()) });
  });
  if (store.choices.updateReplacesProperties) thing.properties = kept;
}

function clone(call: Call): View {
  const { store, scope, body } = call;
  const { timezone, tags, properties } = thingOf(call);
  checkPlan(call, "things", { status: 403 });
  const copy = store.createThing(
    { name: textOf(body.name), timezone, tags: body.include_tags === true ? { ...tags } : {} },
    scope,
  );
  for (const property of properties.filter(({ deleted_at: deleted }) => deleted === undefined)) {
    store.createProperty(copy.id, omit(property, ["id", "last_value", "value_updated_at", "history", "bulk"]));
  }
  return thingView(store, copy, true);
}

/** Things and their tags (docs/operations.md#things). */
export const thingRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/iot/v2/things",
    answers: "thing[]",
    query: {
      across_user_ids: flag,
      device_id: { kind: "string" },
      ids: { kind: "array", items: { kind: "string" } },
      show_deleted: flag,
      show_properties: flag,
      tags: tagFilter,
    },
    handle: list,
  },
  {
    method: "PUT",
    path: "/iot/v2/things",
    answers: "thing",
    success: 201,
    query: { force: flag },
    body: createFields,
    handle: create,
  },
  {
    method: "GET",
    path: "/iot/v2/things/:id",
    answers: "thing",
    query: { show_deleted: flag },
    handle: (call) => thingView(call.store, thingOf(call, call.query.show_deleted === true), true),
  },
  {
    method: "POST",
    path: "/iot/v2/things/:id",
    answers: "thing",
    query: { force: flag },
    body: updateFields,
    handle: update,
  },
  {
    method: "DELETE",
    path: "/iot/v2/things/:id",
    query: { force: flag },
    handle: (call) => call.store.deleteThing(thingOf(call, call.query.force === true).id, call.query.force === true),
  },
  {
    method: "PUT",
    path: "/iot/v2/things/:id/clone",
    answers: "thing",
    success: 201,
    body: { name: { ...name, required: true }, include_tags: flag },
    handle: clone,
  },
  {
    method: "GET",
    path: "/iot/v2/things/:id/tags",
    answers: "tags",
    handle: (call) => tagsView(thingOf(call).tags),
  },
  {
    method: "PUT",
    path: "/iot/v2/things/:id/tags",
    body: tagFields,
    handle: (call) => setTag(thingOf(call).tags, call.body),
  },
  {
    method: "DELETE",
    path: "/iot/v2/things/:id/tags/:key",
    handle: (call) => removeTag(thingOf(call).tags, call.params.key),
  },
];
