import { trimmedText } from "../../cloud/core/text";

/** The parts of Dashboard 2.0 that flows have already. */
export interface PresentPages {
  bases: { id: string; name: string; path: string }[];
  themes: { id: string; name: string }[];
  pages: { id: string; ui: string; theme: string; path: string }[];
}

/** Finds bases, themes and pages among the nodes of flows. */
export function findPages(nodes: readonly Readonly<Record<string, unknown>>[]): PresentPages {
  const ofType = (type: string): readonly Readonly<Record<string, unknown>>[] =>
    nodes.filter((node) => node.type === type);
  const text = trimmedText;
  return {
    bases: ofType("ui-base").map(({ id, name, path }) => ({ id: text(id), name: text(name), path: text(path) })),
    themes: ofType("ui-theme").map(({ id, name }) => ({ id: text(id), name: text(name) })),
    pages: ofType("ui-page").map(({ id, ui, theme, path }) => ({
      ...{ id: text(id), ui: text(ui), theme: text(theme), path: text(path) },
    })),
  };
}

/** Returns the theme that goes with a base: that of its first page, else the first one there is. */
export function themeOf(base: string | undefined, { pages, themes }: PresentPages): string | undefined {
  const used = pages.find(({ ui, theme }) => ui === base && themes.some(({ id }) => id === theme));
  return used?.theme ?? themes[0]?.id;
}

/** Returns a path for a page that no other page of its base has: its name, as far as an address can show it. */
export function freePath(name: string, dashboardId: string, taken: ReadonlySet<string>): string {
  const words = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .slice(0, 32);
  const mark = dashboardId.replace(/[^a-z0-9]/gi, "").slice(0, 4);
  const path = `/${[words || "page", mark].filter((part) => part !== "").join("-")}`;
  let free = path;
  for (let number = 2; taken.has(free); number++) free = `${path}-${number}`;
  return free;
}
