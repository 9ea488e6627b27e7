import { propertyTypes } from "../../cloud/property-types/index";

/** Forms of values, as far as widgets tell them apart; `unknown` for types that this version does not know. */
export type ValueShape =
  | "boolean"
  | "integer"
  | "number"
  | "text"
  | "time"
  | "color"
  | "colored-light"
  | "dimmed-light"
  | "location"
  | "schedule"
  | "object"
  | "unknown";

/** Which components tell a multi-value type from the others. */
const objectShapes: readonly (readonly [components: readonly string[], shape: ValueShape])[] = [
  [["lat", "lon"], "location"],
  [["swi", "hue"], "colored-light"],
  [["hue"], "color"],
  [["frm", "msk"], "schedule"],
];
const scalarShapes: Readonly<Record<string, ValueShape>> = {
  float: "number",
  int32: "integer",
  uint32: "integer",
  time: "time",
  localTime: "time",
  boolean: "boolean",
  string: "text",
  free: "object",
};

/** Returns the form of the values of a type of variables. */
export function shapeOf(type: string): ValueShape {
  const format = propertyTypes.get(type)?.format;
  if (format === undefined) return "unknown";
  if (typeof format === "string") return scalarShapes[format] ?? "unknown";
  const found = objectShapes.find(([components]) => components.every((name) => name in format));
  if (found !== undefined) return found[1];
  return Object.keys(format).join() === "swi,bri" ? "dimmed-light" : "object";
}

/** Returns the unit that goes with a type; blank where it has none. */
export function unitOf(type: string): string {
  return propertyTypes.get(type)?.unit ?? "";
}
