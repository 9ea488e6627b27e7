import type { SourceVariable } from "./dashboard";
import { escapeHtml } from "./html";
import type { NodeList } from "./node-list";
import type { PlannedWidget } from "./plan";
import { shapeOf, unitOf } from "./shapes";

/** A widget, and all that a builder needs for it. */
export interface WidgetParts {
  widget: PlannedWidget;
  list: NodeList;
  /** Fields that all widgets have: place, group, name. */
  common: Record<string, unknown>;
  /** The id of the widget's node. */
  id: string;
  /** Where the dashboard is in the Arduino Cloud. */
  address: string;
}

/** A widget with a variable, which comes in and, where it may write, goes out. */
export type VariableParts = WidgetParts & { variable: SourceVariable };

/** Colours of widgets that are on, off, or have none of their own. */
export const widgetColors = { green: "#2e9e3f", red: "#d13438", grey: "#9e9e9e", primary: "#00878f" } as const;
const { green, red, primary } = widgetColors;
/** Colours of an LED by the number in its mode; which the Arduino Cloud has is not told anywhere. */
const palette = [green, "#e6b800", "#1e88e5", red, "#8e44ad", primary, "#ff7f0e", "#ffffff"];

function labelOf({ name }: PlannedWidget): string {
  return escapeHtml(name);
}

/** Wires a widget to its variable, both ways as far as it writes. */
function connect({ widget, list, variable }: VariableParts, node: ReturnType<NodeList["add"]>): void {
  list.wire(list.source(variable), node);
  if (widget.isWriting) list.wire(node, list.target(variable));
}

function addNative(parts: VariableParts, type: string, fields: Record<string, unknown>): void {
  const { widget, list, common, id } = parts;
  connect(parts, list.add("widget", type, { ...common, label: labelOf(widget), ...topic, ...fields }, id));
}

const topic = { topic: "topic", topicType: "msg" } as const;
/** A value that comes in must not go out again. */
const noLoop = { passthru: false } as const;

/** Adds a switch; `fields` change what it is on default. */
export function addSwitch(parts: VariableParts, fields: Record<string, unknown>): void {
  addNative(parts, "ui-switch", {
    ...noLoop,
    ...{ decouple: false, style: "", layout: "row-spread", clickableArea: "switch" },
    ...{ onvalue: true, onvalueType: "bool", onicon: "", oncolor: "" },
    ...{ offvalue: false, offvalueType: "bool", officon: "", offcolor: "" },
    ...fields,
  });
}

/** Adds a lamp that nobody can switch, with its colour when it is off. */
export function addLamp(parts: VariableParts, offcolor: string): void {
  const { palette: number = 1 } = parts.widget.options;
  const oncolor = palette[(number + palette.length - 1) % palette.length] ?? green;
  const look = { clickableArea: "none", onicon: "circle", officon: "circle", oncolor, offcolor };
  addSwitch({ ...parts, widget: { ...parts.widget, isWriting: false } }, look);
}

/** Returns the range that a widget works in: its own, else that of its variable, else a usual one. */
function rangeOf({ widget: { options }, variable }: VariableParts, usual: { min: number; max: number }): typeof usual {
  const min = options.min ?? variable.min ?? usual.min;
  const max = options.max ?? variable.max ?? Math.max(usual.max, min + 1);
  return max > min ? { min, max } : { min, max: min + 1 };
}

function stepOf({ widget: { options }, variable }: VariableParts): number {
  const step = options.step !== undefined && options.step > 0 ? options.step : 1;
  return shapeOf(variable.type) === "integer" ? Math.max(1, Math.round(step)) : step;
}

/** Adds a slider. */
export function addSlider(parts: VariableParts): void {
  const { widget, list, common, id, variable } = parts;
  const look = { thumbLabel: "true", showTicks: "false", iconPrepend: "", iconAppend: "", color: "", colorTrack: "" };
  const fields = { ...noLoop, ...topic, ...look, colorThumb: "", tooltip: "", showTextField: false, outs: "all" };
  const range = { ...rangeOf(parts, { min: 0, max: 100 }), step: stepOf(parts) };
  const slider = list.add("widget", "ui-slider", { ...common, label: labelOf(widget), ...fields, ...range }, id);
  // A slider that sends at the end of a drag sends nothing by keyboard: it sends all, and the last one goes on.
  const pause = list.add("pause", "trigger", {
    name: list.context.texts.flow("pause"),
    ...{ op1: "", op2: "", op1type: "nul", op2type: "payl", duration: "250", extend: true, overrideDelay: false },
    ...{ units: "ms", reset: "", bytopic: "all", topic: "topic", outputs: 1 },
  });
  list.wire(list.source(variable), slider);
  list.wire(slider, pause);
  list.wire(pause, list.target(variable));
}

const inputLook = {
  tooltip: "",
  clearable: false,
  icon: "",
  iconPosition: "left",
  iconInnerPosition: "inside",
} as const;

/** Returns the limits of a number that is typed in, and its step. */
export function numberRange(parts: VariableParts): { min: number; max: number; step: number } {
  const isInteger = shapeOf(parts.variable.type) === "integer";
  const most = isInteger ? { min: -2_147_483_648, max: 2_147_483_647 } : { min: -1e12, max: 1e12 };
  return { ...rangeOf(parts, most), step: stepOf(parts) };
}

/** Adds a field for a whole number, with the milliseconds after which it sends. */
export function addNumberInput(parts: VariableParts, { delay, spinner }: { delay: number; spinner: string }): void {
  // Leaving the field would send what stands in it, typed or not; so it sends when the hand rests.
  const sending = { sendOnDelay: true, delay, sendOnBlur: false, sendOnEnter: false };
  addNative(parts, "ui-number-input", { ...noLoop, ...inputLook, ...sending, ...numberRange(parts), spinner });
}

/** Adds a field for a text, which sends when Enter is pressed. */
export function addTextInput(parts: VariableParts): void {
  const sending = { sendOnDelay: false, delay: 300, sendOnBlur: false, sendOnEnter: true, sendOnClear: false };
  addNative(parts, "ui-text-input", { ...noLoop, ...inputLook, ...sending, mode: "text" });
}

/** Returns the fields of a text that only shows. */
export function textFields(widget: PlannedWidget): Record<string, unknown> {
  const look = {
    layout: "col-center",
    style: false,
    font: "Helvetica",
    fontSize: 16,
    color: "#717171",
    wrapText: true,
  };
  return { label: labelOf(widget), format: "{{msg.payload}}", ...look };
}

/** Adds what only shows: a number with its unit, to three decimals; a text as it is, which the page would take for HTML. */
export function addValue({ widget, list, common, id, variable }: VariableParts): void {
  const { flow } = list.context.texts;
  const text = list.add(
    "widget",
    "ui-text",
    { ...common, ...textFields(widget), value: "payload", valueType: "msg" },
    id,
  );
  const unit = unitOf(variable.type);
  const isText = shapeOf(variable.type) === "text";
  const rule = isText ? plainTextRule : `$round(payload, 3)${unit === "" ? "" : ` & " ${unit}"`}`;
  const change = list.change(flow(isText ? "plain" : unit === "" ? "number" : "unit"), { payload: rule });
  list.wire(list.source(variable), change);
  list.wire(change, text);
}

/** JSONata that makes HTML of a text. */
const plainTextRule = '$replace($replace($string(payload), "&", "&amp;"), "<", "&lt;")';

/** Adds a gauge of a form. */
export function addGauge(parts: VariableParts, look: { gtype: string; gstyle: string; units: string }): void {
  const { widget, list, common, id, variable } = parts;
  const { min, max } = rangeOf(parts, { min: 0, max: 100 });
  const within = (widget.options.thresholds ?? []).filter(({ from }) => from <= max);
  // The first one has to cover the lowest values.
  const first = within.filter(({ from }) => from <= min).at(-1) ?? { from: min, color: primary };
  const segments = [{ ...first, from: min }, ...within.filter(({ from }) => from > min)];
  const sizes = { sizeThickness: 16, sizeGap: 4, sizeKeyThickness: 8, styleRounded: true, styleGlow: false };
  const title = { title: widget.name, alwaysShowTitle: false, floatingTitlePosition: "top-left" };
  const fields = { value: "payload", valueType: "msg", icon: "", prefix: "", suffix: "", segments, min, max };
  const gauge = list.add("widget", "ui-gauge", { ...common, ...look, ...title, ...fields, ...sizes }, id);
  list.wire(list.source(variable), gauge);
}

/** Returns the values of a list, as numbers where the variable has numbers. */
function offeredValues({ widget, variable }: VariableParts): { label: string; value: string | number }[] {
  const isText = shapeOf(variable.type) === "text";
  return (widget.options.values ?? []).map(({ label, value }) => {
    const number = Number(value);
    return { label, value: isText ? String(value) : Number.isFinite(number) ? number : value };
  });
}

function typeOf(value: string | number): "num" | "str" {
  return typeof value === "number" ? "num" : "str";
}

/** Adds a row of buttons, one for each value. */
export function addSelector(parts: VariableParts): void {
  const options = offeredValues(parts).map(({ label, value }) => ({
    label: escapeHtml(label),
    icon: "",
    value,
    valueType: typeOf(value),
    color: "#009933",
  }));
  addNative(parts, "ui-button-group", { ...noLoop, rounded: true, useThemeColors: true, options });
}

/** Adds a list to choose a value from. */
export function addDropdown(parts: VariableParts): void {
  const options = offeredValues(parts).map((one) => ({ ...one, type: typeOf(one.value) }));
  const look = { tooltip: "", multiple: false, chips: false, clearable: false, typeIsComboBox: false };
  addNative(parts, "ui-dropdown", { ...noLoop, ...look, options, payload: "", msgTrigger: "onChange" });
}
