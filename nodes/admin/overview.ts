import { propertyTypes } from "../../cloud/property-types/index";
import type { Device, KnownThing, Property } from "../../cloud/rest/index";
import { lastValueOf } from "./last-value";
import type { OverviewDevice, OverviewThing, OverviewVariable } from "./protocol";

/** How much of a last value that is text goes to the sidebar. */
const maxShownLength = 200;

/** One for all: making it costs far more than comparing with it. */
const { compare } = new Intl.Collator(undefined, { numeric: true });

/** Returns the things of an account as the sidebar shows them, by name, with their variables and last values. */
export function overviewThings(things: readonly KnownThing[]): OverviewThing[] {
  return things
    .map(({ id, name, device_id: device, properties }) => ({
      id,
      name,
      device: device ?? null,
      variables: properties.map(overviewVariable).sort(byName),
    }))
    .sort(byName);
}

/** Returns the devices of an account as the sidebar shows them, by name, with their status. */
export function overviewDevices(devices: readonly Device[]): OverviewDevice[] {
  return devices
    .map(({ id, name, type, device_status: status, thing }) => ({
      id,
      name,
      type,
      status: statusOf(status),
      thing: thing === undefined ? null : { id: thing.id, name: thing.name },
    }))
    .sort(byName);
}

function statusOf(status: string | undefined): OverviewDevice["status"] {
  return status === "ONLINE" || status === "OFFLINE" ? status : "UNKNOWN";
}

function overviewVariable(property: Property): OverviewVariable {
  const { id, name, type, permission, variable_name: variableName, value_updated_at: time } = property;
  const value = lastValueOf(property, maxShownLength);
  const unit = propertyTypes.get(type)?.unit;
  return {
    id,
    variable: variableName ?? id,
    name: name === "" ? (variableName ?? id) : name,
    type,
    ...(unit === undefined ? {} : { unit }),
    writable: permission !== "READ_ONLY",
    ...(permission !== "READ_ONLY" && controlOf(type)),
    ...(property.min_value === undefined ? {} : { min: property.min_value }),
    ...(property.max_value === undefined ? {} : { max: property.max_value }),
    value,
    time: value === null ? null : (time ?? null),
  };
}

/** Tells how a person writes a value of a type by hand. */
function controlOf(type: string): Pick<OverviewVariable, "control"> {
  const format = propertyTypes.get(type)?.format;
  if (type === "PERCENTAGE") return { control: "percentage" };
  if (format === "boolean") return { control: "switch" };
  if (format === "float" || format === "int32") return { control: "number" };
  if (format === "string") return { control: "text" };
  if (typeof format !== "object" || !("bri" in format)) return {};
  return { control: "hue" in format ? "color" : "brightness" };
}

function byName(a: { name: string }, b: { name: string }): number {
  return compare(a.name, b.name);
}
