import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One vector of well-formed SenML; JSON can't say NaN, infinite numbers and -0, so they stand as `{ float: text }`. */
interface SenmlVector {
  name: string;
  hex: string;
  /** What a subscriber receives: variable, value, time as carried, and in milliseconds. */
  readings: [property: string, value: unknown, carried: number | null, milliseconds: number | null][];
  /** What Arduino's own client was given to make these bytes. */
  writes?: [property: string, value: unknown, time: number | null, baseName: string | null][];
  /** Arduino's own clients disagree about it. */
  ambiguous?: true;
}

/** One payload that a decoder must survive. A pair in `bytes` is a hex string and how often it is repeated. */
interface MalformedVector {
  name: string;
  expect: "reject" | "skip-record" | "no-crash";
  bytes: (string | [string, number])[];
  deliver?: [property: string, value: unknown][];
}

function load(file: string): unknown {
  return JSON.parse(readFileSync(join(__dirname, "../../fixtures/senml", file), "utf8"));
}

export const senmlVectors = load("senml.json") as SenmlVector[];
export const malformedVectors = load("malformed.json") as MalformedVector[];

/** The payload of a malformed vector. */
export function malformedPayload(vector: MalformedVector): Buffer {
  return Buffer.from(
    vector.bytes.map((part) => (typeof part === "string" ? part : part[0].repeat(part[1]))).join(""),
    "hex",
  );
}

/** A value of a vector with its `{ float }` marks resolved. */
export function revive(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(revive);
  if ("float" in value) return Number(value.float);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revive(item)]));
}
