import { types } from "node:util";
import { isFiniteNumber } from "../core/json";
import { parseIsoTime } from "../core/iso-time";
import { toMs } from "../codec/senml-time";
import type { Scalar } from "../codec/values";
import type { ScalarFormat } from "./table";
import { hasLoneSurrogate } from "../core/text";

/** Optional sign, digits, fraction, exponent. Neither hexadecimal nor "Infinity". */
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
/** Above this a time is in milliseconds, or in still smaller parts of a second (docs/protocol.md#time). */
const mostSeconds = 1e11;
const maxUint32 = 2 ** 32 - 1;

const words: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["on", true],
  ["1", true],
  ["false", false],
  ["off", false],
  ["0", false],
]);

const converters: Readonly<Record<ScalarFormat, (given: unknown) => Scalar | undefined>> = {
  float: toNumber,
  int32: (given) => toInteger(given, -(2 ** 31), 2 ** 31 - 1),
  uint32: (given) => toInteger(given, 0, maxUint32),
  time: toTime,
  localTime: toSeconds,
  boolean: toBoolean,
  string: toText,
};

/** The values that each format expects, for errors. */
export const expectations: Readonly<Record<ScalarFormat, string>> = {
  float: "a finite number, or one as decimal text",
  int32: "a whole number from -2147483648 to 2147483647",
  uint32: "a whole number from 0 to 4294967295",
  time: "a time in whole seconds since 1970 (0 to 4294967295), in milliseconds, as ISO 8601 text or as a Date",
  localTime:
    "the thing's local time in whole seconds since 1970 (0 to 4294967295), such as 1767254400 for 8:00 on 2026-01-01,",
  boolean: "true or false (also 1, 0, on, off)",
  string: "a text, a finite number or a boolean",
};

/** Converts what a flow gives to a scalar of a format; undefined where it can't. */
export function convertScalar(format: ScalarFormat, given: unknown): Scalar | undefined {
  return converters[format](given);
}

function toNumber(given: unknown): number | undefined {
  const text = typeof given === "string" ? given.trim() : undefined;
  const number = text !== undefined && decimal.test(text) ? Number(text) : given;
  return isFiniteNumber(number) ? number : undefined;
}

function toInteger(given: unknown, lowest: number, highest: number): number | undefined {
  const number = toNumber(given);
  return Number.isInteger(number) && number !== undefined && number >= lowest && number <= highest ? number : undefined;
}

/** Reads a time as seconds. Dates come from function nodes, whose `Date` is another than ours. */
function toTime(given: unknown): number | undefined {
  if (types.isDate(given)) return secondsOf(given.getTime());
  const text = typeof given === "string" ? given.trim() : "";
  const written = decimal.test(text) ? NaN : parseIsoTime(text);
  return Number.isFinite(written) ? secondsOf(written) : toSeconds(given);
}

/** Reads a number as seconds; milliseconds and smaller units are known by their size. */
function toSeconds(given: unknown): number | undefined {
  const number = toNumber(given);
  const ms = number !== undefined && number > mostSeconds ? toMs(number) : undefined;
  return ms === undefined ? toInteger(number, 0, maxUint32) : secondsOf(ms);
}

function secondsOf(ms: number): number | undefined {
  return toInteger(Math.floor(ms / 1_000), 0, maxUint32);
}

function toBoolean(given: unknown): boolean | undefined {
  if (typeof given === "boolean") return given;
  if (typeof given === "string") return words.get(given.toLowerCase());
  if (given === 1) return true;
  return given === 0 ? false : undefined;
}

function toText(given: unknown): string | undefined {
  if (typeof given === "boolean" || isFiniteNumber(given)) return String(given);
  return typeof given === "string" && !hasLoneSurrogate(given) ? given : undefined;
}
