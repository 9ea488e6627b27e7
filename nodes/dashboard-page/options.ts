import { asRecord, isFiniteNumber } from "../../cloud/core/json";
import type { WidgetKind } from "./widget-table";

/** A value that a selector offers. */
interface OfferedValue {
  label: string;
  value: string | number;
}

/** The options of a widget, as far as they are understood. */
export interface WidgetOptions {
  min?: number;
  max?: number;
  step?: number;
  values?: OfferedValue[];
  /** The text of a note. */
  note?: string;
  /** The address of a picture: `https:` or `data:image/`. */
  picture?: string;
  /** From which value on which colour. */
  thresholds?: { from: number; color: string }[];
  /** The number of a palette, from "Color 2". */
  palette?: number;
  isStepped?: boolean;
  isReadOnly?: boolean;
  /** A time picker's: only the date, or only the time. */
  picks?: "date" | "time";
  /** The statistic of each property's history, by id. */
  aggregation?: Record<string, string>;
}

type OptionReader = (value: unknown) => WidgetOptions | undefined;

const numberReader =
  (name: "min" | "max" | "step"): OptionReader =>
  (value) => {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    return isFiniteNumber(number) ? { [name]: number } : undefined;
  };
const readPicture: OptionReader = (value) =>
  typeof value === "string" && /^(https:\/\/|data:image\/)/i.test(value) ? { picture: value } : undefined;
const readPalette: OptionReader = (value) => {
  const palette = typeof value === "string" ? /^color (\d{1,2})$/i.exec(value)?.[1] : undefined;
  return palette === undefined ? undefined : { palette: Number(palette) };
};
const readDisplay: OptionReader = (value) => {
  const [date, time] = [/date/i.test(String(value)), /time/i.test(String(value))];
  return date === time ? undefined : { picks: date ? "date" : "time" };
};
const readAggregation: OptionReader = (value) => {
  const given = Object.entries(asRecord(value) ?? {}).map(([id, one]) => [id, statisticOf(one)] as const);
  const known = given.filter(([, one]) => one !== "");
  return known.length === 0 ? undefined : { aggregation: Object.fromEntries(known) };
};

/** The statistics of history that a chart can draw. */
const drawnStatistics = ["AVG", "MIN", "MAX", "SUM", "COUNT"];

function statisticOf(value: unknown): string {
  const text = typeof value === "string" ? value.toUpperCase() : "";
  return drawnStatistics.includes(text) ? text : "";
}

/** Keys of options that have been seen, or are likely: how each is read. Data corrects this table, not the code. */
const readers: readonly (readonly [keys: readonly string[], read: OptionReader])[] = [
  [["min", "minValue", "minimum"], numberReader("min")],
  [["max", "maxValue", "maximum"], numberReader("max")],
  [["step"], numberReader("step")],
  [["mode"], readPalette],
  [["display"], readDisplay],
  [["aggregation"], readAggregation],
  [["interpolation"], (value) => (typeof value === "string" ? { isStepped: /step/i.test(value) } : undefined)],
  [["readOnly"], (value) => (typeof value === "boolean" ? { isReadOnly: value } : undefined)],
];
/** Keys that change nothing that a page could show, or say again what is known from elsewhere. */
const idleKeys: readonly string[] = [
  ...["showThing", "frameless", "showLabels", "vertical", "icon", "section", "created_by", "thingId", "properties"],
  "markersSettings",
];
/** Keys under which the text of a note is looked for first. */
const noteKeys: readonly string[] = ["note", "text", "content", "markdown", "value"];

/** Options by their shape, where nobody knows the key, for those kinds that have such. */
const shapeReaders: Partial<Record<WidgetKind, (options: Readonly<Record<string, unknown>>) => Found | undefined>> = {
  selector: findValues,
  dropdown: findValues,
  note: findNote,
  image: findPicture,
  gauge: findThresholds,
  percentage: findThresholds,
};

interface Found {
  key: string;
  options: WidgetOptions;
}

/** Reads the options of a widget that becomes that kind; `unknown` has the keys that were not understood. */
export function readOptions(
  kind: WidgetKind,
  given: Readonly<Record<string, unknown>>,
): { options: WidgetOptions; unknown: string[] } {
  const found = shapeReaders[kind]?.(given);
  const options: WidgetOptions = { ...found?.options };
  const unknown: string[] = [];
  for (const [key, value] of Object.entries(given)) {
    if (key === found?.key || idleKeys.includes(key) || isEmpty(value)) continue;
    const read = readers.find(([keys]) => keys.includes(key))?.[1];
    const understood = read?.(value);
    if (understood === undefined) unknown.push(key);
    // The first key of a row goes first.
    else Object.assign(options, { ...understood, ...options });
  }
  return { options, unknown };
}

/** Returns whether an option says nothing. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function findValues(options: Readonly<Record<string, unknown>>): Found | undefined {
  for (const [key, list] of Object.entries(options)) {
    if (!Array.isArray(list) || list.length === 0) continue;
    const values = list.map(offeredValue).filter((one) => one !== undefined);
    const unique = values.filter((one, index) => values.findIndex(({ value }) => value === one.value) === index);
    if (values.length === list.length) return { key, options: { values: unique } };
  }
  return undefined;
}

function offeredValue(entry: unknown): OfferedValue | undefined {
  if (isScalar(entry)) return { label: String(entry), value: entry };
  const { value, label, name, text } = asRecord(entry) ?? {};
  if (!isScalar(value)) return undefined;
  const given = [label, name, text].find((one) => typeof one === "string" && one !== "");
  return { label: typeof given === "string" ? given : String(value), value };
}

function isScalar(value: unknown): value is string | number {
  return typeof value === "string" || isFiniteNumber(value);
}

function findNote(options: Readonly<Record<string, unknown>>): Found | undefined {
  const texts = Object.entries(options).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const known = noteKeys.map((name) => texts.find(([key, text]) => key === name && text !== ""));
  const others = texts.filter(([key]) => !idleKeys.includes(key)).sort((a, b) => b[1].length - a[1].length);
  const best = known.find((entry) => entry !== undefined) ?? others[0];
  return best === undefined || best[1].trim() === "" ? undefined : { key: best[0], options: { note: best[1] } };
}

function findPicture(options: Readonly<Record<string, unknown>>): Found | undefined {
  const found = Object.entries(options).flatMap(([key, value]) => {
    const read = readPicture(value);
    return read === undefined ? [] : [{ key, options: read }];
  });
  return found[0];
}

function findThresholds(options: Readonly<Record<string, unknown>>): Found | undefined {
  for (const [key, list] of Object.entries(options)) {
    if (!Array.isArray(list) || list.length === 0) continue;
    const thresholds = list.map(thresholdOf).filter((one) => one !== undefined);
    if (thresholds.length === list.length)
      return { key, options: { thresholds: thresholds.sort((a, b) => a.from - b.from) } };
  }
  return undefined;
}

function thresholdOf(entry: unknown): { from: number; color: string } | undefined {
  const parts = Object.values(asRecord(entry) ?? {});
  const from = parts.find(isFiniteNumber);
  const color = parts.find((part): part is string => typeof part === "string" && /^#[0-9a-f]{6}$/i.test(part));
  return from === undefined || color === undefined ? undefined : { from, color };
}
