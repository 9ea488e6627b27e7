import type { Device, Property, Thing } from "../store/models";
import { rfc3339, type Store } from "../store/store";
import { omit } from "./resource-helpers";

/** An object of the API on its way out. */
export type View = Record<string, unknown>;

/** Returns `last_value`, with what stands for a value that was never written (docs/protocol.md#value-formats). */
export function lastValueOf({ choices }: Store, { last_value: value = choices.neverWritten }: Property): View {
  return value === undefined ? {} : { last_value: value };
}

/** Returns a variable as `ArduinoProperty` (docs/protocol.md#models). */
export function propertyView(store: Store, property: Property, thing: Thing): View {
  return {
    href: `/iot/v1/things/${thing.id}/properties/${property.id}`,
    thing_name: thing.name,
    linked_to_trigger: [...store.triggers.values()].some(
      ({ property_id: id, deleted_at: deleted }) => id === property.id && deleted === undefined,
    ),
    ...omit(property, ["history", "bulk"]),
    ...lastValueOf(store, property),
  };
}

/** Returns the thing's properties, without the deleted ones unless asked for. */
export function propertyViews(store: Store, thing: Thing, deletedToo = false): View[] {
  return thing.properties
    .filter((property) => deletedToo || property.deleted_at === undefined)
    .map((property) => propertyView(store, property, thing));
}

/**
 * Returns a thing as `ArduinoThing` (docs/protocol.md#models); `properties` always in show, in lists when asked for.
 */
export function thingView(store: Store, thing: Thing, withProperties: boolean): View {
  const { properties, ...fields } = thing;
  const device = store.deviceOfThing(thing.id);
  return {
    href: `/iot/v1/things/${thing.id}`,
    ...fields,
    ...(device ? { device_name: device.name, device_type: device.type, device_fqbn: device.fqbn } : {}),
    properties_count: properties.filter((property) => property.deleted_at === undefined).length,
    ...(withProperties ? { properties: propertyViews(store, thing) } : {}),
  };
}

/** Human names of board types; others are shown by their type. */
const labels: Readonly<Record<string, string>> = {
  mkrwifi1010: "Arduino MKR WiFi 1010",
  nano_33_iot: "Arduino NANO 33 IoT",
  nanorp2040connect: "Arduino Nano RP2040 Connect",
  unor4wifi: "Arduino UNO R4 WiFi",
  login_and_secretkey_wifi: "Manual device",
  generic_device_secretkey: "Generic device",
};

/** Returns a device as `ArduinoDevicev2` (docs/protocol.md#models). */
export function deviceView(store: Store, device: Device): View {
  const { connected } = device;
  const thing = store.thingOfDevice(device.id);
  return {
    href: `/iot/v2/devices/${device.id}`,
    label: labels[device.type] ?? device.type,
    device_status: connected === undefined ? "UNKNOWN" : connected ? "ONLINE" : "OFFLINE",
    ...omit(device, ["secret_key", "certificates", "connected", "events", "reports", "otaUntil", "eui"]),
    ...(thing ? { thing: thingView(store, thing, false) } : {}),
  };
}

/** Returns tags as `ArduinoTags`. */
export function tagsView(tags: Readonly<Record<string, string>>): View {
  return { tags: Object.entries(tags).map(([key, value]) => ({ key, value })) };
}

/** Returns a time as the series give it: RFC 3339 without trailing zeros in the fraction (docs/protocol.md#history). */
export const seriesTime = (timeMs: number): string => rfc3339(timeMs).replace(/\.?0+Z$/, "Z");
