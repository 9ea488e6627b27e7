import type { LastValue, OverviewVariable } from "../admin/protocol";
import type { Translate } from "./translate";

type Part = Exclude<LastValue, object>;
type LastValueOf = Pick<OverviewVariable, "type" | "value" | "unit">;

/**
 * Say what a part of a value means, by its name on the wire (docs/protocol.md#types), the parts that matter most first,
 * since a line may end early; blank says nothing.
 */
const partWords: Readonly<Record<string, (part: Part, translate: Translate) => string | undefined>> = {
  swi: (part, translate) => switchWord(part, translate("value.on"), translate("value.off")),
  bri: (part, translate) => translate("value.brightness", { value: String(part) }),
  hue: (part, translate) => translate("value.hue", { value: String(part) }),
  sat: (part, translate) => translate("value.saturation", { value: String(part) }),
  vol: (part, translate) => translate("value.volume", { value: String(part) }),
  mut: (part, translate) => switchWord(part, translate("value.muted"), ""),
  cha: (part, translate) => translate("value.channel", { value: String(part) }),
  lat: String,
  lon: String,
  frm: (part, translate) => localTimeWords(part, (value) => translate("value.from", { value })),
  to: (part, translate) => localTimeWords(part, (value) => translate("value.to", { value })),
  len: (part, translate) => (part === 0 ? "" : translate("value.on-for", { value: String(part) })),
  msk: (part, translate) => switchWord(part !== 0, translate("value.repeated"), ""),
};

/**
 * Returns the last value of a variable in the editor's words, with its unit: "21.3 °C", "on, brightness 50 %", a time as
 * people of this browser write it; `undefined` where there is none yet. `translate` is that of the account's texts. Of an
 * object only the first `mostParts` are said.
 */
export function lastValueWords(
  { type, value, unit }: LastValueOf,
  translate: Translate,
  mostParts = Infinity,
): string | undefined {
  if (value === null || (type === "TIME" && value === 0)) return undefined;
  const words =
    typeof value === "object"
      ? objectWords(value, translate).slice(0, mostParts).join(", ") || "–"
      : scalarWords(type, value, translate);
  return unit === undefined ? words : `${words} ${unit}`;
}

function scalarWords(type: string, value: Part, translate: Translate): string {
  if (typeof value === "boolean") return value ? translate("value.true") : translate("value.false");
  return (type === "TIME" ? timeWords(value) : undefined) ?? String(value);
}

function objectWords(parts: Exclude<LastValue, Part>, translate: Translate): string[] {
  const known = Object.keys(partWords).filter((name) => Object.hasOwn(parts, name));
  const others = Object.keys(parts).filter((name) => !Object.hasOwn(partWords, name));
  const words = [...known, ...others].map((name) => {
    const part = parts[name] ?? "";
    const said = known.includes(name) ? partWords[name]?.(part, translate) : undefined;
    return said ?? `${name} ${String(part)}`;
  });
  return words.filter(Boolean);
}

/** Returns the word for on, or that for off; `undefined` for what is neither. */
function switchWord(part: Part, on: string, off: string): string | undefined {
  if (typeof part !== "boolean") return undefined;
  return part ? on : off;
}

/** Returns seconds since 1970 as a time; `undefined` for what is none. */
function timeWords(seconds: Part, timeZone?: string): string | undefined {
  const time = new Date(typeof seconds === "number" ? seconds * 1000 : NaN);
  return Number.isNaN(time.getTime()) ? undefined : time.toLocaleString([], { timeZone });
}

/** Returns a schedule's time, which the cloud counts in the board's own time zone; blank for none. */
function localTimeWords(seconds: Part, phrase: (time: string) => string): string | undefined {
  if (seconds === 0) return "";
  const time = timeWords(seconds, "UTC");
  return time === undefined ? undefined : phrase(time);
}
