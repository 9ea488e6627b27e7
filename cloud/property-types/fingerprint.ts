import { tidyValue } from "../codec/float32";
import type { PropertyValue } from "../codec/values";
import { isPlainObject, parseJson } from "../core/json";
import { propertyTypes } from "./index";
import { convertScalar } from "./scalars";
import type { ScalarFormat } from "./table";

/**
 * Returns a stored value in the form in which it comes live: converted to its type, each component for itself (booleans
 * may be stored as 0 and 1: docs/protocol.md#value-formats), and with every float32 in its shortest form. What the type
 * does not take stays as it is.
 */
export function storedValue(type: string | undefined, stored: unknown): PropertyValue {
  const format = type === undefined ? undefined : propertyTypes.get(type)?.format;
  if (typeof format === "string" && format !== "free") return tidyValue(storedScalar(format, stored)) as PropertyValue;
  const parsed = typeof stored === "string" && format !== undefined ? parseJson(stored) : stored;
  if (!isPlainObject(parsed)) return tidyValue(stored) as PropertyValue;
  if (typeof format !== "object") return tidyValue(parsed) as PropertyValue;
  const names = [...Object.keys(format).filter((name) => Object.hasOwn(parsed, name)), ...Object.keys(parsed)];
  const components = names.map((name) => {
    const scalar = Object.hasOwn(format, name) ? format[name] : undefined;
    return [name, scalar === undefined ? parsed[name] : storedScalar(scalar, parsed[name])];
  });
  return tidyValue(Object.fromEntries(components)) as PropertyValue;
}

function storedScalar(format: ScalarFormat, stored: unknown): unknown {
  // Live, a time comes as its sender wrote it, in whatever unit.
  return convertScalar(format === "time" || format === "localTime" ? "uint32" : format, stored) ?? stored;
}

/** Values that the cloud puts in the place of components that a message leaves out (docs/protocol.md#components). */
const resets: Readonly<Record<ScalarFormat, unknown>> = {
  float: 0,
  int32: 0,
  uint32: 0,
  time: 0,
  localTime: 0,
  boolean: false,
  string: "",
};

/**
 * Returns a text that is the same for two values of a variable if and only if the cloud can't tell them apart: floats
 * count as float32 (docs/protocol.md#numbers), and missing components as reset (docs/protocol.md#components).
 */
export function fingerprint(type: string | undefined, value: unknown): string {
  const format = type === undefined ? undefined : propertyTypes.get(type)?.format;
  const given = storedValue(type, value);
  if (!isPlainObject(given)) return scalarPrint(typeof format === "string" ? format : undefined, given);
  const formats = typeof format === "object" ? format : undefined;
  const names = Object.keys(formats ?? given).sort();
  return JSON.stringify(
    names.map((name) => {
      const component = formats?.[name];
      const missing = component === undefined ? null : resets[component];
      return [name, scalarPrint(component, given[name] ?? missing)];
    }),
  );
}

function scalarPrint(format: ScalarFormat | "free" | undefined, value: unknown): string {
  if (typeof value !== "number" || format === "int32" || format === "uint32") return JSON.stringify(value ?? null);
  const mayBeFloat = format === "float" || !Number.isInteger(value);
  const float = Math.fround(value);
  return String(mayBeFloat && Number.isFinite(float) ? float : value);
}
