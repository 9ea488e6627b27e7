import type { SourceDashboard, SourceVariable, SourceWidget } from "./dashboard";
import type { PageNote, PageNoteCode } from "./notes";
import { readOptions, type WidgetOptions } from "./options";
import { arrange, type GridPlace } from "./places";
import { shapeOf } from "./shapes";
import { kindOfShape, plainType, type WidgetKind, widgetRows } from "./widget-table";

/** A widget as it will be on its page. */
export interface PlannedWidget {
  /** The type in the Arduino Cloud. */
  type: string;
  name: string;
  kind: WidgetKind;
  /** Those that it shows or writes; the first one alone for most kinds. */
  variables: SourceVariable[];
  /** Whether it writes. */
  isWriting: boolean;
  options: WidgetOptions;
  place: GridPlace;
  phone: GridPlace;
  notes: PageNote[];
}

/** A page as it will be. */
export interface PlannedPage {
  name: string;
  columns: number;
  phoneColumns: number;
  widgets: PlannedWidget[];
}

/** The content of all pages that become of a dashboard. */
export interface PagePlan {
  dashboard: { id: string; name: string };
  pages: PlannedPage[];
}

/** Plans the pages of a dashboard: one for each of its own that has a widget. */
export function planDashboardPages(dashboard: SourceDashboard): PagePlan {
  const { id, name } = dashboard;
  const known = new Set(dashboard.pages.map((page) => page.id));
  const pages = [{ id: "0", name }, ...dashboard.pages.map((page) => ({ ...page, name: page.name || name }))];
  const onPage = (page: string): SourceWidget[] =>
    dashboard.widgets.filter(({ pageId }) => (known.has(pageId) ? pageId : "0") === page);
  return {
    dashboard: { id, name },
    pages: pages
      .map((page) => ({ name: page.name, widgets: onPage(page.id) }))
      .filter(({ widgets }) => widgets.length > 0)
      .map((page) => planPage(page.name, page.widgets)),
  };
}

function planPage(name: string, widgets: readonly SourceWidget[]): PlannedPage {
  const desktop = arrange(widgets.map(({ place }) => place));
  // On a phone, what has no place follows in the order in which one reads the desktop.
  const order = desktop.places.map((_place, index) => index).sort((a, b) => byPlace(desktop.places, a, b));
  const phone = arrange(
    order.map((index) => widgets[index]?.phone),
    order.map((index) => desktop.places[index]?.height ?? 1),
  );
  const origin: GridPlace = { x: 0, y: 0, width: 1, height: 1 };
  return {
    name,
    columns: desktop.columns,
    phoneColumns: phone.columns,
    widgets: widgets.map((widget, index) => {
      const planned = planWidget(widget);
      if (desktop.moved.includes(index)) planned.notes.push({ code: "moved" });
      const place = desktop.places[index] ?? origin;
      const onPhone = phone.places[order.indexOf(index)] ?? origin;
      return { ...planned, place, phone: onPhone };
    }),
  };
}

function byPlace(places: readonly GridPlace[], a: number, b: number): number {
  const [one, other] = [places[a], places[b]];
  return one === undefined || other === undefined ? a - b : one.y - other.y || one.x - other.x;
}

/** The choice for a widget, before its options are read. */
interface Choice {
  kind: WidgetKind;
  variables: SourceVariable[];
  isWriting: boolean;
  note?: PageNoteCode;
}

function planWidget(widget: SourceWidget): Omit<PlannedWidget, "place" | "phone"> {
  const choice = chooseKind(widget);
  const { options, unknown } = readOptions(choice.kind, widget.options);
  const notes: PageNote[] = choice.note === undefined ? [] : [noteOf(choice.note, widget)];
  const used = isForMany(choice.kind) ? choice.variables : choice.variables.slice(0, 1);
  if (used.length < choice.variables.length) notes.push(noteOf("first-variable", widget));
  else if (choice.kind === "chart" && used.length < widget.variables.length) notes.push(noteOf("not-drawn", widget));
  const kind = withContent(choice, options, notes);
  if (unknown.length > 0) notes.push({ code: "options", values: { keys: unknown.join(", ") } });
  const { type, name } = widget;
  return { type, name, kind, variables: used, isWriting: choice.isWriting, options, notes };
}

function chooseKind(widget: SourceWidget): Choice {
  const row = widgetRows[plainType(widget.type)];
  if (row?.takes.length === 0) return { kind: row.worked as WidgetKind, variables: [], isWriting: false };
  const [first] = widget.variables;
  if (first === undefined) {
    const note = widget.hasLost ? "variable-gone" : "not-linked";
    return { kind: "unlinked", variables: [], isWriting: false, note };
  }
  const fitting = row === undefined ? [] : widget.variables.filter(({ type }) => row.takes.includes(shapeOf(type)));
  const [used] = fitting;
  if (row === undefined || used === undefined) {
    const kind = kindOfShape(shapeOf(first.type), false);
    return { kind, variables: [first], isWriting: false, note: row === undefined ? "unknown-type" : "wrong-type" };
  }
  const isWriting = used.isWritable && widget.options.readOnly !== true;
  const wanted = isWriting ? row.worked : row.shown;
  const kind = wanted === "by-shape" ? kindOfShape(shapeOf(used.type), isWriting) : wanted;
  // What can only write has become something else.
  const note = row.note ?? (!isWriting && row.shown !== row.worked ? "read-only" : undefined);
  return { kind, variables: fitting, isWriting, ...(note && { note }) };
}

/** Returns what a widget becomes that lacks what it would show. */
function withContent({ kind, variables }: Choice, options: WidgetOptions, notes: PageNote[]): WidgetKind {
  const isSelector = kind === "selector" || kind === "dropdown";
  if (isSelector && options.values === undefined) {
    notes.push({ code: "no-values" });
    return variables[0] !== undefined && shapeOf(variables[0].type) === "text" ? "text" : "number";
  }
  // A row of one button does not exist.
  if (kind === "selector" && options.values?.length === 1) return "dropdown";
  if (kind === "note" && options.note === undefined) notes.push({ code: "no-text" });
  if (kind === "image" && options.picture === undefined) notes.push({ code: "picture" });
  return kind;
}

function isForMany(kind: WidgetKind): boolean {
  return kind === "chart" || kind === "image-map";
}

function noteOf(code: PageNoteCode, { type, variables }: SourceWidget): PageNote {
  const variable = variables[0]?.name ?? "";
  return { code, values: { type, variable } };
}
