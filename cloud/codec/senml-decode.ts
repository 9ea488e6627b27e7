import { CborReader, major } from "./cbor-reader";
import { isFiniteNumber } from "../core/json";
import { label, labelsByText, lowestBaseLabel } from "./senml-labels";
import type { PropertyValue, Scalar } from "./values";

/** A value that a message reported for one variable. */
export interface Reading {
  /** The variable name. */
  property: string;
  value: PropertyValue;
  /** The latest time (base time plus time) of its records as carried, in a unit that `senml-time.ts` tells. */
  time: number | undefined;
  /** Whether it holds an integer that JavaScript has no number for, so that its last digits are lost. */
  isRounded?: true;
}

/** The content of a message. */
export interface Decoded {
  /** One entry for each run of records of the same variable, in the order received. */
  readings: Reading[];
  /** How many records were dropped because they hold no usable name and value. Base records are not counted. */
  skipped: number;
  /** The variables of which a record has a name and no value at all; absent where there are none. */
  valueless?: ReadonlySet<string>;
}

/** Far more than a broker of this cloud relays, and little enough to be read in a few milliseconds. */
const maxPayloadBytes = 2 ** 20;

/** The tag that only says "this is CBOR" (RFC 8949, section 3.4.6). */
const selfDescribed = 55799;

/** Stands for any key that is no label: it is ignored, like an unknown label. */
const unknownLabel = -100;

/** Stands for an unknown label that ends in "_": its record must not be used (RFC 8428, section 4.4). */
const mandatoryLabel = -101;

/** The highest label; up to it the first byte of a key is the label itself. */
const highestLabel = label.data;

/**
 * Decodes the payload of a data topic: a SenML pack in CBOR, of protocol v1 (text labels), v2 (numbers) or with digits
 * as text (docs/protocol.md#senml). Records without usable name and value are dropped; consecutive records of one
 * variable make one reading, in which the last one wins (docs/protocol.md#components). NaN and infinite numbers are
 * given as they are.
 * @throws CloudError `invalid_value` where the bytes are not an array in well-formed CBOR, and nothing else
 */
export function decodeReadings(payload: Uint8Array): Decoded {
  const reader = new CborReader(payload, "SenML in CBOR");
  if (payload.length === 0) throw reader.error("it is empty");
  if (payload.length > maxPayloadBytes) {
    throw reader.error(`it has ${payload.length} bytes, more than ${maxPayloadBytes}`);
  }
  const pack = new Pack(reader);
  const first = readPackHead(reader);
  for (let left = reader.count(first, 1); reader.hasNext(left); left -= 1) pack.element(reader.byte());
  if (!reader.done) throw reader.error("it goes on after its end");
  const { readings, skipped, valueless } = pack;
  return valueless === undefined ? { readings, skipped } : { readings, skipped, valueless };
}

function readPackHead(reader: CborReader): number {
  let first = reader.byte();
  if (first >> 5 === major.tag) {
    const tag = reader.argument(first);
    if (tag !== selfDescribed) throw reader.error(`tag ${tag} stands in front of it`, 0);
    first = reader.byte();
  }
  if (first >> 5 !== major.array) throw reader.error("it does not begin with an array", reader.at - 1);
  return first;
}

/** The fields of one record, each undefined where it is missing or of the wrong type. The last of two wins. */
class PackFields {
  name: string | undefined;
  number: number | undefined;
  text: string | undefined;
  boolean: boolean | undefined;
  time: number | undefined;
  /** Whether the record supplies defaults to those that follow. */
  isBase = false;
  /** Whether the record has a name, or a value of any kind. */
  isValue = false;
  /** Whether the record has a label of a value, whatever stands there. */
  hasValue = false;
  /** Whether its number is an integer that JavaScript can't hold. */
  isRounded = false;
  /** Whether all that must be understood is. */
  isUsable = true;

  put(key: number, item: unknown): void {
    if (key === label.time) {
      if (isFiniteNumber(item)) this.time = item;
      return;
    }
    if (key === label.name) {
      this.name = typeof item === "string" ? item : undefined;
      this.isValue = true;
      return;
    }
    if (key === label.value) this.number = typeof item === "number" ? item : undefined;
    else if (key === label.text) this.text = typeof item === "string" ? item : undefined;
    else if (key === label.boolean) this.boolean = typeof item === "boolean" ? item : undefined;
    else if (key !== label.sum && key !== label.data) return;
    this.isValue = true;
    this.hasValue = true;
  }
}

/** The first byte of an integer is less. */
const firstOfNoInteger = major.bytes << 5;

/** One pass over the records of a pack. */
class Pack {
  readonly #reader: CborReader;
  readonly readings: Reading[] = [];
  skipped = 0;
  valueless: Set<string> | undefined;
  /** The reading that the latest record went into. */
  #latest: Reading | undefined;
  #baseTime: number | undefined;
  #prefix = "";

  constructor(reader: CborReader) {
    this.#reader = reader;
  }

  /** Reads one element of the pack, whose first byte is `first`. */
  element(first: number): void {
    if (first >> 5 === major.map) {
      this.#record(first);
    } else {
      this.#reader.scalar(first);
      this.skipped += 1;
    }
  }

  #record(first: number): void {
    const reader = this.#reader;
    const fields = new PackFields();
    for (let left = reader.count(first, 2); reader.hasNext(left); left -= 1) {
      const key = readLabel(reader);
      const firstOfItem = reader.byte();
      const item = reader.scalar(firstOfItem);
      if (key === label.value) fields.isRounded = firstOfItem < firstOfNoInteger && !Number.isSafeInteger(item);
      if (key >= 0) fields.put(key, item);
      else if (key === mandatoryLabel) fields.isUsable = false;
      else if (key !== unknownLabel) this.#base(key, item, fields);
    }
    const value = fields.number ?? fields.text ?? fields.boolean;
    if (fields.isUsable && fields.name && value !== undefined) {
      const reading = this.#add(this.#prefix + fields.name, value, this.#resolve(fields.time));
      if (fields.isRounded && reading !== undefined) reading.isRounded = true;
    } else if (!fields.isUsable || !fields.isBase || fields.isValue) {
      this.skipped += 1;
      if (fields.isUsable && fields.name && !fields.hasValue) this.#lacksValue(this.#prefix + fields.name);
    }
  }

  /**
   * Reads a base field, which holds for this record and all that follow, whatever their place in the record
   * (docs/protocol.md#time,
   * #base-records).
   */
  #base(key: number, item: unknown, fields: PackFields): void {
    fields.isBase = true;
    if (key === label.baseName) this.#prefix = prefixOf(item);
    else if (key === label.baseTime && isFiniteNumber(item)) this.#baseTime = item;
  }

  #lacksValue(name: string): void {
    const [variable = ""] = name.split(":", 1);
    if (variable !== "") (this.valueless ??= new Set()).add(variable);
  }

  #resolve(time: number | undefined): number | undefined {
    if (time === undefined || this.#baseTime === undefined) return time ?? this.#baseTime;
    return this.#baseTime + time;
  }

  /**
   * Splits a name and adds its value: text before the first colon is the variable, all after it the component, if any
   * (docs/protocol.md#components,
   * #names).
   */
  #add(name: string, value: Scalar, time: number | undefined): Reading | undefined {
    const colon = name.indexOf(":");
    if (colon < 0) return this.#put(name, undefined, value, time);
    const property = name.slice(0, colon);
    const component = name.slice(colon + 1);
    // A component of this name would reach a prototype as soon as somebody copies the object.
    if (property !== "" && component !== "__proto__") {
      return this.#put(property, component === "" ? undefined : component, value, time);
    }
    this.skipped += 1;
    return undefined;
  }

  #put(property: string, component: string | undefined, value: Scalar, time: number | undefined): Reading {
    const latest = this.#latest;
    if (latest?.property !== property) {
      const reading: Reading = { property, value: component === undefined ? value : { [component]: value }, time };
      this.#latest = reading;
      this.readings.push(reading);
      return reading;
    }
    if (component === undefined) latest.value = value;
    else if (typeof latest.value === "object") latest.value[component] = value;
    else latest.value = { [component]: value };
    if (time !== undefined && (latest.time === undefined || time > latest.time)) latest.time = time;
    return latest;
  }
}

/** Reads the key of a pair. The labels of all senders but v1 take one byte: 0 to 8 as such, -1 to -6 from 0x20 on. */
function readLabel(reader: CborReader): number {
  const first = reader.byte();
  if (first <= highestLabel) return first;
  const key = reader.scalar(first);
  if (typeof key === "string") return labelsByText.get(key) ?? labelOfUnknownText(key);
  const isLabel = first >> 5 <= major.negative && typeof key === "number";
  return isLabel && key >= lowestBaseLabel && key <= highestLabel ? key : unknownLabel;
}

function labelOfUnknownText(key: string): number {
  // A key such as __proto__ is somebody's mischief and no label.
  if (key.endsWith("_") && !key.startsWith("_")) return mandatoryLabel;
  return digitsAsText.get(key) ?? unknownLabel;
}

/** Labels as the digits that a JavaScript object turns numeric keys into (docs/protocol.md#labels). */
const digitsAsText: ReadonlyMap<string, number> = new Map(
  [...labelsByText.values()].map((number) => [String(number), number]),
);

/**
 * Returns the part of a base name that stands before names: one that ends in a colon and is no device identity
 * (docs/protocol.md#base-names).
 */
function prefixOf(item: unknown): string {
  return typeof item === "string" && item.endsWith(":") && !item.startsWith("urn:") ? item : "";
}
