import { asRecord, isTooDeep } from "../core/json";
import { isUuid } from "../core/text";

/**
 * A variable as the API answers it, as far as it is used here; names are those of the API (docs/protocol.md#models).
 * Everything that the API may leave out is optional, and what it sends in another form than documented counts as left
 * out.
 */
export interface Property {
  id: string;
  name: string;
  type: string;
  /** `READ_ONLY` or `READ_WRITE`. */
  permission: string;
  /** The name in the sketch and on the wire. */
  variable_name?: string;
  /** Any JSON; the text "N/A" where no value was ever written (docs/protocol.md#value-formats). */
  last_value?: unknown;
  /** Time of `last_value`; absent where no value was ever written. */
  value_updated_at?: string;
  persist?: boolean;
  min_value?: number;
  max_value?: number;
}

export interface Thing {
  id: string;
  name: string;
  /** Id of the device that is bound to the thing. */
  device_id?: string;
  device_name?: string;
  device_type?: string;
  timezone?: string;
  /** Absent in lists that were not asked for properties. */
  properties?: Property[];
}

/** A device as the list of devices has it. */
export interface Device {
  id: string;
  name: string;
  type: string;
  /** `ONLINE`, `OFFLINE` or `UNKNOWN` (docs/protocol.md#things-and-devices). */
  device_status?: string;
  /** When it was last heard of. */
  last_activity_at?: string;
  /** The thing that it is bound to. */
  thing?: Thing;
}

/** One element of the answer to a raw series query. */
export interface RawSeriesResponse {
  /** `property.<id>`, also for thing queries. */
  query: string;
  /** `ok`, or `message` says what went wrong. */
  status: string;
  message?: string;
  times: string[];
  /** As long as `times`; may hold null (docs/protocol.md#history). */
  values: unknown[];
  property_id?: string;
  property_name?: string;
  property_type?: string;
  thing_id?: string;
}

/** One request of a raw series query. */
export interface RawSeriesRequest {
  /** `property.<id>` or `thing.<id>`. */
  q: string;
  from?: string;
  to?: string;
  series_limit?: number;
  sort?: "ASC" | "DESC";
}

const propertyTexts = ["variable_name", "value_updated_at"] as const;
const propertyNumbers = ["min_value", "max_value"] as const;
const thingTexts = ["device_id", "device_name", "device_type", "timezone"] as const;
const deviceTexts = ["device_status", "last_activity_at"] as const;
const responseTexts = ["message", "property_id", "property_name", "property_type", "thing_id"] as const;

/**
 * Returns the name of a variable on the wire: its variable name, or the name where the API tells none
 * (docs/protocol.md#models).
 */
export function wireName(property: Pick<Property, "name" | "variable_name">): string {
  return property.variable_name ?? property.name;
}

/** Reads a property from JSON; `undefined` where it has no id of the right form or is deleted. */
export function readProperty(json: unknown): Property | undefined {
  const raw = asRecord(json);
  const id = text(raw?.id);
  if (raw === undefined || !isUuid(id) || text(raw.deleted_at) !== "") return undefined;
  return {
    id,
    name: text(raw.name),
    type: text(raw.type),
    permission: text(raw.permission),
    ...pick(raw, propertyTexts, "string"),
    ...pick(raw, propertyNumbers, "number"),
    ...pick(raw, ["persist"], "boolean"),
    ...(raw.last_value === undefined || isTooDeep(raw.last_value) ? {} : { last_value: raw.last_value }),
  };
}

/** Reads a thing from JSON; `undefined` where it has no id of the right form or is deleted. */
export function readThing(json: unknown): Thing | undefined {
  const raw = asRecord(json);
  const id = text(raw?.id);
  if (raw === undefined || !isUuid(id) || text(raw.deleted_at) !== "") return undefined;
  return {
    id,
    name: text(raw.name),
    ...pick(raw, thingTexts, "string"),
    ...(raw.properties === undefined ? {} : { properties: readList(raw.properties, readProperty) }),
  };
}

/** Reads a device from JSON; `undefined` where it has no id of the right form or is deleted. */
export function readDevice(json: unknown): Device | undefined {
  const raw = asRecord(json);
  const id = text(raw?.id);
  if (raw === undefined || !isUuid(id) || text(raw.deleted_at) !== "") return undefined;
  const thing = readThing(raw.thing);
  return {
    id,
    name: text(raw.name),
    type: text(raw.type),
    ...pick(raw, deviceTexts, "string"),
    ...(thing === undefined ? {} : { thing }),
  };
}

/**
 * Reads the answer to a raw series query; what is no response is left out, and `null` is none at all
 * (docs/protocol.md#history).
 */
export function readRawSeries(json: unknown): RawSeriesResponse[] {
  return readList(asRecord(json)?.responses, (element) => {
    const raw = asRecord(element);
    if (raw === undefined) return undefined;
    return {
      query: text(raw.query),
      status: text(raw.status),
      ...readPoints(raw),
      ...pick(raw, responseTexts, "string"),
    };
  });
}

function readPoints(raw: Record<string, unknown>): Pick<RawSeriesResponse, "times" | "values"> {
  const times: unknown[] = Array.isArray(raw.times) ? raw.times : [];
  const given: unknown[] = Array.isArray(raw.values) ? raw.values : [];
  const values = given.some((value) => isTooDeep(value))
    ? given.map((value) => (isTooDeep(value) ? null : value))
    : given;
  // As they always are; so long lists are not copied.
  if (times.length === values.length && times.every((time) => typeof time === "string")) return { times, values };
  const points = times.flatMap((time, index) => (typeof time === "string" ? [{ time, value: values[index] }] : []));
  return { times: points.map(({ time }) => time), values: points.map(({ value }) => value) };
}

/** Reads a list from JSON, leaving out what `read` makes nothing of. Anything but a list counts as empty. */
export function readList<T>(json: unknown, read: (element: unknown) => T | undefined): T[] {
  return Array.isArray(json) ? json.map(read).filter((element) => element !== undefined) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

interface Scalars {
  string: string;
  number: number;
  boolean: boolean;
}

/** Returns those of the fields that are there and of the right type. */
function pick<Name extends string, Type extends keyof Scalars>(
  raw: Record<string, unknown>,
  names: readonly Name[],
  type: Type,
): Partial<Record<Name, Scalars[Type]>> {
  const found = names.filter((name) => typeof raw[name] === type);
  return Object.fromEntries(found.map((name) => [name, raw[name]])) as Partial<Record<Name, Scalars[Type]>>;
}
