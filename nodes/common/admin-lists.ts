import type { Device, KnownThing, Property } from "../../cloud/rest";
import type { DeviceChoice, ThingChoice, ThingDetail, VariableChoice } from "./admin-answers";

/** How much of a last value a list shows. */
const shownLength = 60;

/** The things of an account as a list to choose from, by name. */
export function listThings(things: readonly KnownThing[]): ThingChoice[] {
  return things.map(chooseThing).sort(byName);
}

/** A thing and its variables as a list to choose from, by name. */
export function listVariables(thing: KnownThing): ThingDetail {
  return { ...chooseThing(thing), choices: thing.properties.map(chooseVariable).sort(byName) };
}

/** The devices of an account as a list to choose from, by name. */
export function chooseDevices(devices: readonly Device[]): DeviceChoice[] {
  return devices.map(({ id, name, type, thing }) => ({ id, name, type, thing: thing?.name ?? null })).sort(byName);
}

function chooseThing({ id, name, properties }: KnownThing): ThingChoice {
  return { id, name, variables: properties.length };
}

function chooseVariable(property: Property): VariableChoice {
  const { id, name, type, permission, variable_name: variableName } = property;
  return {
    id,
    variable: variableName ?? id,
    name: name === "" ? (variableName ?? id) : name,
    type,
    writable: permission !== "READ_ONLY",
    lastValue: showValue(property),
  };
}

function showValue({ last_value: value, value_updated_at: time }: Property): string | null {
  if (time === undefined || value === undefined || value === null) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name);
}
