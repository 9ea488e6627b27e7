import type { SourceVariable } from "./dashboard";
import type { NodeList } from "./node-list";
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
/**
 * Takes the points of history, which have `x` and `y`, and plain numbers as property in gives them, for which it takes the
 * present time; the line is that of the topic, which both name alike.
 */
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
    const line = isAlone ? chart : nameLine(list, variable);
    if (line !== chart) list.wire(line, chart);
    const history = list.lastDay(variable, options.aggregation?.[variable.id] ?? "");
    list.wire(start, history);
    list.wire(history, line);
    addLive(list, variable, line);
  }
}

function nameLine(list: NodeList, { thing, variable }: SourceVariable): ReturnType<NodeList["add"]> {
  return list.change(list.context.texts.flow("line"), "topic", `${thing.name} ${variable}`, true);
}

/** Wires the values from now on; truth as 1 and 0, as history has it. */
function addLive(list: NodeList, variable: SourceVariable, line: ReturnType<NodeList["add"]>): void {
  const source = list.source(variable, true);
  if (shapeOf(variable.type) !== "boolean") {
    list.wire(source, line);
    return;
  }
  const number = list.change(list.context.texts.flow("number"), "payload", "$number(payload)");
  list.wire(source, number);
  list.wire(number, line);
}
