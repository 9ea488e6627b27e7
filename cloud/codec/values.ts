/** One value as it travels in a record: SenML `v`, `vs` or `vb`. */
export type Scalar = number | string | boolean;

/** The components of a multi-value variable by name, such as `{ hue, sat, bri }`. */
export type Components = Record<string, Scalar>;

/** The value of a variable. */
export type PropertyValue = Scalar | Components;
