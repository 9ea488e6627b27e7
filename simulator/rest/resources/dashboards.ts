import { randomUUID } from "node:crypto";
import type { Dashboard, Page, Widget } from "../../store/dashboard-models";
import { isVisible, owner, rfc3339 } from "../../store/store";
import { dashboardTemplate, dashboardView, type Version } from "./dashboard-views";
import { Failure, notFound } from "../failure";
import { textOf, type Checked, type Field, type Fields } from "../fields";
import { findProperty } from "./properties";
import type { Call, Route } from "../route";
import { flag, hide, looseName, pick, refuse, restores } from "../resource-helpers";
import type { View } from "../views";

const integer: Field = { kind: "integer" };
const needed: Field = { kind: "integer", required: true };
const ids: Field = { kind: "array", items: { kind: "uuid" } };

const widgetFields: Fields = {
  id: { kind: "uuid", required: true },
  type: { kind: "string", required: true },
  name: { kind: "string" },
  options: { kind: "object", required: true },
  variables: { ...ids, default: [] },
  ...{ x: needed, y: needed, width: needed, height: needed },
  ...{ x_mobile: integer, y_mobile: integer, width_mobile: integer, height_mobile: integer },
};

const pageFields: Fields = {
  id: { kind: "uuid", required: true },
  name: { ...looseName, required: true },
  position: needed,
  icon: { kind: "string", max: 1024 },
};

const list = (fields: Fields, max?: number): Field => ({
  kind: "array",
  ...(max === undefined ? {} : { max }),
  items: { kind: "object", fields },
});

/** `dashboardv2` and `dashboardv3` (docs/protocol.md#models). */
const bodies: Readonly<Record<Version, Fields>> = {
  v2: {
    name: looseName,
    cover_image: { kind: "string", max: 1024 },
    soft_deleted: { kind: "boolean" },
    widgets: list(widgetFields),
  },
  v3: {
    name: looseName,
    cover_image: { kind: "string", max: 1024 },
    soft_deleted: { kind: "boolean" },
    pages: list(pageFields, 30),
    widgets: list({ ...widgetFields, page_id: { kind: "string", pattern: /^(0|[0-9a-fA-F-]{36})$/ } }),
  },
};

/** Returns whether the caller may see it: an owner, or one it is shared with. */
const seen = ({ scope }: Call, dashboard: Dashboard): boolean =>
  isVisible(dashboard, scope) || (scope.organizationId === undefined && dashboard.shares.includes(scope.userId));

/** Returns the call's dashboard, for reading. @throws Failure 404 */
function seenDashboard(call: Call): Dashboard {
  const dashboard = call.store.dashboards.get(call.params.id ?? "");
  if (!dashboard || dashboard.deleted_at !== undefined || !seen(call, dashboard)) throw notFound("dashboard");
  return dashboard;
}

/**
 * Returns the call's dashboard, for changing.
 * @throws Failure 404, or 403 for one that is only shared with the caller
 */
export function ownDashboard(call: Call, deletedToo = false): Dashboard {
  const dashboard = call.store.dashboards.get(call.params.id ?? "");
  if (!dashboard || !seen(call, dashboard)) throw notFound("dashboard");
  if (!isVisible(dashboard, call.scope)) throw new Failure(403, "the dashboard is shared with you for reading");
  if (dashboard.deleted_at !== undefined && !deletedToo) throw notFound("dashboard");
  return dashboard;
}

/** Throws Failure 400 for an id that is no variable of the caller's. */
function checkVariables(call: Call, variables: readonly string[]): void {
  const unknown = variables.find((id) => !findProperty(call, id));
  if (unknown !== undefined) refuse(`property ${unknown} not found`);
}

/** Widgets of a checked body; where it names no page (version 2 never does) a known widget stays on its own. */
function readWidgets(body: readonly Checked[], before: readonly Widget[]): Widget[] {
  return body.map((fields) => {
    const known = before.find(({ id }) => id === fields.id);
    return { page_id: known?.page_id ?? "0", ...fields } as Widget;
  });
}

/** Throws Failure 400 for ids that come twice and for unknown pages. */
function checkContent(pages: readonly Page[], widgets: readonly Widget[]): void {
  for (const group of [pages, widgets]) {
    const all = group.map(({ id }) => id);
    const twice = all.find((id, index) => all.indexOf(id) !== index);
    if (twice !== undefined) refuse(`the id ${twice} is used twice`);
  }
  for (const { id, page_id: page } of widgets) {
    if (page !== "0" && !pages.some((each) => each.id === page)) refuse(`widget ${id} is on an unknown page ${page}`);
  }
}

/** Sets what the body gives; a full update also empties what it leaves out, but for the name. */
function change(call: Call, dashboard: Dashboard, full: boolean): void {
  const { body } = call;
  const wanted = body.widgets as Checked[] | undefined;
  const content = {
    pages: (body.pages ?? (full ? [] : dashboard.pages)) as unknown as Page[],
    widgets: wanted ? readWidgets(wanted, dashboard.widgets) : full ? [] : dashboard.widgets,
  };
  checkContent(content.pages, content.widgets);
  if (wanted) for (const { variables } of content.widgets) checkVariables(call, variables);
  if (full) delete dashboard.cover_image;
  Object.assign(dashboard, pick(body, ["name", "cover_image"]), content, { updated_at: rfc3339(Date.now()) });
}

const nameOf = (given: Checked[string] | undefined): string => textOf(given) || refuse("body.name is missing");

function create(call: Call): Dashboard {
  const dashboard: Dashboard = {
    id: randomUUID(),
    name: nameOf(call.body.name),
    ...owner(call.scope),
    pages: [],
    widgets: [],
    shares: [],
    requests: [],
    updated_at: "",
  };
  change(call, dashboard, false);
  call.store.dashboards.set(dashboard.id, dashboard);
  return dashboard;
}

function update(call: Call, version: Version, full: boolean): Dashboard {
  const dashboard = ownDashboard(call, restores(call));
  if (full && version === "v2") call.body.pages ??= dashboard.pages as unknown as Checked[];
  change(call, dashboard, full);
  delete dashboard.deleted_at;
  if (call.body.soft_deleted === true) hide(call.store.dashboards, dashboard, false);
  return dashboard;
}

/** Returns a copy with new ids; links into an old thing go to the new thing's variable of the same name, or are cut. */
function clone(call: Call): Dashboard {
  const { store, scope, body } = call;
  const original = seenDashboard(call);
  const things = new Map(
    ((body.overrides ?? []) as { old_thing_id: string; new_thing_id: string }[]).map((override) => {
      const thing = store.visibleThing(override.new_thing_id, scope);
      return [override.old_thing_id, thing ?? refuse(`thing ${override.new_thing_id} not found`)];
    }),
  );
  const repointed = (id: string): string[] => {
    const link = store.propertyById(id);
    const thing = link && things.get(link.thing.id);
    if (!thing) return [id];
    const property = store.propertyNamed(thing.id, link.property.variable_name);
    return property ? [property.id] : [];
  };
  const pageIds = new Map(original.pages.map(({ id }) => [id, randomUUID() as string]));
  const copy: Dashboard = {
    ...structuredClone(original),
    ...owner(scope),
    id: randomUUID(),
    name: `${original.name}${store.choices.cloneSuffix}`.slice(0, 64),
    pages: original.pages.map((page) => ({ ...page, id: pageIds.get(page.id) ?? page.id })),
    widgets: original.widgets.map((widget) => ({
      ...structuredClone(widget),
      id: randomUUID(),
      page_id: pageIds.get(widget.page_id) ?? "0",
      variables: widget.variables.flatMap(repointed),
    })),
    shares: [],
    requests: [],
    updated_at: rfc3339(Date.now()),
  };
  store.dashboards.set(copy.id, copy);
  return copy;
}

/** Returns whether a widget shows a thing, hidden variables included. */
function hasThing({ store }: Call, { widgets }: Dashboard, thingId: string): boolean {
  return widgets.some(({ variables }) => variables.some((id) => store.propertyById(id)?.thing.id === thingId));
}

function listed(call: Call): Dashboard[] {
  const { name, thing_id: thingId, user_id: userId } = call.query;
  return [...call.store.dashboards.values()]
    .filter((dashboard) => dashboard.deleted_at === undefined && seen(call, dashboard))
    .filter((dashboard) => name === undefined || dashboard.name === name)
    .filter((dashboard) => userId === undefined || dashboard.user_id === userId)
    .filter((dashboard) => thingId === undefined || hasThing(call, dashboard, textOf(thingId)));
}

const overrides: Field = list({
  old_thing_id: { kind: "uuid", required: true },
  new_thing_id: { kind: "uuid", required: true },
});

const listQuery: Fields = { name: looseName, thing_id: { kind: "string" }, user_id: { kind: "string" } };

/** Returns the operations that both versions have. */
function rows(version: Version): Route[] {
  const all = `/iot/${version}/dashboards`;
  const one = `${all}/:id`;
  const answers = `dashboard${version}`;
  const body = bodies[version];
  const show = (call: Call, dashboard: Dashboard): View => dashboardView(call.store, dashboard, call.scope, version);
  const changes = (full: boolean) => ({
    path: one,
    answers,
    body,
    handle: (call: Call) => show(call, update(call, version, full)),
  });
  return [
    {
      method: "GET",
      path: all,
      answers: `${answers}[]`,
      query: listQuery,
      handle: (call) => listed(call).map((each) => show(call, each)),
    },
    { method: "POST", path: all, answers, success: 201, body, handle: (call) => show(call, create(call)) },
    { method: "GET", path: one, answers, handle: (call) => show(call, seenDashboard(call)) },
    { method: "PATCH", ...changes(false) },
    { method: "PUT", ...changes(true) },
    {
      method: "PUT",
      path: `${one}/clone`,
      answers,
      success: 201,
      body: { overrides },
      handle: (call) => show(call, clone(call)),
    },
    {
      method: "GET",
      path: `${one}/template`,
      answers: `${answers}template`,
      handle: (call) => dashboardTemplate(call.store, seenDashboard(call), version),
    },
  ];
}

/** Links a widget to other variables. @throws Failure 404 for an unknown widget */
function link(call: Call): View {
  const dashboard = ownDashboard(call);
  const widget = dashboard.widgets.find(({ id }) => id === call.params.widgetId);
  if (!widget) throw notFound("widget");
  const variables = call.body.variables as string[];
  checkVariables(call, variables);
  widget.variables = variables;
  dashboard.updated_at = rfc3339(Date.now());
  return { variables };
}

/** Dashboards of both versions, but for their shares (docs/protocol.md#dashboards). */
export const dashboardRoutes: readonly Route[] = [
  ...rows("v3"),
  ...rows("v2"),
  {
    method: "DELETE",
    path: "/iot/v2/dashboards/:id",
    query: { force: flag },
    handle(call) {
      const force = call.query.force === true;
      hide(call.store.dashboards, ownDashboard(call, force), force);
    },
  },
  {
    method: "PUT",
    path: "/iot/v2/dashboards/:id/widgets/:widgetId/variables",
    answers: "variableslinks",
    body: { variables: { ...ids, default: [] } },
    handle: link,
  },
];
