import type { SourceVariable } from "./dashboard";
import { shapeOf } from "./shapes";
import type { WidgetParts } from "./native-widgets";

const look = {
  ...{
    chartType: "line",
    xAxisLabel: "",
    xAxisType: "time",
    xAxisFormat: "",
    xAxisFormatType: "auto",
    xmin: "",
    xmax: "",
  },
  ...{ yAxisLabel: "", ymin: "", ymax: "", bins: 10, action: "append", stackSeries: false, pointShape: "false" },
  ...{ pointRadius: 1, showLegend: true, removeOlder: 1, removeOlderUnit: "86400", removeOlderPoints: "" },
  colors: ["#0095FF", "#FF0000", "#FF7F0E", "#2CA02C", "#A347E1", "#D62728", "#FF9896", "#9467BD", "#C5B0D5"],
  ...{ textColor: ["#666666"], textColorDefault: true, gridColor: ["#e5e5e5"], gridColorDefault: true },
} as const;
/** Takes points, which have `x` and `y`, into the line of their topic, which history and property in name alike. */
const both = {
  ...{ category: "topic", categoryType: "msg", xAxisProperty: "x", xAxisPropertyType: "property" },
  ...{ yAxisProperty: "y", yAxisPropertyType: "property" },
} as const;

/** Adds a chart: at the start it is emptied and gets the last day, and then every value. */
export function drawChart({ widget, list, common, id }: WidgetParts): void {
  const { texts } = list.context;
  const { variables, options } = widget;
  const interpolation = options.isStepped === true ? "step" : "linear";
  const chart = list.add("widget", "ui-chart", { ...common, label: widget.name, ...look, ...both, interpolation }, id);
  const start = list.add("source", "inject", {
    ...{ name: texts.flow("last-day"), props: [{ p: "payload" }], repeat: "", crontab: "", once: true, onceDelay: "1" },
    ...{ topic: "", payload: "[]", payloadType: "json" },
  });
  list.wire(start, chart);
  for (const variable of variables) {
    // Two things may have variables of one name, which would be one line.
    const isAlone = variables.filter((other) => other.variable === variable.variable).length === 1;
    const line = isAlone ? {} : { topic: `${variable.thing.name} ${variable.variable}` };
    const history = list.lastDay(variable, options.aggregation?.[variable.id] ?? "");
    list.wire(start, history);
    const named = isAlone ? history : list.change(texts.flow("line"), line);
    if (named !== history) list.wire(history, named);
    list.wire(named, chart);
    // Of a plain number the chart would take the time at which it comes there, by the clock of this computer.
    const point = list.change(texts.flow("point"), { payload: pointOf(variable), ...line });
    list.wire(list.source(variable, true), point);
    list.wire(point, chart);
  }
}

/** Returns the point of a value from now on as JSONata; truth as 1 and 0, as history has it. */
function pointOf({ type }: SourceVariable): string {
  return `{"x": timestamp, "y": ${shapeOf(type) === "boolean" ? "$number(payload)" : "payload"}}`;
}
