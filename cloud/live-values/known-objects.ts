import { isPlainObject, parseJson } from "../core/json";
import type { Components, PropertyValue } from "../codec/values";
import { storedValue } from "../property-types/fingerprint";
import { isWhole, propertyTypes } from "../property-types/index";
import type { Property } from "../rest/models";

/** A value that is known, and since when, in milliseconds since 1970. */
interface Known {
  value: Components;
  at: number;
}

/** Far more than a space has; what anybody may publish must not fill the memory. */
const maxVariables = 50_000;
const maxComponents = 256;

/**
 * The last known values of multi-value variables, whoever wrote them and whichever way. What leaves components out is
 * merged into them, as boards do (docs/protocol.md#components).
 */
export class KnownObjects {
  readonly #known = new Map<string, Known>();
  readonly #now: () => number;
  readonly #property: (thingId: string, variable: string) => Property | undefined;

  /**
   * @param options `now` is the cloud's time in milliseconds since 1970; `property` tells what the cloud holds of a
   *   variable as far as it is remembered, and asks nobody
   */
  constructor(options: { now: () => number; property?: (thingId: string, variable: string) => Property | undefined }) {
    this.#now = options.now;
    this.#property = options.property ?? (() => undefined);
  }

  /** Returns the last known value; undefined where there is none. */
  get(thingId: string, variable: string): Components | undefined {
    return this.#latest(keyOf(thingId, variable), this.#property(thingId, variable));
  }

  /** Returns a value that came, completed from the last known one, and keeps that. */
  complete(thingId: string, variable: string, value: Components): Components {
    const property = this.#property(thingId, variable);
    const key = keyOf(thingId, variable);
    const whole = isWhole(property?.type, value) ? value : mergeInto(this.#latest(key, property), value);
    this.#keep(key, { value: whole, at: this.#now() });
    return whole;
  }

  /** Notes a whole value, unless a newer one is known. */
  note(thingId: string, variable: string, value: PropertyValue, at = this.#now()): void {
    const key = keyOf(thingId, variable);
    const components = componentsOf(value);
    const known = this.#known.get(key);
    if (components !== undefined && (known === undefined || at >= known.at)) this.#keep(key, { value: components, at });
  }

  /** Forgets everything. */
  clear(): void {
    this.#known.clear();
  }

  #latest(key: string, property: Property | undefined): Components | undefined {
    const seen = this.#known.get(key);
    const held = property && heldBy(property);
    const known = seen === undefined || (held !== undefined && held.at > seen.at) ? held : seen;
    return known && ofType(known.value, property?.type);
  }

  #keep(key: string, known: Known): void {
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size <= maxVariables) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      break;
    }
  }
}

function keyOf(thingId: string, variable: string): string {
  return `${thingId}/${variable}`;
}

/** Returns the parts of a value together with what is known of the others; the value itself where that adds nothing. */
function mergeInto(known: Components | undefined, value: Components): Components {
  if (known === undefined || Object.keys(known).every((name) => Object.hasOwn(value, name))) return value;
  const whole = { ...known, ...value };
  return Object.keys(whole).length > maxComponents ? value : whole;
}

/** Returns what the cloud holds of a variable, in the form in which it comes live. */
function heldBy({ type, last_value: value, value_updated_at: time }: Property): Known | undefined {
  const at = Date.parse(time ?? "");
  const components = Number.isFinite(at) ? componentsOf(storedValue(type, value)) : undefined;
  return components && { value: components, at };
}

function componentsOf(value: unknown): Components | undefined {
  const given = typeof value === "string" ? parseJson(value) : value;
  return isPlainObject(given) ? (given as Components) : undefined;
}

/** Leaves out what a type of before had and this one has not: the variable may have been made anew. */
function ofType(value: Components, type: string | undefined): Components {
  const format = type === undefined ? undefined : propertyTypes.get(type)?.format;
  if (typeof format !== "object") return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => Object.hasOwn(format, name)));
}
