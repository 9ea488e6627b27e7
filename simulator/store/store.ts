import { randomBytes, randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { defaultChoices, type Choices } from "../behaviour/open-questions";
import type { Dashboard } from "./dashboard-models";
import type { Device, DeviceFields, Property, PropertyFields, Sample, Scope, Thing, ThingFields, User } from "./models";
import type { JsonValue } from "../json";
import { completeValue } from "./property-types";
import { builtInTemplates, type Template } from "./templates";
import type { Action, Trigger } from "./trigger-models";

export type { Device, Property, Thing, User } from "./models";
export type { JsonValue } from "../json";

/** Callbacks of a store's listeners. */
interface StoreEvents {
  /** The broker must put these bytes on this topic. */
  publish: [message: { topic: string; payload: Uint8Array }];
  attached: [link: { deviceId: string; thingId: string }];
  detached: [link: { deviceId: string; thingId: string }];
  "thing-deleted": [thingId: string];
  "device-deleted": [deviceId: string];
  /** The device's secret key was set or removed, or one of its certificates counts no more. */
  "key-changed": [deviceId: string];
}

/** The largest distance from 1970 that a `Date` can hold, in milliseconds. */
const farthestTime = 8.64e15;

/** Writes `timeMs` (milliseconds since 1970) as RFC 3339 in UTC with milliseconds. */
export const rfc3339 = (timeMs: number): string => new Date(timeMs).toISOString();

/**
 * The simulated cloud's data: users, things with their properties and history, devices, dashboards, triggers. No
 * network and no rules of the REST API beyond the links between objects; REST, broker, seeds and tests all change it
 * through these methods.
 */
export class Store extends EventEmitter<StoreEvents> {
  readonly users: User[] = [];
  readonly things = new Map<string, Thing>();
  readonly devices = new Map<string, Device>();
  readonly dashboards = new Map<string, Dashboard>();
  readonly triggers = new Map<string, Trigger>();
  readonly actions = new Map<string, Action>();
  /** By name or id. The API has no way to add one, so tests do it here. */
  readonly templates = new Map<string, Template>(Object.entries(builtInTemplates));

  constructor(readonly choices: Choices = defaultChoices()) {
    super();
    this.setMaxListeners(0);
  }

  /** Adds an account with an API key of the real lengths (docs/protocol.md#tokens). */
  createUser(fields: Partial<User> = {}): User {
    const id = randomUUID();
    const user: User = {
      id,
      username: `user-${id.slice(0, 8)}`,
      clientId: randomBytes(16).toString("hex"),
      clientSecret: randomBytes(32).toString("hex"),
      organizations: [],
      ...fields,
    };
    this.users.push(user);
    return user;
  }

  /** Adds a thing; a `device_id` is attached, taken from its old thing if need be. */
  createThing(fields: ThingFields, scope: Scope): Thing {
    const now = rfc3339(Date.now());
    const { device_id: deviceId, ...rest } = fields;
    const thing: Thing = {
      id: randomUUID(),
      timezone: "America/New_York",
      tags: {},
      created_at: now,
      updated_at: now,
      properties: [],
      ...rest,
      ...owner(scope),
    };
    this.things.set(thing.id, thing);
    if (deviceId !== undefined) this.attach(deviceId, thing.id);
    return thing;
  }

  /** Adds a variable to a thing. Its variable name defaults to its name made legal (docs/protocol.md#models). */
  createProperty(thingId: string, fields: PropertyFields): Property {
    const now = rfc3339(Date.now());
    const property: Property = {
      id: randomUUID(),
      variable_name: variableName(fields.name),
      permission: "READ_WRITE",
      update_strategy: "ON_CHANGE",
      persist: true,
      created_at: now,
      updated_at: now,
      ...fields,
      thing_id: thingId,
      history: [],
    };
    this.#thing(thingId).properties.push(property);
    return property;
  }

  /** Adds a device. It can log in to the broker once it has a `secret_key`. */
  createDevice(fields: DeviceFields, scope: Scope): Device {
    const now = rfc3339(Date.now());
    const device: Device = {
      id: randomUUID(),
      type: "login_and_secretkey_wifi",
      serial: "",
      tags: {},
      created_at: now,
      updated_at: now,
      ...fields,
      ...owner(scope),
      certificates: [],
      events: [],
      reports: [],
    };
    this.devices.set(device.id, device);
    return device;
  }

  /** Returns the thing that `deviceId` is attached to, if any. */
  thingOfDevice(deviceId: string): Thing | undefined {
    for (const thing of this.things.values()) {
      if (thing.device_id === deviceId && thing.deleted_at === undefined) return thing;
    }
    return undefined;
  }

  /** Returns the device that is attached to `thingId`, if any. */
  deviceOfThing(thingId: string): Device | undefined {
    const deviceId = this.things.get(thingId)?.device_id;
    return deviceId === undefined ? undefined : this.devices.get(deviceId);
  }

  /** Returns the thing if it exists, is not deleted and belongs to `scope`. */
  visibleThing(id: string, scope: Scope): Thing | undefined {
    const thing = this.things.get(id);
    return thing && thing.deleted_at === undefined && isVisible(thing, scope) ? thing : undefined;
  }

  /** Returns the device if it exists, is not deleted and belongs to `scope`. */
  visibleDevice(id: string, scope: Scope): Device | undefined {
    const device = this.devices.get(id);
    return device && device.deleted_at === undefined && isVisible(device, scope) ? device : undefined;
  }

  /**
   * Attaches a device to a thing; what either was attached to before is detached (one to one, docs/protocol.md#model).
   */
  attach(deviceId: string, thingId: string): void {
    const thing = this.#thing(thingId);
    if (!this.devices.has(deviceId)) throw new Error(`The simulator has no device ${deviceId}.`);
    if (thing.device_id === deviceId) return;
    const before = this.thingOfDevice(deviceId);
    if (before) this.detach(before.id);
    this.detach(thingId);
    thing.device_id = deviceId;
    this.emit("attached", { deviceId, thingId });
  }

  /** Frees a thing's device; does nothing when it has none. */
  detach(thingId: string): void {
    const thing = this.#thing(thingId);
    const deviceId = thing.device_id;
    if (deviceId === undefined) return;
    delete thing.device_id;
    this.emit("detached", { deviceId, thingId });
  }

  /** Hides a thing (soft deletion), or removes it for good with `force`. Its device is free either way. */
  deleteThing(id: string, force = false): void {
    const thing = this.#thing(id);
    this.detach(id);
    thing.deleted_at = rfc3339(Date.now());
    if (force) this.things.delete(id);
    this.emit("thing-deleted", id);
  }

  /** Hides a device or removes it for good; its thing stays, without a device (docs/protocol.md#things-and-devices). */
  deleteDevice(id: string, force = false): void {
    const device = this.#device(id);
    const thing = this.thingOfDevice(id);
    if (thing) this.detach(thing.id);
    device.deleted_at = rfc3339(Date.now());
    if (force) this.devices.delete(id);
    this.emit("device-deleted", id);
  }

  /** Sets a device's secret key, or removes it with `undefined`. */
  setKey(deviceId: string, key: string | undefined): void {
    const device = this.#device(deviceId);
    if (key === undefined) delete device.secret_key;
    else device.secret_key = key;
    this.emit("key-changed", deviceId);
  }

  /** Notes that a device's broker connection opened or closed. */
  setConnected(deviceId: string, connected: boolean): void {
    const device = this.devices.get(deviceId);
    if (!device || (device.connected ?? false) === connected) return;
    const now = rfc3339(Date.now());
    device.connected = connected;
    device.last_activity_at = now;
    // A board that comes back has restarted.
    if (connected) delete device.otaUntil;
    device.events.push({ value: connected ? "CONNECTED" : "DISCONNECTED", updated_at: now });
  }

  /** Returns the variable with this id and its thing, deleted or not. */
  propertyById(id: string): { thing: Thing; property: Property } | undefined {
    for (const thing of this.things.values()) {
      const property = thing.properties.find((each) => each.id === id);
      if (property) return { thing, property };
    }
    return undefined;
  }

  /** Returns the living variable of that name, if the thing has it. */
  propertyNamed(thingId: string, name: string): Property | undefined {
    return this.things
      .get(thingId)
      ?.properties.find((property) => property.variable_name === name && property.deleted_at === undefined);
  }

  /**
   * Takes a reported value: last value, its time, and history unless `persist` is false. An object type's missing
   * components are reset (docs/protocol.md#components).
   * @param timeMs milliseconds since 1970; now, where it is no time that a date can hold
   * @returns false when the thing has no such variable
   */
  record(thingId: string, name: string, value: JsonValue, timeMs: number): boolean {
    const property = this.propertyNamed(thingId, name);
    if (!property) return false;
    const stored = completeValue(property.type, value);
    const time = Math.abs(timeMs) <= farthestTime ? timeMs : Date.now();
    const last = property.value_updated_at === undefined ? -Infinity : Date.parse(property.value_updated_at);
    if (time >= last || this.choices.olderValueReplacesLast) {
      property.last_value = stored;
      property.value_updated_at = rfc3339(time);
    }
    if (property.persist) remember(property.history, { time, value: stored }, this.choices.historyLimit);
    return true;
  }

  #thing(id: string): Thing {
    const thing = this.things.get(id);
    if (!thing) throw new Error(`The simulator has no thing ${id}.`);
    return thing;
  }

  #device(id: string): Device {
    const device = this.devices.get(id);
    if (!device) throw new Error(`The simulator has no device ${id}.`);
    return device;
  }
}

/** Returns whether an object belongs to `scope`: to the space if there is one, else to the user's private space. */
export function isVisible(object: { user_id: string; organization_id?: string }, scope: Scope): boolean {
  if (scope.organizationId !== undefined) return object.organization_id === scope.organizationId;
  return object.user_id === scope.userId && object.organization_id === undefined;
}

/** Returns the owner's fields of a new object. */
export function owner(scope: Scope): { user_id: string; organization_id?: string } {
  const organization = scope.organizationId === undefined ? {} : { organization_id: scope.organizationId };
  return { user_id: scope.userId, ...organization };
}

/** Makes a display name a legal variable name (docs/protocol.md#patterns). */
function variableName(name: string): string {
  const legal = name.replace(/[^a-zA-Z0-9_]/g, "_").slice(0, 63);
  return /^[a-zA-Z_]/.test(legal) ? legal : `_${legal}`;
}

/** Adds a sample in order of time, after those of the same time. */
function remember(history: Sample[], sample: Sample, limit: number): void {
  let at = history.length;
  while (at > 0 && (history[at - 1]?.time ?? 0) > sample.time) at -= 1;
  history.splice(at, 0, sample);
  if (history.length > limit) history.splice(0, history.length - limit);
}
