import { changesOf, pickFields, type Changes, type BodyFields } from "./compare";
import { match, type Wanted } from "./match";
import { type PlanEntry, removal } from "./plan";
import { rawList } from "./properties";
import { itemLabel, type Layout, readFields, textField } from "./read-input";

/** A page of a dashboard as it is wanted. */
export interface WantedPage extends Wanted {
  readonly fields: BodyFields;
}

/** The object that a list of parts belongs to. */
export interface Whole {
  name: string;
  where: string;
  /** Whether parts that are not wanted go. */
  prune: boolean;
  newId: () => string;
}

/** The plan of a list that is only written as a whole. */
export interface ListPlan {
  list: BodyFields[];
  isChanged: boolean;
  changes: Changes;
  removals: PlanEntry[];
}

const pageFields = ["name", "position", "icon"] as const;

/** The fields of a page as it is wanted. */
export const pageLayout: Layout = {
  noun: "page",
  fields: { id: "text", name: "text", position: "number", icon: "text" },
  ignored: [],
};

/**
 * Reads the pages of a wanted dashboard.
 * @throws CloudError `invalid_input` naming item and field
 */
export function readPages(whole: string, given: unknown): WantedPage[] | undefined {
  if (!Array.isArray(given)) return undefined;
  return given.map((item: unknown, index) => {
    const where = `${whole}, pages[${index}]${itemLabel(index, "page", item).replace(/^item \d+/, "")}`;
    const read = readFields(where, item, pageLayout);
    return { where, id: textField(read, "id"), name: textField(read, "name"), fields: pickFields(read, pageFields) };
  });
}

/** Plans the list of pages that is to be, and what it changes. Throws as `match` does. */
export function planPages(whole: Whole, current: unknown, wanted: readonly WantedPage[] | undefined): ListPlan {
  const present = rawList(current);
  const asBody = (page: BodyFields): BodyFields => pickFields(page, ["id", ...pageFields]);
  if (wanted === undefined) return { list: present.map(asBody), isChanged: false, changes: {}, removals: [] };
  const { pairs, rest } = match("page", present, wanted);
  const changes: Changes = {};
  const list = pairs.map(({ wanted: item, current: page }, index): BodyFields => {
    if (page === undefined) {
      const made = { position: index, ...item.fields };
      Object.assign(changes, partChanges(`pages.${item.name}`, undefined, made));
      return { id: whole.newId(), ...made };
    }
    Object.assign(changes, partChanges(`pages.${textField(page, "name")}`, page, item.fields));
    return asBody({ ...page, ...item.fields });
  });
  const removals = whole.prune
    ? rest.map((page) => removal("page", `${whole.name}: ${textField(page, "name")}`, page.id))
    : [];
  const kept = whole.prune ? [] : rest.map(asBody);
  const isChanged = Object.keys(changes).length > 0 || removals.length > 0;
  return { list: [...list, ...kept], isChanged, changes, removals };
}

/** Returns the changes of one part, each named after it; of a new one a single change, with all of it. */
export function partChanges(name: string, current: BodyFields | undefined, wanted: BodyFields): Changes {
  if (current === undefined) return { [name]: { from: null, to: wanted } };
  return changesOf(current, wanted, `${name}.`);
}
