import { tidyValue } from "../../cloud/codec/float32";
import { propertyTypes } from "../../cloud/property-types/index";
import { isoTime } from "../../cloud/core/text";

/** How much of a value stands under a node. */
const maxStatusLength = 24;

/** A value with what tells people about it. */
export interface ShownValue {
  value: unknown;
  /** Milliseconds since 1970; undefined where none is known. */
  timestamp: number | undefined;
  /** The variable's type, as far as it is known. */
  type: string | undefined;
  /** The variable, where the node is about several; else blank. */
  name: string;
}

/** Writes a value as people read it: the parts of an object by name, numbers without the dust of float32. */
export function valueText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : partsOf(tidyValue(value));
}

/** Returns a text that is no longer than `most`; what is cut ends in "…". */
export function cutText(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** Writes a value with its unit and time, as it stands under a node: figures and symbols, the same in every language. */
export function valueLine({ value, timestamp, type = "", name }: ShownValue): string {
  const unit = propertyTypes.get(type)?.unit;
  const isTime = type === "TIME" && typeof value === "number";
  const text = isTime
    ? timeText(value * 1000)
    : cutText((valueText(value) ?? "–").replace(/\s+/g, " "), maxStatusLength);
  const words = [name, text, unit].filter(Boolean).join(" ");
  return timestamp === undefined ? words : `${words} · ${timeText(timestamp)}`;
}

/** Writes a time of today as hours and minutes, any other with its date, in the server's time zone. */
function timeText(timestamp: number): string {
  if (!(Math.abs(timestamp) < 8e15)) return String(timestamp);
  const local = (time: number): string => isoTime(time - new Date(time).getTimezoneOffset() * 60_000);
  const [date = "", time = ""] = local(timestamp).split("T");
  const clock = time.slice(0, 5);
  return local(Date.now()).startsWith(date) ? clock : `${date} ${clock}`;
}

function partsOf(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  const parts = Object.entries(value).map(([name, part]) => `${name} ${JSON.stringify(part)}`);
  return parts.join(", ");
}
