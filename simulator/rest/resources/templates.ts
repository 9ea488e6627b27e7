import { randomUUID } from "node:crypto";
import type { Dashboard, Widget } from "../../store/dashboard-models";
import type { PropertyFields, Thing } from "../../store/models";
import { owner, rfc3339 } from "../../store/store";
import type { DashboardTemplate, Template, ThingTemplate, TriggerTemplate } from "../../store/templates";
import type { Placeholder, Trigger } from "../../store/trigger-models";
import { addAction } from "./actions";
import { Failure, notFound } from "../failure";
import { isUuid, textOf, type Checked } from "../fields";
import type { Call, Route } from "../route";
import { checkPlan, friendlyId, omit, refuse, tagMap } from "../resource-helpers";
import { thingOf } from "./things";
import { mapPlaceholders } from "./trigger-views";
import type { View } from "../views";

/** Returns a thing as `ArduinoThingtemplate` (docs/protocol.md#models). */
function thingTemplate(call: Call): View {
  const thing = thingOf(call);
  const device = call.store.deviceOfThing(thing.id);
  const { name, timezone, tags, webhook_uri: webhook, organization_id: organization, sketch_id: sketch } = thing;
  return {
    id: friendlyId(name),
    name,
    timezone,
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    ...(webhook === undefined ? {} : { webhook_uri: webhook }),
    ...(organization === undefined ? {} : { organization_id: organization }),
    ...(sketch === undefined ? {} : { sketch_template: sketch }),
    ...(device ? { device_metadata: { name: device.type, ...(device.fqbn ? { fqbn: device.fqbn } : {}) } } : {}),
    variables: thing.properties
      .filter(({ deleted_at: deleted }) => deleted === undefined)
      .map(({ name: label, variable_name, type, permission, update_strategy, update_parameter: parameter }) => ({
        ...{ id: friendlyId(label), name: label, variable_name, type, permission, update_strategy },
        ...(parameter === undefined ? {} : { update_parameter: parameter }),
      })),
  };
}

/** A template being built: the call, the prefix of all names, and the new things by friendly id. */
interface Build {
  call: Call;
  named: (name: string) => string;
  things: Map<string, Thing>;
}

/** Returns the device that the options give to a thing. @throws Failure 404 for an unknown one, 409 for a bound one */
function deviceFor({ store, scope, body }: Call, thingId: string): string | undefined {
  const options = (body.things_options ?? {}) as Record<string, { device_id?: unknown } | null>;
  const id = options[thingId]?.device_id;
  if (id === undefined || id === null) return undefined;
  if (!isUuid(id) || !store.visibleDevice(id, scope)) throw notFound("device");
  if (store.thingOfDevice(id)) throw new Failure(409, `device ${id} is already bound to a thing`);
  return id;
}

function buildThing({ call, named, things }: Build, template: ThingTemplate, device: string | undefined): void {
  const { store, scope } = call;
  const { id, name, timezone, webhook_uri: webhook, tags, variables } = template;
  const thing = store.createThing(
    {
      name: named(name),
      timezone,
      tags: tagMap(tags),
      sketch_id: randomUUID(),
      ...(device === undefined ? {} : { device_id: device }),
      ...(webhook === undefined ? {} : { webhook_uri: webhook }),
    },
    scope,
  );
  for (const variable of variables) store.createProperty(thing.id, omit(variable, ["id"]) as PropertyFields);
  things.set(id, thing);
}

/** Returns the id of a new thing's variable, by the names that templates use. */
const variableId = ({ things }: Build, thingId: string, variable: string): string[] =>
  (things.get(thingId)?.properties ?? []).filter((each) => each.variable_name === variable).map(({ id }) => id);

function buildDashboard(build: Build, template: DashboardTemplate): string {
  const { store, scope } = build.call;
  const { name, cover_image: cover, pages = [], widgets } = template;
  const pageIds = new Map(pages.map(({ id }) => [id, randomUUID() as string]));
  const dashboard: Dashboard = {
    id: randomUUID(),
    name: build.named(name),
    ...owner(scope),
    ...(cover === undefined ? {} : { cover_image: cover }),
    pages: pages.map((page) => ({ ...page, id: pageIds.get(page.id) ?? page.id })),
    widgets: widgets.map((widget) => ({
      ...(structuredClone(omit(widget, ["variables"])) as unknown as Widget),
      id: randomUUID(),
      page_id: pageIds.get(widget.page_id ?? "0") ?? "0",
      variables: (widget.variables ?? []).flatMap((link) => variableId(build, link.thing_id, link.variable_id)),
    })),
    shares: [],
    requests: [],
    updated_at: rfc3339(Date.now()),
  };
  store.dashboards.set(dashboard.id, dashboard);
  return dashboard.id;
}

/** Returns the source that a new trigger watches. */
function sourceOf(build: Build, template: TriggerTemplate): Pick<Trigger, "property_id" | "device_status_source"> {
  const { criteria, grace_period_offline, grace_period_online, linked_devices: links = [] } = template;
  const { linked_property: property } = template;
  if (property) {
    const [id] = variableId(build, property.thing_id, property.property_id);
    return id === undefined ? {} : { property_id: id };
  }
  const devices = links.flatMap(({ thing_id: id }) => build.things.get(id)?.device_id ?? []);
  const periods = { grace_period_offline, grace_period_online };
  const set = Object.entries(periods).filter(([, period]) => period !== undefined);
  const source = { criteria: criteria ?? "INCLUDE", device_ids: devices, ...Object.fromEntries(set) };
  return { device_status_source: source };
}

function buildTrigger(build: Build, template: TriggerTemplate): string {
  const { store, scope } = build.call;
  const now = rfc3339(Date.now());
  const { name, description, active = true, actions = [] } = template;
  const trigger: Trigger = {
    id: randomUUID(),
    name: build.named(name),
    active,
    ...(description === undefined ? {} : { description }),
    ...sourceOf(build, template),
    ...owner(scope),
    created_at: now,
    updated_at: now,
  };
  store.triggers.set(trigger.id, trigger);
  for (const action of actions) {
    const fields = mapPlaceholders(action, (placeholder) => withId(build, placeholder));
    addAction(build.call, { ...fields, trigger_id: trigger.id } as unknown as Checked);
  }
  return trigger.id;
}

/** Returns a placeholder with the id of what it names. */
function withId(build: Build, placeholder: Placeholder): Placeholder {
  const { thing_id: thingId, property_id: variable, ...rest } = placeholder;
  if (thingId === undefined) return placeholder;
  const thing = build.things.get(thingId);
  const byEntity: Record<string, string | undefined> = {
    PROPERTY: variableId(build, thingId, variable ?? "")[0],
    THING: thing?.id,
    DEVICE: thing?.device_id,
  };
  const id = byEntity[rest.entity];
  return id === undefined ? rest : { ...rest, id };
}

function templateOf({ store, body }: Call): Template {
  const name = textOf(body.custom_template_id) || textOf(body.template_name);
  const template = store.templates.get(name);
  if (!template) throw notFound(`template ${name}`);
  return template;
}

/** Builds what a template describes, all or nothing (docs/protocol.md#templates). */
function apply(call: Call): View {
  const { body } = call;
  const template = templateOf(call);
  const options = Object.keys((body.things_options ?? {}) as object);
  const unknown = options.find((id) => !template.things.some((thing) => thing.id === id));
  if (unknown !== undefined) refuse(`body.things_options.${unknown} is not a thing of the template`);
  checkPlan(call, "things", { added: template.things.length, status: 400 });
  const prefix = textOf(body.prefix_name);
  const named = (name: string): string => (prefix === "" ? name : `${prefix} ${name}`).slice(0, 64);
  const devices = template.things.map(({ id }) => deviceFor(call, id));
  const build: Build = { call, named, things: new Map() };
  template.things.forEach((thing, index) => buildThing(build, thing, devices[index]));
  const things = [...build.things.values()];
  return {
    things: things.map(({ id, sketch_id, device_id: device }) => ({
      id,
      sketch_id,
      ...(device === undefined ? {} : { device_id: device }),
    })),
    dashboards: template.dashboards.map((dashboard) => buildDashboard(build, dashboard)),
    triggers: template.triggers.map((trigger) => buildTrigger(build, trigger)),
  };
}

/** Templates: the export of things, and building from one (docs/protocol.md#templates). */
export const templateRoutes: readonly Route[] = [
  { method: "GET", path: "/iot/v2/things/:id/template", answers: "thingtemplate", handle: thingTemplate },
  {
    method: "PUT",
    path: "/iot/v1/templates",
    answers: "template",
    emptyErrors: [],
    body: {
      template_name: { kind: "string", required: true },
      custom_template_id: { kind: "string" },
      prefix_name: { kind: "string", max: 45, pattern: /^[a-zA-Z0-9_. -]+$/ },
      things_options: { kind: "object" },
    },
    handle: apply,
  },
];
