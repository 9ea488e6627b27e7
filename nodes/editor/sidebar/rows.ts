import type { NamedChoice, OverviewDevice, OverviewThing, OverviewVariable } from "../../common/admin-answers";

/** What there is in an account, as far as it is known by now. */
export interface Overview {
  things?: readonly OverviewThing[];
  devices?: readonly OverviewDevice[];
  dashboards?: readonly NamedChoice[];
}

/** The branches at the top of the tree. */
export type Group = keyof Overview;

/** Something in the tree. */
export type Item =
  | { kind: "group"; group: Group; count: number }
  | { kind: "thing"; thing: OverviewThing; device?: OverviewDevice }
  | { kind: "variable"; thing: OverviewThing; variable: OverviewVariable; device?: OverviewDevice }
  | { kind: "device"; device: OverviewDevice }
  | { kind: "dashboard"; dashboard: NamedChoice };

/** A line of the tree: an item, and where it stands. */
export interface Row {
  /** Tells the item from all others, also after a refresh. */
  key: string;
  item: Item;
  /** 1 at the top. */
  level: number;
  /** Whether its branch is open; absent where it is none. */
  open?: boolean;
  /** Its number among its siblings, from 1. */
  place: number;
  siblings: number;
}

/** Which branches the user has opened or closed, by key. */
export type Openings = ReadonlyMap<string, boolean>;

/** An item with what is below it; an item without branches has no `below`. */
interface Branch {
  key: string;
  item: Item;
  below?: { branches: () => Branch[]; open: boolean };
}

/** Up to so many variables, things are open from the start: nobody has to look for what fits on a screen. */
const fewVariables = 30;

/**
 * The lines of the tree that are not in a closed branch, from the top. A search finds what has its words in the name,
 * type or id, and shows where that stands; branches that hold something found are open unless the user closed them.
 */
export function listRows(overview: Overview, openings: Openings, search: string): Row[] {
  const words = search.trim().toLowerCase();
  const rows: Row[] = [];
  const add = (branches: readonly Branch[], level: number): void => {
    const siblings = branches.length;
    branches.forEach(({ key, item, below }, index) => {
      const place = { level, place: index + 1, siblings };
      if (below === undefined) {
        rows.push({ key, item, ...place });
        return;
      }
      const open = openings.get(key) ?? below.open;
      rows.push({ key, item, open, ...place });
      if (open) add(below.branches(), level + 1);
    });
  };
  add(topBranches(overview, words), 1);
  return rows;
}

function topBranches({ things, devices, dashboards }: Overview, words: string): Branch[] {
  const boards = new Map(devices?.map((device) => [device.id, device]));
  const top: Branch[] = [];
  const add = (group: Group, branches: Branch[] | undefined, open: boolean): void => {
    if (branches === undefined || branches.length === 0) return;
    const below = { branches: () => branches, open: open || words !== "" };
    top.push({ key: `group:${group}`, item: { kind: "group", group, count: branches.length }, below });
  };
  add("things", things && thingBranches(things, boards, words), true);
  const founds = devices?.filter((device) => isFound(device, words));
  add(
    "devices",
    founds?.map((device) => ({ key: `device:${device.id}`, item: { kind: "device", device } })),
    false,
  );
  const named = dashboards?.filter((dashboard) => isFound(dashboard, words));
  add(
    "dashboards",
    named?.map((dashboard) => ({ key: `dashboard:${dashboard.id}`, item: { kind: "dashboard", dashboard } })),
    false,
  );
  return top;
}

function thingBranches(
  things: readonly OverviewThing[],
  boards: ReadonlyMap<string, OverviewDevice>,
  words: string,
): Branch[] {
  const count = things.reduce((sum, { variables }) => sum + variables.length, 0);
  return things.flatMap((thing) => {
    const found = thing.variables.filter((variable) => isFound(variable, words));
    if (found.length === 0 && !isFound(thing, words)) return [];
    // A thing that is found for its own name has all its variables below it.
    const shown = found.length === 0 ? thing.variables : found;
    const device = thing.device === null ? undefined : boards.get(thing.device);
    const board = device && { device };
    const open = words === "" ? count <= fewVariables : found.length > 0;
    const below = {
      open,
      branches: () =>
        shown.map((variable): Branch => ({
          key: `variable:${thing.id}/${variable.id}`,
          item: { kind: "variable", thing, variable, ...board },
        })),
    };
    return [{ key: `thing:${thing.id}`, item: { kind: "thing", thing, ...board }, ...(shown.length > 0 && { below }) }];
  });
}

/** What is looked for in an entry, in lower case, made once for each. */
const searchable = new WeakMap<object, string>();

function isFound(entry: { id: string; name: string; type?: string; variable?: string }, words: string): boolean {
  if (words === "") return true;
  let text = searchable.get(entry);
  if (text === undefined) {
    text = [entry.name, entry.variable, entry.type, entry.id].join("\n").toLowerCase();
    searchable.set(entry, text);
  }
  return text.includes(words);
}
