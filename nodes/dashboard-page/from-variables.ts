import type { SourceDashboard, SourceVariable, SourceWidget } from "./dashboard";
import type { GridPlace } from "./places";
import { shapeOf, unitOf, type ValueShape } from "./shapes";

/** Types of widgets that suit the forms of values, where nothing else counts. */
const usualTypes: Readonly<Record<ValueShape, string>> = {
  boolean: "Status",
  integer: "Value",
  number: "Value",
  text: "Value",
  time: "Time Picker",
  color: "Color",
  "colored-light": "Colored Light",
  "dimmed-light": "Dimmed Light",
  location: "Map",
  schedule: "Scheduler",
  object: "Value",
  unknown: "Value",
};
/** Columns of the page, and the size of each type of widget in cells; four columns and one row where it is not named. */
const columns = 12;
const sizes: Readonly<Record<string, readonly [width: number, height: number]>> = {
  Chart: [8, 5],
  Gauge: [4, 4],
  Percentage: [4, 4],
  Color: [4, 4],
  "Colored Light": [4, 5],
  "Dimmed Light": [4, 3],
  "Time Picker": [4, 2],
  Map: [4, 2],
  Scheduler: [4, 4],
  Value: [4, 2],
};

/**
 * Draws a dashboard of chosen variables, as somebody might in the Arduino Cloud: the widget by type, unit, permission and
 * range of each, in their order.
 * @param name the name of the dashboard where the variables are of several things
 */
export function drawDashboard(variables: readonly SourceVariable[], name: string): SourceDashboard {
  const things = new Map(variables.map(({ thing }) => [thing.id, thing.name]));
  const [only] = things.size === 1 ? things.values() : [];
  const types = variables.map(typeFor);
  const places = placeInRows(types);
  const widgets = variables.map((variable, index): SourceWidget => {
    const place = places[index];
    return {
      type: types[index] ?? "Value",
      name: only === undefined ? `${variable.thing.name} ${variable.name}` : variable.name,
      pageId: "0",
      ...(place && { place }),
      options: {},
      variables: [variable],
      hasLost: false,
    };
  });
  return { id: "", name: only ?? name, pages: [], widgets };
}

function typeFor(variable: SourceVariable): string {
  const { type, isWritable, min, max } = variable;
  const shape = shapeOf(type);
  if (shape === "boolean" && isWritable) return "Switch";
  if (shape !== "number" && shape !== "integer") return usualTypes[shape];
  const isPercentage = unitOf(type).startsWith("%");
  const hasRange = isPercentage || (min !== undefined && max !== undefined && min < max);
  if (isWritable) return hasRange ? "Slider" : "Value";
  if (isPercentage) return "Percentage";
  if (hasRange) return "Gauge";
  // What is measured is of interest over time; what is counted has one value.
  return shape === "number" ? "Chart" : "Value";
}

/** Returns places from left to right, in rows as high as the highest in them. */
function placeInRows(types: readonly string[]): GridPlace[] {
  let [x, y, highest] = [0, 0, 0];
  return types.map((type) => {
    const [width, height] = sizes[type] ?? [4, 1];
    if (x + width > columns) [x, y, highest] = [0, y + highest, 0];
    const place = { x, y, width, height };
    x += width;
    highest = Math.max(highest, height);
    return place;
  });
}
