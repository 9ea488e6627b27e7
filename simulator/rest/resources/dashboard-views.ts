import type { Dashboard, Widget } from "../../store/dashboard-models";
import type { Property, Scope, Thing } from "../../store/models";
import type { Store } from "../../store/store";
import { timezoneAt } from "../../store/timezone";
import { friendlyId, omit } from "../resource-helpers";
import { lastValueOf, seriesTime, type View } from "../views";

/** Versions of the dashboards: 3 has pages (docs/protocol.md#dashboards). */
export type Version = "v2" | "v3";

/** Returns a user as `ArduinoDashboardshare` and `ArduinoDashboardowner`. */
export function userView(store: Store, userId: string): View {
  const user = store.users.find(({ id }) => id === userId);
  return { user_id: userId, ...(user ? { username: user.username } : {}) };
}

/**
 * Returns a dashboard as `ArduinoDashboardv2` or `ArduinoDashboardv3`; the owner sees with whom it is shared, the
 * others by whom.
 */
export function dashboardView(store: Store, dashboard: Dashboard, { userId }: Scope, version: Version): View {
  const { id, name, user_id: owner, organization_id: organization, cover_image: cover } = dashboard;
  const { shares, pages, widgets, updated_at } = dashboard;
  return {
    id,
    name,
    updated_at,
    ...(cover === undefined ? {} : { cover_image: cover }),
    ...(organization === undefined ? {} : { organization_id: organization }),
    created_by: userView(store, owner),
    ...(shares.includes(userId)
      ? { shared_by: userView(store, owner) }
      : { shared_with: shares.map((share) => userView(store, share)) }),
    ...(version === "v3" ? { pages } : {}),
    widgets: widgets.map((widget) => widgetView(store, widget, version)),
  };
}

interface Linked {
  thing: Thing;
  property: Property;
}

/** Returns the widget's variables that are there and not hidden. */
function linksOf(store: Store, widget: Widget): Linked[] {
  return widget.variables.flatMap((id) => {
    const linked = store.propertyById(id);
    return linked && linked.property.deleted_at === undefined && linked.thing.deleted_at === undefined ? [linked] : [];
  });
}

function widgetView(store: Store, widget: Widget, version: Version): View {
  const linked = linksOf(store, widget);
  return {
    ...omit(widget, version === "v3" ? ["variables"] : ["variables", "page_id"]),
    has_unlinked_variable: linked.length < widget.variables.length,
    variables: linked.map((link) => linkedVariable(store, link)),
  };
}

/** Returns a variable as `ArduinoLinkedvariable`. */
function linkedVariable(store: Store, { thing, property }: Linked): View {
  const { id, name, permission, type, variable_name } = property;
  const { value_updated_at: at } = property;
  return {
    id,
    name,
    permission,
    type,
    variable_name,
    thing_id: thing.id,
    thing_name: thing.name,
    thing_timezone: timezoneView(thing.timezone),
    ...lastValueOf(store, property),
    ...(at === undefined ? {} : { last_value_updated_at: at }),
  };
}

/** Returns a time zone as `ArduinoTimezone`. */
function timezoneView(name: string): View {
  const { offset, until } = timezoneAt(name, Date.now());
  return { name, offset, until: seriesTime(until * 1000) };
}

/**
 * Returns a dashboard as `ArduinoDashboardv2template` or `ArduinoDashboardv3template`: things and variables by name.
 */
export function dashboardTemplate(store: Store, dashboard: Dashboard, version: Version): View {
  const { name, cover_image: cover, pages, widgets } = dashboard;
  return {
    id: friendlyId(name),
    name,
    ...(cover === undefined ? {} : { cover_image: cover }),
    ...(version === "v3" ? { pages } : {}),
    widgets: widgets.map((widget) => ({
      ...omit(widget, version === "v3" ? ["id", "variables"] : ["id", "variables", "page_id"]),
      variables: linksOf(store, widget).map(({ thing, property }) => ({
        name: property.name,
        permission: property.permission,
        type: property.type,
        thing_id: friendlyId(thing.name),
        thing_timezone: timezoneView(thing.timezone),
        variable_id: property.variable_name,
      })),
    })),
  };
}
