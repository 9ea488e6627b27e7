import type { KnownThing, Property } from "../../cloud/rest/index";
import type { DiscoverySettings } from "../../nodes/home-assistant/discovery";
import { parseOverrides } from "../../nodes/home-assistant/overrides";

/** Returns usual settings of what is shown in Home Assistant, with overrides as a user writes them. */
export function bridgeSettings(overrides: object = {}): DiscoverySettings {
  return {
    prefix: "homeassistant",
    base: "arduino",
    isWritable: true,
    hasStatus: true,
    overrides: parseOverrides(JSON.stringify(overrides)),
    units: new Map(),
    origin: { name: "test", sw_version: "1.0.0", support_url: "https://example.com" },
  };
}

/** Throws what there should not be. */
export function never(reason: unknown): void {
  throw reason;
}

let count = 0;

/** Returns a variable with an id of its own. */
export function propertyOf(name: string, type: string, more: Partial<Property> = {}): Property {
  const id = `0f2e5b2c-37a8-4f4e-9d35-${String(++count).padStart(12, "0")}`;
  return { id, name, variable_name: name, type, permission: "READ_WRITE", ...more };
}

/** Returns the thing `House` with these variables. */
export function thingWith(...properties: Property[]): KnownThing {
  return { id: "1a2b3c4d-0000-4000-8000-000000000001", name: "House", timezone: "Europe/Rome", properties };
}
