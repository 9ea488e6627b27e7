/** One value as it travels in a record: SenML `v`, `vs` or `vb`. */
export type Scalar = number | string | boolean;

/** The components of a multi-value variable by name, such as `{ hue, sat, bri }`. */
export type Components = Record<string, Scalar>;

/** The value of a variable. */
export type PropertyValue = Scalar | Components;

/** Returns whether a flow can use a value: no number in it is infinite or none at all. */
export function isFiniteValue(value: PropertyValue): boolean {
  const parts = typeof value === "object" ? Object.values(value) : [value];
  return parts.every((part) => typeof part !== "number" || Number.isFinite(part));
}
