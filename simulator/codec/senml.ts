/**
 * The simulator's own SenML over CBOR (RFC 8428 as the Arduino Cloud uses it: docs/protocol.md#senml). It shares no
 * code with the package under test: the two sides meet only on the wire.
 */
import { decode, encode, encodedNumber, getEncoded, unbox } from "cbor2";

/** One component of a value as SenML carries it. */
export type SenmlScalar = number | string | boolean;

/** A value of a variable: a scalar, or the components of a multi-value type (docs/protocol.md#components). */
export type SenmlValue = SenmlScalar | Record<string, SenmlScalar>;

/** A value that a message brought. */
export interface SenmlReading {
  /** The variable's name: the text before the first colon. */
  variable: string;
  value: SenmlValue;
  /** Milliseconds since 1970, where the message carried a usable time. */
  time?: number;
  /** The components whose numbers travelled as floats although whole, `""` for a plain value; only where asked for. */
  wholeFloats?: ReadonlySet<string>;
}

/** A value to be written. */
export interface SenmlEntry {
  variable: string;
  value: SenmlValue;
  /**
   * Whether whole numbers travel as floats too, or the components for which they do, `""` for a plain value (not in
   * profile `js`).
   */
  float?: boolean | ReadonlySet<string>;
}

/**
 * A kind of sender (docs/protocol.md#senders). `cloud`: base time in float64 seconds first. `cpp`: indefinite array,
 * float32. `python`: float64, half-float NaN and infinities, components in random order. `js`: base time in
 * milliseconds on the first record of each variable, whole numbers as integers.
 */
export type SenmlProfile = "cloud" | "cpp" | "python" | "js";

interface SenmlWriteOptions {
  /** Milliseconds since 1970. Default for `cloud` and `js`: now; for the others: no time. `null`: no time. */
  time?: number | null;
  /** Profile `cloud`: put the base time in a record of its own, without a value (docs/protocol.md#base-records). */
  baseRecord?: boolean;
  /** A number in [0, 1): the order of components in profile `python`. */
  random?: () => number;
}

/** Integer labels (docs/protocol.md#labels). */
const label = { baseName: -2, baseTime: -3, name: 0, number: 2, text: 3, bool: 4, time: 6 } as const;

type Field = keyof typeof label;

/** The label of each key: version 2 labels, their text digits and version 1 text labels (docs/protocol.md#labels). */
const fieldOf = new Map<string, Field>([
  ...Object.entries(label).map(([field, key]): [string, Field] => [String(key), field as Field]),
  ["bn", "baseName"],
  ["bt", "baseTime"],
  ["n", "name"],
  ["v", "number"],
  ["vs", "text"],
  ["vb", "bool"],
  ["t", "time"],
]);

/** The type a field's value must have; a field of another type counts as absent. */
const typeOf: Record<Field, "string" | "number" | "boolean"> = {
  baseName: "string",
  baseTime: "number",
  name: "string",
  number: "number",
  text: "string",
  bool: "boolean",
  time: "number",
};

type SenmlRecord = Partial<Record<Field, SenmlScalar>>;

/** A scalar on its way into a reading. */
interface Item {
  value: SenmlScalar;
  isWholeFloat: boolean;
}

/** The first byte of a float is this or one of the two that follow: half, single and double precision. */
const firstFloatByte = 0xf9;

/** Below this a resolved time is relative to now (RFC 8428 4.5.3), which nobody here uses (docs/protocol.md#time). */
const relativeTime = 2 ** 28;

/**
 * Returns the milliseconds since 1970 of a resolved SenML time, by its magnitude (docs/protocol.md#time): above 1e17
 * nanoseconds, above 1e14 microseconds, above 1e11 milliseconds, otherwise seconds. `undefined` for a time that says
 * nothing.
 */
export function timeByMagnitude(time: number): number | undefined {
  if (!Number.isFinite(time) || time < relativeTime) return undefined;
  if (time > 1e17) return time / 1e6;
  if (time > 1e14) return time / 1e3;
  if (time > 1e11) return time;
  return time * 1e3;
}

function readRecord(item: unknown): SenmlRecord {
  const record: SenmlRecord = {};
  if (!(item instanceof Map)) return record;
  for (const [key, raw] of item as Map<unknown, unknown>) {
    if (typeof key !== "number" && typeof key !== "string") continue;
    const field = fieldOf.get(String(key));
    const value = typeof raw === "bigint" ? Number(raw) : raw;
    if (field !== undefined && typeof value === typeOf[field]) record[field] = value as SenmlScalar;
  }
  return record;
}

/**
 * Joins base name and name. A base name is a prefix only where it ends with a colon; others are device identities
 * (docs/protocol.md#base-names).
 */
function fullName(baseName: string, name: string): string {
  return baseName.endsWith(":") && !baseName.startsWith("urn:") ? baseName + name : name;
}

/** Adds a value to the readings: into the last one where it is another component of the same variable. */
function collect(readings: SenmlReading[], name: string, item: Item, time: number | undefined): void {
  const { value, isWholeFloat } = item;
  const colon = name.indexOf(":");
  const variable = colon < 0 ? name : name.slice(0, colon);
  const component = colon < 0 ? undefined : name.slice(colon + 1);
  if (variable === "") return;
  let reading = readings.at(-1);
  if (reading?.variable !== variable) {
    reading = { variable, value };
    readings.push(reading);
  }
  if (time !== undefined) reading.time = Math.max(time, reading.time ?? 0);
  if (isWholeFloat) reading.wholeFloats = new Set([...(reading.wholeFloats ?? []), component ?? ""]);
  if (component === undefined) {
    reading.value = value;
    return;
  }
  const components = typeof reading.value === "object" ? reading.value : (Object.create(null) as typeof reading.value);
  reading.value = { ...(components as Record<string, SenmlScalar>), [component]: value };
}

/**
 * Decodes the values of a SenML pack, in the order of the bytes; components of one variable that follow each other come
 * as one object (docs/protocol.md#components), and base records without a value only set their base fields
 * (docs/protocol.md#base-records).
 * @param options.wholeFloats tells too which whole numbers were floats on the wire, at some cost
 * @throws Error where the bytes are not one well-formed CBOR array
 */
export function decodeSenml(payload: Uint8Array, options: { wholeFloats?: boolean } = {}): SenmlReading[] {
  const boxed = options.wholeFloats ?? false;
  const pack: unknown = decode(payload, { preferMap: true, maxDepth: 16, boxed });
  if (!Array.isArray(pack)) throw new Error("A SenML pack must be a CBOR array.");
  const readings: SenmlReading[] = [];
  let baseName = "";
  let baseTime: number | undefined;
  for (const item of pack) {
    const record = readRecord(boxed ? unbox(item) : item);
    if (record.baseName !== undefined) baseName = String(record.baseName);
    if (record.baseTime !== undefined) baseTime = Number(record.baseTime);
    const value = record.number ?? record.text ?? record.bool;
    if (record.name === undefined || record.name === "" || value === undefined) continue;
    const time = timeByMagnitude((baseTime ?? 0) + Number(record.time ?? 0));
    const isWholeFloat = boxed && Number.isInteger(record.number) && isFloat(item);
    collect(readings, fullName(baseName, String(record.name)), { value, isWholeFloat }, time);
  }
  return readings;
}

/** Returns whether the number of a record, in cbor2's boxes, is a float on the wire. */
function isFloat(record: unknown): boolean {
  for (const [key, value] of record instanceof Map ? (record as Map<unknown, unknown>) : []) {
    if (fieldOf.get(String(key)) === "number") return (getEncoded(value)?.[0] ?? 0) >= firstFloatByte;
  }
  return false;
}

/** Returns a number in the form its sender uses (docs/protocol.md#senders). */
function writeNumber(value: number, profile: SenmlProfile, float: boolean): unknown {
  if (profile === "python" && !Number.isFinite(value)) return encodedNumber(value, "f16");
  const integral = Number.isSafeInteger(value);
  if (integral && (profile === "js" || !float)) return value + 0; // -0 leaves as 0
  return profile === "cpp" ? encodedNumber(Math.fround(value), "f32") : encodedNumber(value, "f64");
}

function writeScalar(value: SenmlScalar, profile: SenmlProfile, float: boolean): [number, unknown] {
  if (typeof value === "boolean") return [label.bool, value];
  if (typeof value === "string") return [label.text, value];
  return [label.number, writeNumber(value, profile, float)];
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** Returns the records of one variable: one, or one per component (docs/protocol.md#components). */
function recordsOf(entry: SenmlEntry, profile: SenmlProfile, random: () => number): Map<number, unknown>[] {
  const { variable, value, float = false } = entry;
  const isFloat = (component: string): boolean => (typeof float === "boolean" ? float : float.has(component));
  if (typeof value !== "object") return [new Map([[label.name, variable], writeScalar(value, profile, isFloat(""))])];
  const components = Object.entries(value);
  const ordered = profile === "python" ? shuffled(components, random) : components;
  return ordered.map(
    ([component, part]) =>
      new Map<number, unknown>([
        [label.name, `${variable}:${component}`],
        writeScalar(part, profile, isFloat(component)),
      ]),
  );
}

/** Puts the time where the sender of this profile puts it. */
function stamp(packs: Map<number, unknown>[][], profile: SenmlProfile, time: number, baseRecord: boolean): void {
  if (profile === "js") {
    for (const records of packs) records[0]?.set(label.baseTime, Math.trunc(time));
  } else if (profile === "cpp") {
    for (const record of packs.flat()) record.set(label.time, Math.trunc(time / 1000));
  } else {
    const base = new Map<number, unknown>([[label.baseTime, encodedNumber(time / 1000, "f64")]]);
    const first = packs[0]?.shift();
    if (first === undefined) return;
    packs[0]?.unshift(...(baseRecord ? [base, first] : [new Map([...base, ...first])]));
  }
}

/** Encodes a SenML pack as a sender of `profile` writes it (docs/protocol.md#senders). */
export function encodeSenml(
  entries: readonly SenmlEntry[],
  profile: SenmlProfile,
  options: SenmlWriteOptions = {},
): Uint8Array {
  const packs = entries.map((entry) => recordsOf(entry, profile, options.random ?? Math.random));
  const usual = profile === "cloud" || profile === "js" ? Date.now() : null;
  const time = options.time === undefined ? usual : options.time;
  if (time !== null) stamp(packs, profile, time, options.baseRecord ?? false);
  const records = packs.flat();
  if (profile !== "cpp") return encode(records);
  return Buffer.concat([Buffer.of(0x9f), ...records.map((record) => encode(record)), Buffer.of(0xff)]);
}
