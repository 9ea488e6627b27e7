import { propertyKind, propertyTypes } from "../../cloud/property-types/index";
import type { Device, KnownThing, Property } from "../../cloud/rest/index";
import { lastValueOf } from "./last-value";
import type { DeviceChoice, ThingChoice, ThingDetail, VariableChoice } from "./protocol";

/** How much of a last value that is text a list shows. */
const maxShownLength = 40;

/** Returns the things of an account as a list to choose from, by name. */
export function thingChoices(things: readonly KnownThing[]): ThingChoice[] {
  return things.map(chooseThing).sort(byName);
}

/** Returns a thing and its variables as a list to choose from, by name. */
export function listVariables(thing: KnownThing): ThingDetail {
  return { ...chooseThing(thing), choices: thing.properties.map(chooseVariable).sort(byName) };
}

/** Returns all things with their variables, by name. */
export function listAllVariables(things: readonly KnownThing[]): ThingDetail[] {
  return things.map(listVariables).sort(byName);
}

/** Returns the thing that a device is bound to, with its variables; `null` where it is bound to none. */
export function listThingOfDevice(things: readonly KnownThing[], device: string): ThingDetail | null {
  const id = device.trim().toLowerCase();
  const thing = things.find(({ device_id: bound }) => id !== "" && bound?.toLowerCase() === id);
  return thing === undefined ? null : listVariables(thing);
}

/** Returns the devices of an account as a list to choose from, by name. */
export function chooseDevices(devices: readonly Device[]): DeviceChoice[] {
  const choose = ({ id, name, type, thing, device_status: status }: Device): DeviceChoice => ({
    id,
    name: choiceName({ id, name }),
    type,
    thing: thing === undefined ? null : choiceName(thing),
    status: status ?? "UNKNOWN",
  });
  return devices.map(choose).sort(byName);
}

function chooseThing({ id, name, properties, device_id: deviceId, device_name: device }: KnownThing): ThingChoice {
  return { id, name: choiceName({ id, name }), variables: properties.length, device: device ?? deviceId ?? null };
}

function chooseVariable(property: Property): VariableChoice {
  const { id, name, type, permission, persist, variable_name: variableName } = property;
  return {
    id,
    variable: variableName ?? id,
    name: name === "" ? (variableName ?? id) : name,
    type,
    kind: propertyKind(type) ?? null,
    unit: propertyTypes.get(type)?.unit ?? null,
    writable: permission !== "READ_ONLY",
    // True is the default of the API (docs/protocol.md#models).
    persist: persist !== false,
    lastValue: lastValueOf(property, maxShownLength),
    lastAt: timeOf(property),
  };
}

function timeOf({ value_updated_at: time }: Property): number | null {
  const at = Date.parse(time ?? "");
  return Number.isFinite(at) ? at : null;
}

/** Returns what a person can tell something by: its name, or its id where the name is blank. */
export function choiceName({ id, name }: { id: string; name: string }): string {
  return name.trim() === "" ? id : name;
}

const collator = new Intl.Collator(undefined, { numeric: true });

function byName(a: { name: string }, b: { name: string }): number {
  // Much quicker than `localeCompare` for 20,000 names.
  return collator.compare(a.name, b.name);
}
