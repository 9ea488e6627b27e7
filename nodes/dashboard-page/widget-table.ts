import type { ValueShape } from "./shapes";
import type { PageNoteCode } from "./notes";

/** The kinds of things that stand on the page for a widget. */
export type WidgetKind =
  | "switch"
  | "status"
  | "led"
  | "push-button"
  | "slider"
  | "stepper"
  | "number"
  | "text"
  | "value"
  | "gauge"
  | "percentage"
  | "chart"
  | "messenger"
  | "color"
  | "colored-light"
  | "dimmed-light"
  | "time"
  | "selector"
  | "dropdown"
  | "note"
  | "image"
  | "map"
  | "image-map"
  | "schedule"
  | "json"
  | "unlinked";

/** A type of widgets of the Arduino Cloud. */
interface WidgetRow {
  /** The forms of values that it can have; none for a widget without a variable. */
  takes: readonly ValueShape[];
  /** The kind that it becomes where it may write; `by-shape` depends on the variable. */
  worked: WidgetKind | "by-shape";
  /** The same where it may only show. */
  shown: WidgetKind | "by-shape";
  /** The note that it has in any case. */
  note?: PageNoteCode;
}

const numbers = ["number", "integer"] as const satisfies readonly ValueShape[];
const row = (
  takes: readonly ValueShape[],
  worked: WidgetRow["worked"],
  shown: WidgetRow["worked"] = worked,
): WidgetRow => ({
  takes,
  worked,
  shown,
});
const scalars = [...numbers, "boolean", "text", "time"] as const satisfies readonly ValueShape[];
const any: readonly ValueShape[] = [
  ...scalars,
  ...(["color", "colored-light", "dimmed-light", "location", "schedule", "object", "unknown"] as const),
];
const selected = [...numbers, "text"] as const;
const map: WidgetRow = { ...row(["location"], "map"), note: "map" };

/**
 * The types of widgets by `plainType`. Only some of their names have been seen in data (docs/protocol.md#widgets); the
 * others are those of Arduino's documentation.
 */
export const widgetRows: Readonly<Record<string, WidgetRow>> = {
  switch: row(["boolean"], "switch"),
  pushbutton: row(["boolean"], "push-button", "status"),
  slider: row(numbers, "slider", "value"),
  stepper: row(numbers, "stepper", "value"),
  value: row(any, "by-shape"),
  status: row(["boolean"], "status"),
  led: row(["boolean"], "led"),
  gauge: row(numbers, "gauge"),
  percentage: row(numbers, "percentage"),
  chart: row([...numbers, "boolean"], "chart"),
  advancedchart: row([...numbers, "boolean"], "chart"),
  messenger: row(["text"], "messenger"),
  color: row(["color", "colored-light"], "color"),
  coloredlight: row(["colored-light", "color"], "colored-light"),
  dimmedlight: row(["dimmed-light", "colored-light"], "dimmed-light"),
  timepicker: row(["time"], "time"),
  valueselector: row(selected, "selector", "value"),
  valuedropdown: row(selected, "dropdown", "value"),
  dropdown: row(selected, "dropdown", "value"),
  stickynote: row([], "note"),
  image: row([], "image"),
  map,
  advancedmap: map,
  imagemap: { ...row(any, "image-map"), note: "image-map" },
  scheduler: { ...row(["schedule"], "schedule"), note: "scheduler" },
};

/** Returns the name of a type as the table has it: `Advanced Chart` and `ADVANCED_CHART` are one. */
export function plainType(type: string): string {
  return type
    .toLowerCase()
    .replace(/[^a-z]/g, "")
    .replace(/widget$/, "");
}

/** The kinds that show a variable where nothing else is said. */
const shownKinds: Readonly<Record<ValueShape, WidgetKind>> = {
  boolean: "status",
  integer: "value",
  number: "value",
  text: "value",
  time: "time",
  color: "color",
  "colored-light": "colored-light",
  "dimmed-light": "dimmed-light",
  location: "map",
  schedule: "schedule",
  object: "json",
  unknown: "json",
};
/** The kinds that write it, where those are others. */
const workedKinds: Partial<Record<ValueShape, WidgetKind>> = {
  boolean: "switch",
  integer: "number",
  number: "number",
  text: "text",
};

/** Returns what stands for a variable of that form. */
export function kindOfShape(shape: ValueShape, isWritable: boolean): WidgetKind {
  return (isWritable ? workedKinds[shape] : undefined) ?? shownKinds[shape];
}
