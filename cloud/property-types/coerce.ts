import { CloudError } from "../core/errors";
import { type ComponentFormats, type ValueFormat } from "./table";
import { convertScalar, expectations } from "./scalars";
import { propertyTypes } from "./index";
import { describeValue, excerpt } from "../core/describe";
import { isPlainObject } from "../core/json";
import type { Components, PropertyValue, Scalar } from "../codec/values";
import { hasLoneSurrogate } from "../core/text";

/** The most text that one value may hold, in bytes of UTF-8. Arduino documents no limit; no board takes this much. */
export const maxTextBytes = 64 * 1024;

/** The most components of an object whose type does not fix them. */
const maxFreeComponents = 256;

/** The context of `coerceValue`. */
interface CoerceContext {
  /** The variable name, for the error. */
  variable: string;
  /** The last known value: a partial object is completed from it, because the cloud resets what is missing. */
  lastKnown?: unknown;
}

/**
 * Converts what a flow gives into the value that a type of variable takes (docs/protocol.md#numbers, #types).
 * A type that is unknown, or not given, takes any scalar and any flat object of scalars as it is.
 * @throws CloudError `invalid_value` where the value does not fit, `too_large` beyond `maxTextBytes` of text
 */
export function coerceValue(type: string | undefined, given: unknown, context: CoerceContext): PropertyValue {
  const refuse = (problem: string): CloudError => refusal(type, context.variable, problem);
  if (typeof given === "string" && given.length > maxTextBytes) throw tooLarge(type, context.variable);
  const format = type === undefined ? undefined : propertyTypes.get(type)?.format;
  const value = convert(format, given, context.lastKnown, refuse);
  if (textBytes(value) > maxTextBytes) throw tooLarge(type, context.variable);
  return value;
}

type Refuse = (problem: string) => CloudError;

function convert(format: ValueFormat | undefined, given: unknown, lastKnown: unknown, refuse: Refuse): PropertyValue {
  if (format === undefined) {
    const scalar = toScalar(given);
    return scalar === undefined ? toFreeObject(given, lastKnown, refuse) : scalar;
  }
  if (format === "free") return toFreeObject(fromText(given), lastKnown, refuse);
  if (typeof format === "object") return toObject(format, fromText(given), lastKnown, refuse);
  const scalar = convertScalar(format, given);
  if (scalar === undefined) throw refuse(`${describeValue(given)} was given, ${expectations[format]} is expected`);
  return scalar;
}

function toObject(formats: ComponentFormats, given: unknown, lastKnown: unknown, refuse: Refuse): Components {
  const names = Object.keys(formats);
  const entries = readObject(given);
  if (entries === undefined || entries.size === 0) {
    throw refuse(`${describeValue(given)} was given, an object with ${names.join(", ")} is expected`);
  }
  for (const name of entries.keys()) {
    if (!names.includes(name)) throw refuse(`it has no component ${excerpt(name)}, only ${names.join(", ")}`);
  }
  const last = readObject(fromText(lastKnown));
  const components: Components = {};
  const missing: string[] = [];
  for (const [name, format] of Object.entries(formats)) {
    const source: ReadonlyMap<string, unknown> | undefined = entries.has(name) ? entries : last;
    const component = convertScalar(format, source?.get(name));
    if (component !== undefined) components[name] = component;
    else if (source !== entries) missing.push(name);
    else {
      const what = describeValue(entries.get(name));
      throw refuse(`for its component ${name} ${what} was given, ${expectations[format]} is expected`);
    }
  }
  if (missing.length > 0) {
    throw refuse(`the components ${missing.join(", ")} are missing, and no last value is known to take them from`);
  }
  return components;
}

function toFreeObject(given: unknown, lastKnown: unknown, refuse: Refuse): Components {
  const entries = readObject(given);
  if (entries === undefined || entries.size === 0) {
    throw refuse(`${describeValue(given)} was given, an object with components is expected`);
  }
  if (entries.size > maxFreeComponents) {
    throw refuse(`it has ${entries.size} components, at most ${maxFreeComponents} are possible`);
  }
  const components = lastComponents(lastKnown);
  for (const [name, item] of entries) {
    if (!isComponentName(name)) throw refuse(`${JSON.stringify(excerpt(name))} can't be the name of a component`);
    const component = toScalar(item);
    if (component === undefined) {
      const what = describeValue(item);
      throw refuse(`for its component ${excerpt(name)} ${what} was given, a number, text or boolean is expected`);
    }
    components[name] = component;
  }
  return components;
}

/** Returns the usable components of the last known value of a free object. */
function lastComponents(lastKnown: unknown): Components {
  const components: Components = {};
  for (const [name, item] of readObject(fromText(lastKnown)) ?? []) {
    const component = toScalar(item);
    if (component !== undefined && isComponentName(name)) components[name] = component;
  }
  return components;
}

/**
 * Returns whether a text may be the name of a component. A colon divides names on the wire
 * (docs/protocol.md#components); `__proto__` would reach a prototype.
 */
function isComponentName(name: string): boolean {
  return name !== "" && name !== "__proto__" && !name.includes(":") && !hasLoneSurrogate(name);
}

/**
 * Reads the components of a plain object; undefined where it is none, or reading it fails (getters and proxies may
 * throw).
 */
function readObject(given: unknown): Map<string, unknown> | undefined {
  try {
    return isPlainObject(given) ? new Map(Object.entries(given)) : undefined;
  } catch {
    return undefined;
  }
}

/** Parses a text as JSON; anything that is no JSON text comes back as it is. */
function fromText(given: unknown): unknown {
  if (typeof given !== "string") return given;
  try {
    return JSON.parse(given) as unknown;
  } catch {
    return given;
  }
}

function toScalar(given: unknown): Scalar | undefined {
  if (typeof given === "boolean") return given;
  return convertScalar(typeof given === "number" ? "float" : "string", given);
}

function textBytes(value: PropertyValue): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (typeof value !== "object") return 0;
  return Object.entries(value).reduce(
    (bytes, [name, component]) =>
      bytes + Buffer.byteLength(name) + (typeof component === "string" ? Buffer.byteLength(component) : 0),
    0,
  );
}

function refusal(type: string | undefined, variable: string, problem: string): CloudError {
  const kind = type === undefined ? "type unknown" : excerpt(type);
  return new CloudError("invalid_value", `The value for "${variable}" (${kind}) can't be sent: ${problem}.`);
}

function tooLarge(type: string | undefined, variable: string): CloudError {
  const { message } = refusal(type, variable, `its text is longer than ${maxTextBytes} bytes of UTF-8`);
  return new CloudError("too_large", message);
}
