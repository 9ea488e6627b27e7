import { CloudError } from "../../cloud/core/errors";

/** The settings of a node as Node-RED hands them over: mostly text, since forms and `${ENV}` give text. */
export type RawSettings = Readonly<Record<string, unknown>>;

/** Reads a text, trimmed; `fallback` where it is missing or blank. */
export function readText(raw: RawSettings, field: string, fallback = ""): string {
  const value = raw[field];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "string") throw wrongSetting(field, value, "a text");
  return value.trim() === "" ? fallback : value.trim();
}

/** Reads one of `choices`; the first of them where the field is missing or blank. */
export function readChoice<T extends string>(raw: RawSettings, field: string, choices: readonly [T, ...T[]]): T {
  const text = readText(raw, field, choices[0]);
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw wrongSetting(field, text, `one of ${choices.join(", ")}`);
  return choice;
}

/** Reads a number from `lowest` up; `fallback` where the field is missing or blank. */
export function readNumber(raw: RawSettings, field: string, fallback: number, lowest: number): number {
  const value = raw[field];
  if (value === undefined || value === null || (typeof value === "string" && value.trim() === "")) return fallback;
  const number = typeof value === "number" ? value : Number(typeof value === "string" ? value : NaN);
  if (!Number.isFinite(number) || number < lowest) throw wrongSetting(field, value, `a number from ${lowest} up`);
  return number;
}

/** Reads a switch; `fallback` where the field is missing or blank. */
export function readFlag(raw: RawSettings, field: string, fallback = false): boolean {
  const value = raw[field];
  if (typeof value === "boolean") return value;
  if (value === undefined || value === null || value === "") return fallback;
  if (value === "true" || value === "false") return value === "true";
  throw wrongSetting(field, value, "true or false");
}

function wrongSetting(field: string, given: unknown, expected: string): CloudError {
  const shown = typeof given === "string" || typeof given === "number" ? String(given).slice(0, 80) : typeof given;
  return new CloudError("not_configured", `The setting "${field}" is "${shown}", but ${expected} is expected.`);
}
