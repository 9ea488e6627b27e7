import { curves, scatter, type Curve } from "./curves";
import type { Property, Scope } from "../store/models";
import { Bulk } from "../store/bulk";
import { rfc3339, type Store } from "../store/store";

export interface HistoryOptions {
  /** The last minute, in milliseconds since 1970; now by default. */
  end?: number;
  /** Days before `end`; 365 by default. */
  days?: number;
  /** Milliseconds from one value to the next; a minute by default. */
  every?: number;
  /** Other seeds make other weather. */
  seed?: number;
  /** By variable name, in place of the usual ones. */
  curves?: Readonly<Partial<Record<string, Curve>>>;
}

const minute = 60_000;
const day = 86_400_000;

/** The ten variables of the garden and their types. */
const gardenTypes = {
  temperature: "TEMPERATURE_C",
  humidity: "PERCENTAGE_RELATIVE_HUMIDITY",
  pressure: "PRESSURE",
  light: "ILLUMINANCE",
  rain: "STATUS",
  soil_moisture: "PERCENTAGE",
  level: "PERCENTAGE",
  pump: "STATUS",
  battery: "ELECTRIC_POTENTIAL",
  open_count: "COUNT",
} as const satisfies Record<keyof typeof curves, string>;

/**
 * Puts a thing named "Garden" with ten variables into the store, and for each of them one value a minute: 5,256,000 in
 * a year, the same for the same options. The plan keeps them.
 * @param scope whose garden it is
 * @returns the id of the thing
 */
export function seedYear(store: Store, scope: Scope, options: HistoryOptions = {}): string {
  const { id } = store.createThing({ name: "Garden", timezone: "Europe/Rome" }, scope);
  for (const [name, type] of Object.entries(gardenTypes)) {
    store.createProperty(id, { name, variable_name: name, type, permission: "READ_ONLY" });
  }
  fillThing(store, id, options);
  return id;
}

/** Adds history to the variables of a thing whose names have a curve. */
export function fillThing(store: Store, thingId: string, options: HistoryOptions = {}): void {
  const { end = Date.now(), days = 365, every = minute, seed = 1, curves: chosen = curves } = options;
  const count = Math.round((days * day) / every);
  const last = Math.floor(end / every) * every;
  store.choices.retentionDays = Math.max(store.choices.retentionDays, days + 1);
  store.things.get(thingId)?.properties.forEach((property, index) => {
    const curve = (chosen as Readonly<Partial<Record<string, Curve>>>)[property.variable_name];
    if (curve === undefined) return;
    // A board takes a moment from one sensor to the next.
    const first = last - (count - 1) * every - Math.floor(scatter(index, seed) * minute);
    fill(property, bulkOf(curve, { first, count, every, seed }));
  });
}

/** Fills the history of a property, in place of what it had. */
export function fill(property: Property, bulk: Bulk): void {
  property.history = [];
  property.bulk = bulk;
  if (bulk.length === 0) return;
  property.last_value = bulk.valueAt(bulk.length - 1);
  property.value_updated_at = rfc3339(bulk.timeAt(bulk.length - 1));
}

function bulkOf(
  curve: Curve,
  { first, count, every, seed }: { first: number; count: number; every: number; seed: number },
): Bulk {
  const times = Float64Array.from({ length: count }, (_, index) => first + index * every);
  const isBoolean = typeof curve(first, seed) === "boolean";
  const values = isBoolean ? new Uint8Array(count) : new Float64Array(count);
  for (let index = 0; index < count; index++) values[index] = Number(curve(first + index * every, seed));
  return new Bulk(times, values);
}

/** Options of how samples lie in time. */
export interface RunOptions {
  count: number;
  /** Most samples of one time. */
  longest: number;
  /** Milliseconds since 1970. */
  start: number;
  seed?: number;
}

/**
 * Samples in runs of 1 to `longest` that share one time, any length as likely as any other. Values are whole numbers,
 * many of a run are equal. The same for the same options.
 */
export function runs({ count, longest, start, seed = 1 }: RunOptions): Bulk {
  const times = new Float64Array(count);
  const values = new Float64Array(count);
  let time = start;
  for (let index = 0, run = 0; index < count; run++) {
    const end = Math.min(count, index + 1 + Math.floor(scatter(run, seed) * longest));
    for (; index < end; index++) {
      times[index] = time;
      values[index] = Math.floor(scatter(index, seed + 1) * 40);
    }
    time += 1 + Math.floor(scatter(run, seed + 2) * 5_000);
  }
  return new Bulk(times, values);
}
