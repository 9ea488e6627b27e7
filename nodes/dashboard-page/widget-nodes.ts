import { drawChart } from "./chart";
import { harmlessMarkdown } from "./html";
import type { NodeList, PageNode } from "./node-list";
import {
  addDropdown,
  addGauge,
  addLamp,
  addNumberInput,
  numberRange,
  addSelector,
  addSlider,
  addSwitch,
  addTextInput,
  addValue,
  textFields,
  type VariableParts,
  widgetColors,
  type WidgetParts,
} from "./native-widgets";
import { shapeOf, unitOf } from "./shapes";
import * as templates from "./templates";
import type { WidgetKind } from "./widget-table";

/** Builders of the kinds that have a variable. */
const builders: Partial<Record<WidgetKind, (parts: VariableParts) => void>> = {
  switch: (parts) => addSwitch(parts, parts.widget.isWriting ? {} : { clickableArea: "none" }),
  status: (parts) => addLamp(parts, widgetColors.red),
  led: (parts) => addLamp(parts, widgetColors.grey),
  "push-button": (parts) => addTemplate(parts, templates.pushButtonTemplate(), { isSilent: true, isEach: true }),
  slider: addSlider,
  stepper: (parts) => addNumber(parts, true),
  number: (parts) => addNumber(parts, false),
  text: addTextInput,
  value: addValue,
  gauge: (parts) => addGauge(parts, { gtype: "gauge-half", gstyle: "needle", units: unitOf(parts.variable.type) }),
  percentage: (parts) => addGauge(parts, { gtype: "gauge-34", gstyle: "rounded", units: "%" }),
  messenger: (parts) =>
    addTemplate(parts, templates.messengerTemplate(parts.widget.isWriting), { isEach: true, showsEach: true }),
  color: (parts) => addColor(parts, false),
  "colored-light": (parts) => addColor(parts, shapeOf(parts.variable.type) === "colored-light"),
  "dimmed-light": (parts) => addTemplate(parts, templates.dimmedLightTemplate(parts.widget.isWriting)),
  time: (parts) => addTemplate(parts, templates.timeTemplate(parts.widget.isWriting, parts.widget.options.picks)),
  selector: addSelector,
  dropdown: addDropdown,
  map: (parts) => addTemplate(parts, templates.mapTemplate(parts.list.context.texts.flow("open-map"))),
  schedule: addSchedule,
  json: (parts) => addTemplate(parts, templates.jsonTemplate()),
};

/** Adds the nodes of a widget. */
export function addWidget(parts: WidgetParts): void {
  const { widget, list, common, id, address } = parts;
  const { flow } = list.context.texts;
  const { kind, options, variables } = widget;
  const [variable] = variables;
  if (kind === "note") {
    list.add("widget", "ui-markdown", { ...common, content: harmlessMarkdown(options.note ?? "") }, id);
  } else if (kind === "image") {
    const link = { address, text: flow("open-cloud") };
    addTemplateNode(parts, templates.imageTemplate(options.picture, link));
  } else if (kind === "chart") {
    drawChart(parts);
  } else if (kind === "image-map") {
    addList(parts);
  } else if (variable === undefined) {
    list.add(
      "widget",
      "ui-text",
      { ...common, ...textFields(widget), value: flow("not-linked"), valueType: "str" },
      id,
    );
  } else {
    builders[kind]?.({ ...parts, variable });
  }
}

function addNumber(parts: VariableParts, isStepper: boolean): void {
  if (shapeOf(parts.variable.type) === "integer")
    addNumberInput(parts, isStepper ? { delay: 400, spinner: "default" } : { delay: 1000, spinner: "stacked" });
  else addTemplate(parts, templates.numberTemplate(numberRange(parts), isStepper));
}

function addColor(parts: VariableParts, hasSwitch: boolean): void {
  addTemplate(parts, templates.colorTemplate({ isWriting: parts.widget.isWriting, hasSwitch }));
}

function addSchedule(parts: VariableParts): void {
  const { flow } = parts.list.context.texts;
  const texts = { from: flow("from"), to: flow("to"), on: flow("on"), none: flow("no-schedule") };
  addTemplate({ ...parts, widget: { ...parts.widget, isWriting: false } }, templates.scheduleTemplate(texts));
}

interface TemplateOptions {
  /** Whether it shows nothing of the variable. */
  isSilent?: boolean;
  /** Whether each written value counts, not only the last one. */
  isEach?: boolean;
  /** Whether each value that comes counts, not only changes. */
  showsEach?: boolean;
}

function addTemplate(parts: VariableParts, format: string, options: TemplateOptions = {}): void {
  const { widget, list, variable } = parts;
  const node = addTemplateNode(parts, format);
  if (options.isSilent !== true) list.wire(list.source(variable, options.showsEach), node);
  if (widget.isWriting) list.wire(node, list.target(variable, options.isEach));
}

function addTemplateNode({ list, common, id }: WidgetParts, format: string): ReturnType<NodeList["add"]> {
  // What went out comes back complete; what is stored must not be the part of a value that was written.
  const ways = { storeOutMessages: false, passthru: false, resendOnRefresh: true, templateScope: "local" };
  return list.add("widget", "ui-template", { ...common, page: "", ui: "", head: "", format, ...ways }, id);
}

/** Adds a list of several variables: one message with all values for the page, which keeps only the last one. */
function addList(parts: WidgetParts): void {
  const { widget, list } = parts;
  const node: PageNode = addTemplateNode(parts, templates.listTemplate());
  const gather = list.add("change", "join", {
    name: list.context.texts.flow("gather"),
    ...{ mode: "custom", build: "object", property: "payload", propertyType: "msg", key: "property.name" },
    ...{ joiner: "\\n", joinerType: "str", useparts: false, accumulate: true, timeout: "", count: "1" },
    ...{ reduceRight: false, reduceExp: "", reduceInit: "", reduceInitType: "", reduceFixup: "" },
  });
  for (const variable of widget.variables) list.wire(list.source(variable), gather);
  list.wire(gather, node);
}
