import { addWidget } from "./widget-nodes";
import { type FlowContext, NodeList, type PageNode } from "./node-list";
import type { PageNote } from "./notes";
import type { PagePlan, PlannedPage, PlannedWidget } from "./plan";
import { fillGaps, type GridPlace, isBefore } from "./places";
import { freePath, type PresentPages } from "./present-pages";
import { pageStyle } from "./page-style";

/** Where the pages go. */
export interface PageTarget extends FlowContext {
  /** The id of the base that they belong to; absent where one is to be made. */
  base?: string;
  theme?: string;
  /** The pages that are there already. */
  present: PresentPages;
}

/** Returns the nodes of a plan: one flow with all pages, and the base and theme that are missing. */
export function makeFlow(plan: PagePlan, target: PageTarget): PageNode[] {
  const list = new NodeList(target, plan.dashboard.name);
  const base = target.base ?? list.addConfig("ui-base", { ...baseFields, path: freeBasePath(target.present) });
  const theme = target.theme ?? list.addConfig("ui-theme", themeFields);
  const taken = new Set(target.present.pages.filter(({ ui }) => ui === base).map(({ path }) => path));
  const address = `https://app.arduino.cc/dashboards/${encodeURIComponent(plan.dashboard.id)}`;
  for (const page of plan.pages) {
    const path = freePath(page.name, plan.dashboard.id, taken);
    taken.add(path);
    addPage(list, page, { base, theme, path, order: target.present.pages.length + taken.size, address });
  }
  return list.nodes;
}

const baseFields = {
  ...{ name: "Dashboard", appIcon: "", includeClientData: true },
  acceptsClientConfig: ["ui-notification", "ui-control"],
  ...{ showPathInSidebar: false, headerContent: "page", navigationStyle: "default", titleBarStyle: "default" },
  ...{ showReconnectNotification: true, notificationDisplayTime: 1, showDisconnectNotification: true },
  allowInstall: false,
} as const;
const themeFields = {
  name: "Arduino",
  colors: {
    ...{ surface: "#ffffff", primary: "#00878f", bgPage: "#f2f5f5", groupBg: "#ffffff", groupOutline: "#d5dddd" },
  },
  sizes: {
    ...{ density: "default", pagePadding: "12px", groupGap: "12px", groupBorderRadius: "4px", widgetGap: "6px" },
  },
} as const;

function freeBasePath({ bases }: PresentPages): string {
  const taken = bases.map(({ path }) => path);
  for (let number = 1; ; number++) {
    const path = number === 1 ? "/dashboard" : `/dashboard-${number}`;
    if (!taken.includes(path)) return path;
  }
}

interface PageFields {
  base: string;
  theme: string;
  path: string;
  order: number;
  address: string;
}

function addPage(list: NodeList, page: PlannedPage, { base, theme, path, order, address }: PageFields): void {
  const { name, columns, phoneColumns } = page;
  const shown = { className: "", visible: "true", disabled: "false" } as const;
  const breakpoints = [
    { name: "Default", px: 0, cols: phoneColumns },
    { name: "Desktop", px: 768, cols: columns },
  ];
  const look = { icon: "view-dashboard", layout: "grid", theme, breakpoints };
  const id = list.addConfig("ui-page", { name, ui: base, path, ...look, order, ...shown });
  const size = { width: String(columns), height: 1 };
  const kind = { showTitle: false, groupType: "default" };
  const group = list.addConfig("ui-group", { name, page: id, ...size, order: 1, ...kind, ...shown });
  const items = itemsOf(page, list.context.newId);
  list.startRow();
  addStyle(list, id, items);
  items.forEach(({ place, widget, id: own }, index) => {
    const where = { group, order: index + 1, width: place.width, height: place.height };
    if (widget === undefined) {
      list.addConfig("ui-spacer", { ...where, name: "spacer", tooltip: "", className: "arduino-gap" });
      return;
    }
    list.startRow();
    const info = widget.notes.map((note: PageNote) => list.context.texts.note(note)).join("\n\n");
    const common = { ...where, name: widget.name, className: `arduino-widget arduino-${own}`, ...(info && { info }) };
    addWidget({ widget, list, common, id: own, address });
  });
}

/** A widget on the page, or a free place without one. */
interface PageItem {
  place: GridPlace;
  id: string;
  widget?: PlannedWidget;
}

/** Returns all that stands on a page, in reading order. */
function itemsOf({ widgets, columns }: PlannedPage, newId: () => string): PageItem[] {
  const gaps = fillGaps(
    widgets.map(({ place }) => place),
    columns,
  );
  const items: PageItem[] = [
    ...widgets.map((widget) => ({ place: widget.place, widget, id: newId() })),
    ...gaps.map((place) => ({ place, id: "" })),
  ];
  return items.sort((a, b) => (isBefore(a.place, b.place) ? -1 : 1));
}

function addStyle(list: NodeList, page: string, items: readonly PageItem[]): void {
  const phones = items.flatMap(({ id, widget }) => (widget === undefined ? [] : [{ id, place: widget.phone }]));
  list.add("widget", "ui-template", {
    ...{ group: "", page, ui: "", name: list.context.texts.flow("places"), order: 0, width: 0, height: 0, head: "" },
    format: pageStyle(phones),
    ...{ storeOutMessages: true, passthru: true, resendOnRefresh: true, templateScope: "page:style", className: "" },
  });
}
