import { changesOf, ownField, pickFields, type Changes } from "./compare";
import type { ThingLinks } from "./links";
import { match, type Raw, type Wanted } from "./match";
import { planPages, readPages, type WantedPage } from "./pages";
import { creation, type PlanEntry, type Prune, removal, type PlanStep } from "./plan";
import { itemLabel, type Layout, readFields, textField, wrong } from "./read-input";
import { planWidgets, readWidgets, type WantedWidget } from "./widgets";

/** A dashboard as it is wanted; what is absent is left as it is. */
interface WantedDashboard extends Wanted {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly pages: readonly WantedPage[] | undefined;
  readonly widgets: readonly WantedWidget[] | undefined;
}

/** The dashboards of an account, with the widgets of those that are wanted, and what widgets may show. */
interface DashboardState {
  dashboards: readonly Raw[];
  links: ThingLinks;
  /** 2 where the base URL has no newer one: without pages. */
  version: 2 | 3;
  /** Makes ids of widgets and pages, which whoever creates them chooses (docs/protocol.md#dashboards). */
  newId: () => string;
}

/** The fields of a dashboard as it is wanted. */
export const dashboardLayout: Layout = {
  noun: "dashboard",
  fields: { id: "text", name: "text", cover_image: "text", pages: "list", widgets: "list" },
  ignored: ["kind", "updated_at", "created_by", "organization_id", "shared_by", "shared_with", "deleted_at"],
};

const dashboardOperations = {
  2: { create: "dashboards_v2#create", update: "dashboards_v2#patch" },
  3: { create: "dashboards_v3#create", update: "dashboards_v3#patch" },
} as const;

/**
 * Reads dashboards from a wanted state: fields as in the API, `widgets` with `variables` as links, a widget's `page` by
 * name or id.
 * @throws CloudError `invalid_input` naming item and field
 */
export function readDashboards(items: readonly unknown[]): WantedDashboard[] {
  return items.map((item, index) => {
    const where = itemLabel(index, "dashboard", item);
    const read = readFields(where, item, dashboardLayout);
    return {
      where,
      id: textField(read, "id"),
      name: textField(read, "name"),
      fields: pickFields(read, ["cover_image"]),
      pages: readPages(where, ownField(read, "pages")),
      widgets: readWidgets(where, ownField(read, "widgets")),
    };
  });
}

/**
 * Plans what turns the present dashboards into the wanted ones. Pure, but for the ids that `newId` makes.
 * @throws CloudError `not_found`, `ambiguous`, `invalid_input`
 */
export function planDashboards(
  state: DashboardState,
  wanted: readonly WantedDashboard[],
  prune: Prune,
): { steps: PlanStep[]; found: (Raw | undefined)[] } {
  const { pairs, rest } = match("dashboard", state.dashboards, wanted);
  const steps = pairs.flatMap(({ wanted: item, current }) => planOne(state, item, current, prune !== "nothing"));
  const going = prune === "all" ? rest.map(planRemoval) : [];
  return { steps: [...steps, ...going], found: pairs.map(({ current }) => current) };
}

function planOne(state: DashboardState, item: WantedDashboard, current: Raw | undefined, prune: boolean): PlanStep[] {
  const { version } = state;
  const { where, pages: wantedPages, widgets: wantedWidgets } = item;
  if (version === 2 && (wantedPages?.length ?? 0) > 0) {
    throw wrong(where, "pages are wanted, but the base URL has only dashboards of version 2, without pages.");
  }
  const name = item.name || textField(current ?? {}, "name");
  const whole = { name, where, prune, newId: state.newId };
  const pages = planPages(whole, ownField(current ?? {}, "pages"), wantedPages);
  const widgets = planWidgets(
    { ...whole, links: state.links, pages: pages.list, hasPages: version === 3 },
    ownField(current ?? {}, "widgets"),
    wantedWidgets,
  );
  const own = { ...(item.name !== "" && { name: item.name }), ...item.fields };
  const changes: Changes = { ...changesOf(current ?? {}, own), ...pages.changes, ...widgets.changes };
  const body = {
    ...pickFields(own, Object.keys(changes)),
    ...(pages.isChanged && { pages: pages.list }),
    ...(widgets.isChanged && { widgets: widgets.list }),
  };
  if (current === undefined) {
    const shown = Object.fromEntries(Object.entries(changes).map(([field, { to }]) => [field, to]));
    const entry = creation("dashboard", name, shown);
    return [{ entries: [entry], operation: dashboardOperations[version].create, path: {}, body, where }];
  }
  const entry: PlanEntry = { action: "update", kind: "dashboard", name, id: current.id, changes };
  const [first, ...others] = [
    ...(Object.keys(changes).length > 0 ? [entry] : []),
    ...pages.removals,
    ...widgets.removals,
  ];
  if (first === undefined) return [];
  const path = { id: current.id };
  return [{ entries: [first, ...others], operation: dashboardOperations[version].update, path, body, where }];
}

function planRemoval(dashboard: Raw): PlanStep {
  return {
    entries: [removal("dashboard", textField(dashboard, "name"), dashboard.id)],
    // Version 2 deletes dashboards of both versions (docs/protocol.md#dashboards).
    operation: "dashboards_v2#delete",
    path: { id: dashboard.id },
    where: "",
  };
}
