import type { Components } from "./values";

/** Up to here a float32 (24 bits) times the power of ten fits a double exactly, so that rounding is right. */
const exactScales = [1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];

/** Any float32 is told apart from its neighbours by this many significant digits. */
const enoughDigits = 9;

/**
 * Returns the shortest decimal that rounds to the same float32, if `value` is a fraction that a float32 holds exactly:
 * 21.299999237060547 gives 21.3. Boards compute in float32 (docs/protocol.md#numbers). All other numbers are given as
 * they are.
 */
export function shortestFloat32(value: number): number {
  if (Number.isInteger(value) || !Number.isFinite(value) || Math.fround(value) !== value) return value;
  const size = Math.abs(value);
  for (const scale of exactScales) {
    const candidate = Math.round(size * scale) / scale;
    if (Math.fround(candidate) === size) return value < 0 ? -candidate : candidate;
  }
  for (let digits = 1; digits < enoughDigits; digits += 1) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(enoughDigits));
}

/**
 * Returns a value, from a message or from the JSON of the REST API, with every float32 in its shortest form: the number
 * itself, or each component of an object. Anything else comes back as it is. The value given is never changed.
 */
export function tidyValue<T>(value: T): T {
  if (typeof value === "number") return shortestFloat32(value) as T;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return tidyComponents(value as Components) as T;
}

function tidyComponents(components: Components): Components {
  let tidy = components;
  for (const name of Object.keys(components)) {
    const component = components[name];
    if (typeof component !== "number") continue;
    const shortest = shortestFloat32(component);
    // The spread also keeps a component of the name __proto__ an ordinary one.
    if (!Object.is(shortest, component)) tidy = { ...tidy, [name]: shortest };
  }
  return tidy;
}
