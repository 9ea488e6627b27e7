import { isSameName } from "../core/names";
import { printable } from "../core/text";
import { asRecord } from "../core/json";
import { changesOf, ownField, pickFields, type Changes, type BodyFields } from "./compare";
import { type ThingLink, type ThingLinks, readThingLink } from "./links";
import type { Raw, Wanted } from "./match";
import { partChanges, type ListPlan, type Whole } from "./pages";
import { removal } from "./plan";
import { rawList } from "./properties";
import { itemLabel, type Layout, listField, readFields, textField, wrong } from "./read-input";

/** A widget as it is wanted: known by its id, else by its name, else by its type, in the order of the list. */
export interface WantedWidget extends Wanted {
  readonly fields: BodyFields;
  readonly options: BodyFields;
  /** Name or id; "0" is the main page, `undefined` whatever page it is on. */
  readonly page: string | undefined;
  /** `undefined` leaves them as they are. */
  readonly links: readonly ThingLink[] | undefined;
}

/** The dashboard that widgets are on. */
interface WidgetWhole extends Whole {
  links: ThingLinks;
  pages: readonly BodyFields[];
  hasPages: boolean;
}

/** The fields of a widget beside its options, its page and its links, as the API names them. */
export const plainWidgetFields = [
  "name",
  "type",
  "x",
  "y",
  "width",
  "height",
  "x_mobile",
  "y_mobile",
  "width_mobile",
  "height_mobile",
] as const;

/** The fields of a widget as it is wanted. */
export const widgetLayout: Layout = {
  noun: "widget",
  fields: {
    id: "text",
    name: "text",
    type: "text",
    options: "map",
    page: "text",
    page_id: "text",
    variables: "list",
    x: "number",
    y: "number",
    width: "number",
    height: "number",
    x_mobile: "number",
    y_mobile: "number",
    width_mobile: "number",
    height_mobile: "number",
  },
  ignored: ["has_permission_incompatibility", "has_type_incompatibility", "has_unlinked_variable"],
};

const mainPage = "0";

/**
 * Reads the widgets of a wanted dashboard.
 * @throws CloudError `invalid_input` naming item and field
 */
export function readWidgets(whole: string, given: unknown): WantedWidget[] | undefined {
  if (!Array.isArray(given)) return undefined;
  return given.map((item: unknown, index) => {
    const where = `${whole}, widgets[${index}]${itemLabel(index, "widget", item).replace(/^item \d+/, "")}`;
    const read = readFields(where, item, widgetLayout);
    const page = ownField(read, "page") ?? ownField(read, "page_id");
    return {
      where,
      id: textField(read, "id"),
      name: textField(read, "name"),
      fields: pickFields(read, plainWidgetFields),
      options: asRecord(ownField(read, "options")) ?? {},
      page: page === "" ? mainPage : typeof page === "string" ? page : undefined,
      links: listField(read, "variables")?.map((link, place) => readThingLink(`${where}, variables[${place}]`, link)),
    };
  });
}

/** A wanted widget with what its names mean. */
interface Target {
  item: WantedWidget;
  /** Fields as a body has them, but for the options. */
  fields: BodyFields;
}

/**
 * Plans the list of widgets that is to be, and what it changes. Those that are not wanted stay, unless the whole is
 * pruned.
 * @throws CloudError `invalid_input`, `not_found`, `ambiguous`
 */
export function planWidgets(
  whole: WidgetWhole,
  current: unknown,
  wanted: readonly WantedWidget[] | undefined,
): ListPlan {
  const present = rawList(current).map((widget) => asBody(widget, whole.hasPages));
  if (wanted === undefined) return { list: present, isChanged: false, changes: {}, removals: [] };
  const targets = wanted.map((item) => ({ item, fields: resolve(whole, item) }));
  const pairs = pair(present, targets);
  const named = namer();
  const changes: Changes = {};
  const list = new Map<Raw, BodyFields>();
  const added: BodyFields[] = [];
  for (const target of targets) {
    const { item, fields } = target;
    const widget = pairs.get(target);
    const name = `widgets.${named(item.name || textField(widget ?? fields, "name") || textField(widget ?? fields, "type"))}`;
    if (widget === undefined) {
      const made = { options: item.options, variables: [], ...(whole.hasPages && { page_id: mainPage }), ...fields };
      added.push({ id: item.id || whole.newId(), ...made });
      Object.assign(changes, partChanges(name, undefined, readable(whole.links, made)));
      continue;
    }
    const options = asRecord(widget.options) ?? {};
    const changed = {
      ...changesOf(widget, fields, `${name}.`),
      ...changesOf(options, item.options, `${name}.options.`),
    };
    Object.assign(changes, readableChanges(whole.links, changed, `${name}.variables`));
    list.set(widget, { ...widget, ...fields, options: { ...options, ...item.options } });
  }
  const going = whole.prune ? present.filter((widget) => !list.has(widget)) : [];
  const kept = present.filter((widget) => !going.includes(widget)).map((widget) => list.get(widget) ?? widget);
  const removals = going.map((widget) =>
    removal("widget", `${whole.name}: ${printable(textField(widget, "name") || textField(widget, "type"))}`, widget.id),
  );
  const isChanged = Object.keys(changes).length > 0 || removals.length > 0;
  return { list: [...kept, ...added], isChanged, changes, removals };
}

/** Returns a widget of an answer as a body has it: links by id, and none of what the service works out. */
function asBody(widget: Raw, hasPages: boolean): Raw {
  const links = Array.isArray(widget.variables) ? (widget.variables as unknown[]) : [];
  return {
    ...pickFields(widget, [...plainWidgetFields, "options", ...(hasPages ? ["page_id"] : [])]),
    id: widget.id,
    variables: links.flatMap((link) => textField(asRecord(link) ?? {}, "id") || []),
  };
}

function resolve(
  { links, pages, hasPages }: WidgetWhole,
  { where, fields, page, links: wanted }: WantedWidget,
): BodyFields {
  return {
    ...fields,
    ...(hasPages && page !== undefined && { page_id: pageId(where, page, pages) }),
    ...(wanted && { variables: wanted.map((link, place) => links.resolve(`${where}, variables[${place}]`, link)) }),
  };
}

function pageId(where: string, page: string, pages: readonly BodyFields[]): string {
  const found = pages.find(({ id, name }) => id === page || isSameName(name, page));
  if (page === mainPage) return mainPage;
  if (found !== undefined) return textField(found, "id");
  throw wrong(where, `there is no page "${printable(page)}" on the dashboard.`);
}

/** Finds which widget each target is; of several that might be, the one that needs no change is taken first. */
function pair(present: readonly Raw[], targets: readonly Target[]): Map<Target, Raw> {
  const pairs = new Map<Target, Raw>();
  const free = new Set(present);
  const claim = (target: Target, fits: (widget: Raw) => boolean): void => {
    const widget = pairs.has(target) ? undefined : [...free].find(fits);
    if (widget === undefined) return;
    pairs.set(target, widget);
    free.delete(widget);
  };
  for (const target of targets) {
    if (target.item.id !== "") claim(target, ({ id }) => id.toLowerCase() === target.item.id.toLowerCase());
  }
  const byName = targets.filter(({ item }) => item.id === "");
  for (const target of byName) claim(target, (widget) => isAlike(widget, target) && isDone(widget, target));
  for (const target of byName) claim(target, (widget) => isAlike(widget, target));
  return pairs;
}

function isAlike(widget: Raw, { item, fields }: Target): boolean {
  if (item.name !== "") return isSameName(widget.name, item.name);
  return textField(widget, "name") === "" && widget.type === fields.type;
}

function isDone(widget: Raw, { item, fields }: Target): boolean {
  const changes = {
    ...changesOf(widget, fields),
    ...changesOf(asRecord(widget.options) ?? {}, item.options, "options."),
  };
  return Object.keys(changes).length === 0;
}

/** Returns a function that uses each name once: the second of the same gets a number. */
function namer(): (name: string) => string {
  const used = new Map<string, number>();
  return (name) => {
    const times = (used.get(name) ?? 0) + 1;
    used.set(name, times);
    return times === 1 ? name : `${name} ${times}`;
  };
}

function readable(links: ThingLinks, fields: BodyFields): BodyFields {
  return { ...fields, variables: labels(links, fields.variables) };
}

function readableChanges(links: ThingLinks, changes: Changes, field: string): Changes {
  const changed = Object.hasOwn(changes, field) ? changes[field] : undefined;
  if (changed === undefined) return changes;
  return { ...changes, [field]: { from: labels(links, changed.from), to: labels(links, changed.to) } };
}

function labels(links: ThingLinks, ids: unknown): string[] {
  return Array.isArray(ids) ? ids.map((id) => links.label(String(id))) : [];
}
