import { propertyTypeRows, type ScalarFormat, type TypeStatus, type ValueFormat } from "./table";

/** The JSON kind of a variable's value. */
export type PropertyKind = "number" | "integer" | "boolean" | "string" | "object";

/** A type of variable. */
export interface PropertyType {
  type: string;
  format: ValueFormat;
  status: TypeStatus;
  /** The unit, where the name of the type gives one. */
  unit: string | undefined;
}

/** All types of variables by their API name (docs/protocol.md#types). */
export const propertyTypes: ReadonlyMap<string, PropertyType> = new Map(
  propertyTypeRows.map(([type, format, status, unit]) => [type, { type, format, status, unit }]),
);

const kinds: Readonly<Record<ScalarFormat, PropertyKind>> = {
  float: "number",
  int32: "integer",
  uint32: "integer",
  boolean: "boolean",
  string: "string",
};

/** Returns the kind of value that a type takes; undefined for a type that this version does not know. */
export function propertyKind(type: string): PropertyKind | undefined {
  const format = propertyTypes.get(type)?.format;
  if (format === undefined) return undefined;
  return typeof format === "object" || format === "free" ? "object" : kinds[format];
}

/**
 * Returns whether values of a type are floats, so that whole numbers too should be sent as such
 * (docs/protocol.md#numbers).
 */
export function isFloatType(type: string): boolean {
  return propertyTypes.get(type)?.format === "float";
}

/**
 * Returns what of a type's value goes out as float64 even when it is whole, as `encodeWrite` takes it: all, nothing, or
 * the components named.
 */
export function floatParts(type: string | undefined): boolean | readonly string[] {
  const format = type === undefined ? undefined : propertyTypes.get(type)?.format;
  if (typeof format !== "object") return format === "float";
  return Object.keys(format).filter((name) => format[name] === "float");
}
