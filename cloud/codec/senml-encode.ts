import { CloudError } from "../core/errors";
import { CborWriter } from "./cbor-writer";
import { label } from "./senml-labels";
import type { PropertyValue, Scalar } from "./values";
import { hasLoneSurrogate } from "../core/text";

/** A value to be written to one variable. */
export interface Write {
  /** The variable name. */
  property: string;
  value: PropertyValue;
  /** Milliseconds since 1970, carried as base time; left out where undefined. */
  time?: number;
  /** Base name for the first record. No client of this cloud needs one (docs/protocol.md#base-names). */
  baseName?: string;
}

/** Whole numbers up to here are written as integers, as the official clients do (docs/protocol.md#senders). */
const maxSafeInteger = 2 ** 53;

/**
 * Encodes the value of one variable for a data topic: SenML in CBOR, protocol v2, the bytes of Arduino's own
 * JavaScript client (docs/protocol.md#senders).
 * @throws CloudError `invalid_value` for a name or value that the format can't carry: NaN, infinite numbers, empty or
 * nested objects, lone surrogates, anything that is not a number, text or boolean
 */
export function encodeWrite(write: Write): Buffer {
  return encodePack([write]);
}

/** Encodes the values of several variables as one pack. Throws as `encodeWrite`. */
export function encodePack(writes: readonly Write[]): Buffer {
  const records = writes.flatMap(toRecords);
  const writer = new CborWriter();
  writer.array(records.length);
  for (const record of records) writeRecord(writer, record);
  return writer.bytes();
}

interface Record {
  name: string;
  value: Scalar;
  baseTime?: number | undefined;
  baseName?: string | undefined;
}

function toRecords(write: Write): Record[] {
  const { property, value } = write;
  if (typeof property !== "string" || property === "" || property.includes(":") || hasLoneSurrogate(property)) {
    throw refuse(property, "a variable name is a text without a colon");
  }
  if (write.time !== undefined && !Number.isFinite(write.time)) throw refuse(property, "its time is not finite");
  const records =
    typeof value === "object"
      ? toComponents(property, value).map(([component, scalar]) => ({
          name: `${property}:${component}`,
          value: checked(property, scalar, component),
        }))
      : [{ name: property, value: checked(property, value) }];
  return records.map((record, index) =>
    index === 0 ? { ...record, baseTime: write.time, baseName: write.baseName } : record,
  );
}

function toComponents(property: string, value: unknown): [string, unknown][] {
  const components = value === null ? [] : Object.entries(value as object);
  if (components.length === 0) throw refuse(property, "it holds no value");
  for (const [name] of components) {
    if (name === "" || name.includes(":") || hasLoneSurrogate(name)) {
      throw refuse(property, "a component name is a text without a colon");
    }
  }
  return components;
}

function checked(property: string, value: unknown, component?: string): Scalar {
  const what = component === undefined ? "it" : `its component ${component}`;
  if (typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw refuse(property, `${what} is not a finite number`);
    return value;
  }
  if (typeof value !== "string") throw refuse(property, `${what} is neither number, text nor boolean`);
  if (hasLoneSurrogate(value)) throw refuse(property, `${what} holds half of a character (a lone surrogate)`);
  return value;
}

function writeRecord(writer: CborWriter, record: Record): void {
  const { name, value, baseTime, baseName } = record;
  writer.map(2 + (baseTime === undefined ? 0 : 1) + (baseName === undefined ? 0 : 1));
  writer.integer(label.name);
  writer.text(name);
  if (typeof value === "number") {
    writer.integer(label.value);
    writeNumber(writer, value);
  } else if (typeof value === "string") {
    writer.integer(label.text);
    writer.text(value);
  } else {
    writer.integer(label.boolean);
    writer.boolean(value);
  }
  if (baseTime !== undefined) {
    writer.integer(label.baseTime);
    writeNumber(writer, baseTime);
  }
  if (baseName !== undefined) {
    writer.integer(label.baseName);
    writer.text(baseName);
  }
}

function writeNumber(writer: CborWriter, value: number): void {
  if (Number.isInteger(value) && Math.abs(value) <= maxSafeInteger) writer.integer(value);
  else writer.float(value);
}

function refuse(property: unknown, why: string): CloudError {
  const name = typeof property === "string" ? property.slice(0, 64) : typeof property;
  return new CloudError("invalid_value", `The value for "${name}" can't be sent: ${why}.`);
}
