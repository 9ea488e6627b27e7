import type { NamedChoice, OverviewDevice, OverviewThing, OverviewVariable } from "../../admin/protocol";

/** The content of an account, as far as it is known by now. */
export interface Overview {
  things?: readonly OverviewThing[];
  devices?: readonly OverviewDevice[];
  dashboards?: readonly NamedChoice[];
}

/** The branches at the top of the tree. */
type Group = keyof Overview;

/** Something in the tree. */
export type TreeItem =
  | { kind: "group"; group: Group; count: number }
  | { kind: "thing"; thing: OverviewThing; device?: OverviewDevice }
  | { kind: "variable"; thing: OverviewThing; variable: OverviewVariable; device?: OverviewDevice }
  | { kind: "device"; device: OverviewDevice }
  | { kind: "dashboard"; dashboard: NamedChoice };

/** A line of the tree: an item, and where it stands. */
export interface TreeRow {
  /** Tells the item from all others, also after a refresh: its id, or the name of a group. */
  key: string;
  item: TreeItem;
  /** 1 at the top. */
  level: number;
  /** Whether its branch is open; absent where it is none. */
  open?: boolean;
  /** Its number among its siblings, from 1. */
  place: number;
  siblings: number;
}

/** The branches that the user has opened or closed, by key. */
type Openings = ReadonlyMap<string, boolean>;

/** Up to so many variables, things are open from the start: nobody has to look for what fits on a screen. */
const fewVariables = 30;

/**
 * Returns the lines of the tree that are not in a closed branch, from the top. A search finds what has its words in the
 * name, type or id, and shows where that stands; branches that hold something found are open unless the user closed
 * them. It runs at each key in the search, over all there is: hence the plain loops.
 */
export function listRows(overview: Overview, openings: Openings, search: string): TreeRow[] {
  const words = search.trim().toLowerCase();
  const { things, devices, dashboards } = overview;
  const boards = new Map(devices?.map((device) => [device.id, device]));
  const tops: TreeRow[] = [];
  const rows: TreeRow[] = [];
  const add = (group: Group, count: number, open: boolean, addBelow: () => void): void => {
    if (count === 0) return;
    const isOpen = openings.get(group) ?? (open || words !== "");
    const top: TreeRow = { key: group, item: { kind: "group", group, count }, level: 1, open: isOpen, ...unplaced };
    tops.push(top);
    rows.push(top);
    if (isOpen) addBelow();
  };
  const found = findThings(things ?? [], words);
  add("things", found.length, true, () => addThings(rows, found, boards, openings));
  const foundDevices = (devices ?? []).filter((device) => isFound(device, words));
  add("devices", foundDevices.length, false, () =>
    addLeaves(rows, 2, foundDevices, (device) => ({ kind: "device", device })),
  );
  const foundDashboards = (dashboards ?? []).filter((dashboard) => isFound(dashboard, words));
  add("dashboards", foundDashboards.length, false, () =>
    addLeaves(rows, 2, foundDashboards, (dashboard) => ({ kind: "dashboard", dashboard })),
  );
  tops.forEach((top, index) => Object.assign(top, { place: index + 1, siblings: tops.length }));
  return rows;
}

const unplaced = { place: 0, siblings: 0 };

/** A thing with those of its variables that are to be shown. */
interface FoundThing {
  thing: OverviewThing;
  variables: readonly OverviewVariable[];
  open: boolean;
}

function findThings(things: readonly OverviewThing[], words: string): FoundThing[] {
  if (words === "") {
    const count = things.reduce((sum, { variables }) => sum + variables.length, 0);
    return things.map((thing) => ({ thing, variables: thing.variables, open: count <= fewVariables }));
  }
  const found: FoundThing[] = [];
  for (const thing of things) {
    const variables = thing.variables.filter((variable) => isFound(variable, words));
    if (variables.length > 0) found.push({ thing, variables, open: true });
    // A thing that is found for its own name has all its variables below it.
    else if (isFound(thing, words)) found.push({ thing, variables: thing.variables, open: false });
  }
  return found;
}

function addThings(
  rows: TreeRow[],
  found: readonly FoundThing[],
  boards: ReadonlyMap<string, OverviewDevice>,
  openings: Openings,
): void {
  const siblings = found.length;
  found.forEach(({ thing, variables, open }, index) => {
    const device = boards.get(thing.device ?? "");
    const board = device && { device };
    const row: TreeRow = {
      key: thing.id,
      item: { kind: "thing", thing, ...board },
      level: 2,
      place: index + 1,
      siblings,
    };
    rows.push(row);
    if (variables.length === 0) return;
    row.open = openings.get(thing.id) ?? open;
    if (row.open) addLeaves(rows, 3, variables, (variable) => ({ kind: "variable", thing, variable, ...board }));
  });
}

function addLeaves<Entry extends { id: string }>(
  rows: TreeRow[],
  level: number,
  entries: readonly Entry[],
  itemOf: (entry: Entry) => TreeItem,
): void {
  const siblings = entries.length;
  let place = 0;
  for (const entry of entries) rows.push({ key: entry.id, item: itemOf(entry), level, place: ++place, siblings });
}

/** The searchable text of each entry, in lower case, made once. */
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
