import { coerceValue } from "./coerce";
import { propertyTypes } from "./index";
import type { ComponentFormats, ValueFormat } from "./table";
import { isPlainObject } from "../core/json";

/**
 * Returns whether two values of a variable are the same after the conversion of its type: so a board that reports back
 * what was written to it confirms it. Floats are the same if they are the same float32, since boards compute in it
 * (docs/protocol.md#numbers). A value that the type does not take is compared as it is.
 */
export function sameValue(type: string | undefined, a: unknown, b: unknown): boolean {
  const format = type === undefined ? undefined : propertyTypes.get(type)?.format;
  const [one, other] = [converted(type, a), converted(type, b)];
  if (!isPlainObject(one) || !isPlainObject(other)) return sameScalar(one, other, format);
  const formats: ComponentFormats = typeof format === "object" ? format : {};
  return everyComponent(one, other, (left, right, name) => sameScalar(left, right, formats[name]));
}

/**
 * Returns whether a value differs from the last one (undefined: there was none), for flows that want changes only.
 * Numbers, also as components, differ if they are more than `deadband` apart.
 */
export function differs(last: unknown, value: unknown, deadband = 0): boolean {
  if (!isPlainObject(last) || !isPlainObject(value)) return scalarsDiffer(last, value, deadband);
  return !everyComponent(last, value, (one, other) => !scalarsDiffer(one, other, deadband));
}

function scalarsDiffer(last: unknown, value: unknown, deadband: number): boolean {
  if (Object.is(last, value)) return false;
  if (typeof last === "number" && typeof value === "number") return !(Math.abs(last - value) <= deadband);
  return last !== value;
}

function converted(type: string | undefined, value: unknown): unknown {
  try {
    return coerceValue(type, value, { variable: "" });
  } catch {
    return value;
  }
}

function sameScalar(a: unknown, b: unknown, format: ValueFormat | undefined): boolean {
  if (typeof a !== "number" || typeof b !== "number") return a === b;
  if (a === b || Object.is(a, b)) return true;
  const mayBeFloat = format === "float" || (format === undefined && !(Number.isInteger(a) && Number.isInteger(b)));
  const float = Math.fround(a);
  return mayBeFloat && Number.isFinite(float) && float === Math.fround(b);
}

/** Returns whether two objects have the same components, and `test` holds for each. */
function everyComponent(
  a: Record<string, unknown>,
  b: Record<string, unknown>,
  test: (left: unknown, right: unknown, name: string) => boolean,
): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && test(a[name], b[name], name))
  );
}
