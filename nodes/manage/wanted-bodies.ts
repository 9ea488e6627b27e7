import { actionLayout } from "../../cloud/desired-state/actions";
import { dashboardLayout } from "../../cloud/desired-state/dashboards";
import { pageLayout } from "../../cloud/desired-state/pages";
import { propertyLayout } from "../../cloud/desired-state/properties";
import type { Layout, Shape } from "../../cloud/desired-state/read-input";
import { thingLayout } from "../../cloud/desired-state/things";
import { sourceLayout, triggerLayout } from "../../cloud/desired-state/triggers";
import { widgetLayout } from "../../cloud/desired-state/widgets";
import { type Field, type Fields, schemas } from "../../cloud/rest/index";

const shapes: Record<Shape, Field> = {
  text: { type: "string" },
  number: { type: "number" },
  boolean: { type: "boolean" },
  list: { type: "list" },
  map: { type: "map" },
  any: { type: "any" },
};

const link = { type: "any", note: "{thing, variable}, or a property id" } as const;

function listOf(schema: string): Field {
  return { type: "list", items: { type: "object", schema } };
}

/** Returns the fields of a wanted object: those of its own, those that are as in the table, and the rest by their shape. */
function wantedFields({ fields }: Layout, table: Fields, own: Fields = {}): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, shape]) => [name, own[name] ?? asWanted(table[name] ?? shapes[shape])]),
  );
}

/** Returns a field of the API without what is not so of a wanted state: nothing is required, and absent means as it is. */
function asWanted(field: Field): Field {
  const apart: readonly string[] = ["required", "default"] satisfies (keyof Field)[];
  return Object.fromEntries(Object.entries(field).filter(([part]) => !apart.includes(part))) as unknown as Field;
}

/** Objects inside of wanted states, by names of our own. */
export const wantedSchemas: Readonly<Record<string, Fields>> = {
  "wanted-property": wantedFields(propertyLayout, schemas.property),
  "wanted-page": wantedFields(pageLayout, schemas.pagepayload),
  "wanted-widget": wantedFields(widgetLayout, schemas.widgetv3, {
    page: { type: "string", note: "the name or id of a page" },
    variables: { type: "list", items: link },
  }),
  "wanted-action": wantedFields(actionLayout, schemas["create-action"]),
  "wanted-source": wantedFields(sourceLayout, schemas.device_status_source, {
    devices: { type: "list", items: { type: "string" }, note: "ids or names" },
  }),
};

const ensured: Readonly<Record<string, Fields>> = {
  things: wantedFields(thingLayout, schemas.thingUpdate, {
    device: { type: "string", note: "an id or a name; null frees the thing of it" },
    force_device: { type: "boolean", note: "takes the device from another thing" },
    tags: { type: "map", note: "an object of texts" },
    properties: listOf("wanted-property"),
  }),
  dashboards: wantedFields(dashboardLayout, schemas.dashboardv3, {
    pages: listOf("wanted-page"),
    widgets: listOf("wanted-widget"),
  }),
  triggers: wantedFields(triggerLayout, schemas.trigger, {
    property: link,
    device_status_source: { type: "object", schema: "wanted-source" },
    actions: listOf("wanted-action"),
  }),
};

const copied: Fields = {
  template: { type: "map", required: true, note: "what export-template or get answers, or a wanted state" },
  copies: { type: "list", items: { type: "map" }, required: true, note: "{name}, for things also device and tags" },
};

const greenhouse = {
  name: "Greenhouse",
  properties: [
    { variable_name: "temperature", type: "TEMPERATURE_C", permission: "READ_ONLY" },
    { variable_name: "door", type: "STATUS", permission: "READ_ONLY" },
  ],
};
const board = {
  name: "Greenhouse",
  widgets: [
    {
      ...{ name: "Temperature", type: "Gauge", x: 0, y: 0, width: 4, height: 3, options: { max: 40 } },
      variables: [{ thing: "Greenhouse", variable: "temperature" }],
    },
  ],
};

/** The payload of an operation that stands on many of the API. */
interface WantedBody {
  readonly fields: Fields;
  readonly example: unknown;
}

/** Payloads of the operations that manage has beside those of the API, by resource and operation. */
export const wantedBodies: Readonly<Record<string, WantedBody>> = {
  "things: ensure": { fields: ensured.things ?? {}, example: greenhouse },
  "dashboards: ensure": { fields: ensured.dashboards ?? {}, example: board },
  "triggers: ensure": {
    fields: ensured.triggers ?? {},
    example: { name: "Door open", property: { thing: "Greenhouse", variable: "door" }, active: true },
  },
  "things: create-from-template": {
    fields: copied,
    example: { template: greenhouse, copies: [{ name: "Greenhouse 1" }, { name: "Greenhouse 2" }] },
  },
  "dashboards: create-from-template": {
    fields: copied,
    example: { template: board, copies: [{ name: "Greenhouse 1" }, { name: "Greenhouse 2" }] },
  },
};

/** The payload that copies a dashboard, beside the fields of the API. */
export const dashboardCopy: WantedBody = {
  fields: {
    name: { type: "string", note: "of the copy" },
    things: { type: "map", note: "the old things, each with its new one, by id or name" },
  },
  example: { name: "Second greenhouse", things: { Greenhouse: "Second greenhouse" } },
};
