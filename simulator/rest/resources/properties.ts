import type { Property, PropertyFields, Thing } from "../../store/models";
import { propertyTypes } from "../../store/property-types";
import { isVisible, rfc3339, type Store } from "../../store/store";
import { notFound } from "../failure";
import type { Checked, Fields } from "../fields";
import type { Call, Route } from "../route";
import { checkPlan, flag, refuse } from "../resource-helpers";
import { propertyView, propertyViews, type View } from "../views";

/** `property` (docs/protocol.md#models). */
export const propertyFields: Fields = {
  name: { kind: "string", required: true },
  permission: { kind: "string", required: true, values: ["READ_ONLY", "READ_WRITE"] },
  type: { kind: "string", required: true, values: [...propertyTypes.keys()] },
  update_strategy: { kind: "string", required: true, values: ["ON_CHANGE", "TIMED"] },
  max_value: { kind: "number" },
  min_value: { kind: "number" },
  persist: { kind: "boolean", default: true },
  tag: { kind: "integer" },
  update_parameter: { kind: "number" },
  variable_name: { kind: "string", max: 64, pattern: /^[a-zA-Z_][a-zA-Z0-9_]*$/ },
};

/** A property and its thing. */
export interface Found {
  thing: Thing;
  property: Property;
}

/** Returns the call's property. @throws Failure 404 for an unknown, deleted or foreign one */
export function propertyOf(call: Call, deletedToo = false): Found {
  const thing = livingThing(call);
  const property = thing.properties.find(({ id }) => id === call.params.pid);
  if (!property || (property.deleted_at !== undefined && !deletedToo)) throw notFound("property");
  return { thing, property };
}

/** Returns the call's thing. @throws Failure 404 */
export function livingThing({ store, scope, params }: Call): Thing {
  const thing = store.visibleThing(params.id ?? "", scope);
  if (!thing) throw notFound("thing");
  return thing;
}

/** Returns the property with this id in what `call` may see. */
export function findProperty({ store, scope }: Call, id: string): Found | undefined {
  const found = store.propertyById(id);
  if (!found || found.property.deleted_at !== undefined || found.thing.deleted_at !== undefined) return undefined;
  return isVisible(found.thing, scope) ? found : undefined;
}

/** Adds a property of checked fields. @throws Failure 400 where the thing has the variable name already */
export function createProperty(store: Store, thing: Thing, fields: Checked): Property {
  const name = fields.variable_name;
  if (typeof name === "string" && store.propertyNamed(thing.id, name)) refuse(`variable_name ${name} exists already`);
  return store.createProperty(thing.id, fields as unknown as PropertyFields);
}

function update(call: Call): View {
  const { store, body } = call;
  const { thing, property } = propertyOf(call);
  const named = typeof body.variable_name === "string" ? store.propertyNamed(thing.id, body.variable_name) : undefined;
  if (named && named !== property) refuse(`variable_name ${named.variable_name} exists already`);
  Object.assign(property, body, { updated_at: rfc3339(Date.now()) });
  return propertyView(store, property, thing);
}

function remove(call: Call): void {
  const forced = call.query.force === true;
  const { thing, property } = propertyOf(call, forced);
  if (forced) thing.properties = thing.properties.filter((each) => each !== property);
  else property.deleted_at = rfc3339(Date.now());
}

/** Properties, without the writing of values (docs/operations.md#properties). */
export const propertyRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/iot/v2/things/:id/properties",
    answers: "property[]",
    emptyErrors: [],
    query: { show_deleted: flag },
    handle: (call) => propertyViews(call.store, livingThing(call), call.query.show_deleted === true),
  },
  {
    method: "PUT",
    path: "/iot/v2/things/:id/properties",
    answers: "property",
    success: 201,
    body: propertyFields,
    handle(call) {
      const thing = livingThing(call);
      checkPlan(call, "properties");
      return propertyView(call.store, createProperty(call.store, thing, call.body), thing);
    },
  },
  {
    method: "GET",
    path: "/iot/v2/things/:id/properties/:pid",
    answers: "property",
    emptyErrors: [],
    query: { show_deleted: flag },
    handle(call) {
      const { thing, property } = propertyOf(call, call.query.show_deleted === true);
      return propertyView(call.store, property, thing);
    },
  },
  {
    method: "POST",
    path: "/iot/v2/things/:id/properties/:pid",
    answers: "property",
    emptyErrors: [],
    body: propertyFields,
    handle: update,
  },
  {
    method: "DELETE",
    path: "/iot/v2/things/:id/properties/:pid",
    query: { force: flag },
    handle: remove,
  },
];
