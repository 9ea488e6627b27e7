import { propertyTypeRows, type ScalarFormat, type TypeStatus, type ValueFormat } from "./table";

/** The JSON kind of a variable's value. */
type PropertyKind = "number" | "integer" | "boolean" | "string" | "object";

/** A type of variable. */
interface PropertyType {
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
  time: "integer",
  localTime: "integer",
  boolean: "boolean",
  string: "string",
};

/** Returns whether a value has all components that its type has; false where the type is not known. */
export function isWhole(type: string | undefined, value: object): boolean {
  const format = type === undefined ? undefined : propertyTypes.get(type)?.format;
  return typeof format === "object" && Object.keys(format).every((name) => Object.hasOwn(value, name));
}

/** Returns the kind of value that a type takes; undefined for a type that this version does not know. */
export function propertyKind(type: string): PropertyKind | undefined {
  const format = propertyTypes.get(type)?.format;
  if (format === undefined) return undefined;
  return typeof format === "object" || format === "free" ? "object" : kinds[format];
}
