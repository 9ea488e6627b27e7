import { CloudError } from "../core/errors";
import { isSameName } from "../core/names";
import { printable } from "../core/text";
import { asRecord } from "../core/json";
import { ownField, pickFields, type BodyFields } from "./compare";
import { ensure, type EnsureOptions, type EnsureResult } from "./ensure";
import { firstText, thingLinkFields, variableLinkFields } from "./links";
import { match, type Raw } from "./match";
import { propertyFields, rawList } from "./properties";
import { readItems, textField, wrong } from "./read-input";
import { plainWidgetFields } from "./widgets";

/** The kinds of object that templates can be made of. */
type TemplateKind = "things" | "dashboards";

/** A wanted state without ids: plain JSON, which another account can be given as well. */
type Template = Record<string, unknown>;

/**
 * Returns the one object of an id or an exact name.
 * @throws CloudError `not_found`, `ambiguous`
 */
export function findOne(noun: string, objects: readonly Raw[], reference: string): Raw {
  const byId = objects.find(({ id }) => id.toLowerCase() === reference.toLowerCase());
  if (byId !== undefined) return byId;
  const [pair] = match(noun, objects, [{ where: `${noun}s`, id: "", name: reference }]).pairs;
  if (pair?.current !== undefined) return pair.current;
  throw new CloudError("not_found", `${noun}s: there is no ${noun} with the id or name "${printable(reference)}".`);
}

const ownFields = ["name", "timezone", "assistant", "webhook_uri", "webhook_active", "tags"] as const;

/** Returns a thing as the service answers it, without all that is only its own. */
function thingTemplate(thing: BodyFields): Template {
  const properties = rawList(ownField(thing, "properties")).map((property) => pickFields(property, propertyFields));
  return { ...pickFields(thing, ownFields), properties };
}

const widgetFields = [...plainWidgetFields, "options"] as const;

/**
 * Returns a dashboard without ids, its links by names: from what the service answers or exports
 * (docs/protocol.md#templates), or from a template of ours, which comes back as it is.
 * @param links whether links that have an id keep it, for the same account, or go by names
 */
export function dashboardTemplate(dashboard: BodyFields, links: "ids" | "names" = "names"): Template {
  const pages = records(ownField(dashboard, "pages"));
  const pageNames = new Map(pages.map((page) => [textField(page, "id"), textField(page, "name")]));
  const widgets = records(ownField(dashboard, "widgets")).map((widget) => {
    const page = pageNames.get(textField(widget, "page_id")) ?? ownField(widget, "page");
    const variables = ownField(widget, "variables");
    return {
      ...pickFields(widget, widgetFields),
      ...(page !== undefined && { page }),
      variables: Array.isArray(variables) ? variables.map(links === "names" ? linkByNames : linkById) : [],
    };
  });
  return {
    kind: "dashboard",
    ...pickFields(dashboard, ["name", "cover_image"]),
    ...(pages.length > 0 && { pages: pages.map((page) => pickFields(page, ["name", "position", "icon"])) }),
    widgets,
  };
}

function records(list: unknown): BodyFields[] {
  const elements: unknown[] = Array.isArray(list) ? list : [];
  return elements.map(asRecord).filter((element) => element !== undefined);
}

function linkById(link: unknown): unknown {
  return asRecord(link)?.id ?? link;
}

function linkByNames(link: unknown): unknown {
  const fields = asRecord(link);
  if (fields === undefined) return link;
  const [thing, variable] = [firstText(fields, thingLinkFields), firstText(fields, variableLinkFields)];
  return thing !== "" && variable !== "" ? { thing, variable } : link;
}

/** Fields that the templates of the API name otherwise, or have besides (docs/protocol.md#templates). */
const notOurs = ["id", "variables", "device_metadata", "sketch_template", "organization_id"] as const;

/**
 * Returns a template as a wanted state: one of ours, what the API exports of a thing (without limits and persistence,
 * docs/protocol.md#templates), or a thing as the API answers it.
 * @throws CloudError `invalid_input` where it is none
 */
function readTemplate(given: unknown): Template {
  const template = asRecord(readItems([given])[0]);
  if (template === undefined) throw wrong("The template", "it is no object; expected is what export-template gives.");
  if (ownField(template, "widgets") !== undefined) return dashboardTemplate(template);
  if (ownField(template, "href") !== undefined) return thingTemplate(template);
  const variables = ownField(template, "variables");
  if (!Array.isArray(variables)) return without(template, ["id"]);
  const properties = records(variables).map((variable) => without(variable, ["id"]));
  return { ...without(template, notOurs), properties };
}

function without(fields: BodyFields, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/**
 * Returns the wanted states of copies of a template. A copy's own fields replace those of the template, but its tags
 * are added to them; its `things` (from old to new name or id) say what the widgets of a dashboard show instead. Blank
 * texts count as absent, as empty cells of a CSV are. Pure.
 * @throws CloudError `invalid_input` naming the copy
 */
function instantiate(template: unknown, copies: unknown): Template[] {
  const base = readTemplate(template);
  if (!Array.isArray(copies)) throw wrong("The copies", "they are no list; expected is a list of {name, …}.");
  return readItems(copies).map((given, index) => {
    const where = `copy ${index}`;
    const copy = asRecord(given);
    if (copy === undefined) throw wrong(where, "it is no object; expected is {name, …}.");
    const { name, tags, things, ...own } = Object.fromEntries(Object.entries(copy).filter(([, value]) => value !== ""));
    // A name such as 12 is a number to whoever reads a CSV.
    if (typeof name !== "string" && typeof name !== "number")
      throw wrong(where, "name is missing; each copy needs its own.");
    const all = tags === undefined ? ownField(base, "tags") : { ...tagMap(ownField(base, "tags")), ...tagMap(tags) };
    const merged = { ...base, ...own, name: String(name), ...(all !== undefined && { tags: all }) };
    return things === undefined ? merged : repoint(where, merged, readMap(where, things));
  });
}

function tagMap(tags: unknown): Record<string, unknown> {
  if (!Array.isArray(tags)) return { ...asRecord(tags) };
  return Object.fromEntries(tags.map((tag: unknown) => [textField(asRecord(tag) ?? {}, "key"), asRecord(tag)?.value]));
}

/**
 * Returns a map from old to new things, by id or name.
 * @throws CloudError `invalid_input`
 */
export function readMap(where: string, given: unknown): ReadonlyMap<string, string> {
  const pairs = Object.entries(asRecord(given) ?? {});
  if (pairs.length > 0 && pairs.every(([, to]) => typeof to === "string" && to !== "")) {
    return new Map(pairs as [string, string][]);
  }
  throw wrong(where, "things is no map; expected is an object from old to new things, by id or name.");
}

/**
 * Returns a dashboard of which the widgets show other things: links of `{thing, variable}`, and of the API's form.
 * Pure.
 * @throws CloudError `invalid_input` where the dashboard shows nothing of an old thing
 */
export function repoint(where: string, dashboard: Template, things: ReadonlyMap<string, string>): Template {
  const used = new Set<string>();
  const swap = (link: unknown): unknown => {
    const fields = asRecord(link) ?? {};
    const names = thingLinkFields.map((name) => textField(fields, name)).filter((name) => name !== "");
    const old = [...things.keys()].find((known) => names.some((name) => isSameName(name, known)));
    if (old === undefined) return link;
    used.add(old);
    const variable = firstText(fields, variableLinkFields);
    return { thing: things.get(old), variable };
  };
  const swapped = records(dashboard.widgets).map((fields) => {
    const links = fields.variables;
    return Array.isArray(links) ? { ...fields, variables: links.map(swap) } : fields;
  });
  const unused = [...things.keys()].find((old) => !used.has(old));
  if (unused === undefined) return { ...dashboard, widgets: swapped };
  throw wrong(where, `no widget shows the thing "${printable(unused)}", which is to be replaced.`);
}

interface CreateOptions extends Omit<EnsureOptions, "kind" | "wanted" | "prune" | "confirm"> {
  kind: TemplateKind;
  /** A template, as `instantiate` takes it. */
  template: unknown;
  /** `[{name, device?, …}]`; see `instantiate`. */
  copies: unknown;
}

/**
 * Makes copies of a template, as `ensure` does: done again, it makes only what is missing or differs.
 * @throws CloudError as `instantiate` and `ensure` do
 */
export async function createFromTemplate({ template, copies, ...options }: CreateOptions): Promise<EnsureResult> {
  return await ensure({ ...options, wanted: instantiate(template, copies) });
}
