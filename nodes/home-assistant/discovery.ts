import { isPlainObject } from "../../cloud/core/json";
import { type KnownThing, type Property, wireName } from "../../cloud/rest/index";
import type { Entity, MappedVariable, VariableMapping } from "./mapping";
import { mapVariable } from "./mappings";
import { shownName, slug, topicOfThing, variableKeys } from "./names";
import { findOverride, mapWithOverride, type Override } from "./overrides";
import { type TypeRow, typeRows } from "./type-table";

/** Settings of what is told to Home Assistant. */
export interface DiscoverySettings {
  /** The topic that Home Assistant listens to for devices. */
  prefix: string;
  /** The topic under which all of ours are. */
  base: string;
  /** READ_WRITE variables can be set. */
  isWritable: boolean;
  /** The connection of the board counts too. */
  hasStatus: boolean;
  overrides: readonly Override[];
  /** The units that the account's list of types gives. */
  units: ReadonlyMap<string, string>;
  /** The program that tells of itself, as in `origin`. */
  origin: { name: string; sw_version: string; support_url: string };
}

/** A variable in Home Assistant. */
export interface BridgedVariable {
  /** Its name in topics. */
  key: string;
  /** The topic of its value. */
  topic: string;
  property: Property;
  mapping: VariableMapping;
}

/** A thing in Home Assistant. */
export interface BridgedThing {
  thing: KnownThing;
  /** Its id in topics. */
  key: string;
  /** By the name that each variable has in topics. */
  variables: ReadonlyMap<string, BridgedVariable>;
  /** The platform of each entity by its name in the device message. */
  platforms: Readonly<Record<string, string>>;
  /** The payload that makes the device. */
  discovery: Record<string, unknown>;
}

/** A type that nobody knows yet is shown as it comes. */
const unknownType: TypeRow = { shape: "free" };

/**
 * Returns how a thing appears in Home Assistant.
 * @param warn told of overrides that do not fit
 */
export function bridgeThing(
  thing: KnownThing,
  settings: DiscoverySettings,
  warn: (reason: unknown) => void,
): BridgedThing {
  const key = topicOfThing(thing);
  const variables = new Map<string, BridgedVariable>();
  const components: Record<string, Record<string, unknown>> = {};
  for (const [name, property] of variableKeys(thing)) {
    const override = findOverride(settings.overrides, thing, property);
    if (override?.wish === null) continue;
    const topic = `${settings.base}/${key}/${name}`;
    const variable = mappedVariable(property, topic, settings);
    const mapping = mapSafely(variable, override, warn);
    variables.set(name, { key: name, topic, property, mapping });
    for (const entity of mapping.entities) {
      components[entity.part === "" ? name : `${name}-${entity.part}`] = component(entity, thing, property);
    }
  }
  return {
    thing,
    key,
    variables,
    platforms: Object.fromEntries(Object.entries(components).map(([name, { p }]) => [name, String(p)])),
    discovery: deviceMessage(thing, components, settings),
  };
}

function mappedVariable(property: Property, topic: string, settings: DiscoverySettings): MappedVariable {
  const { type, permission, min_value: min, max_value: max } = property;
  return {
    name: wireName(property),
    type,
    row: typeRows.get(type) ?? unknownType,
    topic,
    isWritable: settings.isWritable && permission === "READ_WRITE",
    min,
    max,
    listedUnit: settings.units.get(type),
  };
}

function mapSafely(
  variable: MappedVariable,
  override: Override | undefined,
  warn: (reason: unknown) => void,
): VariableMapping {
  if (override === undefined) return mapVariable(variable);
  try {
    return mapWithOverride(variable, override);
  } catch (reason) {
    warn(reason);
    return mapVariable(variable);
  }
}

function component(
  { part, component: platform, config }: Entity,
  thing: KnownThing,
  property: Property,
): Record<string, unknown> {
  const { name: given, ...rest } = config;
  const shown = shownName(property.name, wireName(property));
  const end = part === "" ? "" : `_${part}`;
  // A part tells what it is; a user's own name stands alone.
  const name = typeof given === "string" && part !== "" ? `${shown} ${given}`.trim() : (given ?? shown);
  const thingSlug = slug(thing.name) || `arduino_${topicOfThing(thing).slice(0, 8)}`;
  const variableSlug = slug(wireName(property)) || property.id.slice(0, 8);
  return shortened({
    platform,
    unique_id: `arduino_${topicOfThing(thing)}_${property.id}${end}`,
    name,
    default_entity_id: `${platform}.${thingSlug}_${variableSlug}${end}`,
    ...rest,
  });
}

function deviceMessage(
  thing: KnownThing,
  components: Record<string, unknown>,
  { base, hasStatus, origin }: DiscoverySettings,
): Record<string, unknown> {
  const key = topicOfThing(thing);
  const availability = [{ topic: `${base}/status` }, ...(hasStatus ? [{ topic: `${base}/${key}/status` }] : [])];
  return shortened({
    device: {
      identifiers: [`arduino_${key}`],
      name: shownName(thing.name, `Arduino ${key.slice(0, 8)}`),
      manufacturer: "Arduino",
      ...(thing.device_type !== undefined && { model: thing.device_type }),
      configuration_url: `https://app.arduino.cc/things/${thing.id}`,
    },
    origin,
    availability,
    availability_mode: "all",
    qos: 1,
    components,
  });
}

/** Returns the topic of the message that makes the device of a thing. */
export function configTopic(prefix: string, key: string): string {
  return `${prefix}/device/arduino_${key}/config`;
}

/**
 * Returns a device message that takes away entities which there were: each is named with nothing but its platform. What
 * is new comes with the message behind it, since one may take the place of another.
 * @param before the platform of each entity that Home Assistant knows
 */
export function withoutEntities(
  { discovery, platforms }: BridgedThing,
  before: Readonly<Record<string, string>>,
): Record<string, unknown> | undefined {
  const gone = Object.entries(before).filter(([name, platform]) => platforms[name] !== platform);
  if (gone.length === 0) return undefined;
  const present = Object.entries(isPlainObject(discovery.cmps) ? discovery.cmps : {});
  const kept = present.filter(([name]) => Object.hasOwn(before, name) && before[name] === platforms[name]);
  return { ...discovery, cmps: Object.fromEntries([...kept, ...gone.map(([name, p]) => [name, { p }])]) };
}

/** The short forms of keys that Home Assistant knows: a device of many entities is half as long with them. */
const shortKeys: Readonly<Record<string, string>> = {
  availability: "avty",
  availability_mode: "avty_mode",
  brightness_scale: "bri_scl",
  command_template: "cmd_tpl",
  command_topic: "cmd_t",
  components: "cmps",
  configuration_url: "cu",
  device: "dev",
  device_class: "dev_cla",
  icon: "ic",
  identifiers: "ids",
  json_attributes_topic: "json_attr_t",
  manufacturer: "mf",
  model: "mdl",
  options: "ops",
  origin: "o",
  payload_off: "pl_off",
  payload_on: "pl_on",
  payload_press: "pl_prs",
  platform: "p",
  state_class: "stat_cla",
  state_off: "stat_off",
  state_on: "stat_on",
  state_topic: "stat_t",
  supported_color_modes: "sup_clrm",
  support_url: "url",
  sw_version: "sw",
  topic: "t",
  unique_id: "uniq_id",
  unit_of_measurement: "unit_of_meas",
  value_template: "val_tpl",
};

/** Replaces the keys of a message, inside of device, origin and availability too. */
function shortened(message: Record<string, unknown>): Record<string, unknown> {
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside);
    return isPlainObject(value) ? shortened(value) : value;
  };
  const deep = ["device", "origin", "availability"];
  const entries = Object.entries(message).map(([name, value]) => [
    Object.hasOwn(shortKeys, name) ? shortKeys[name] : name,
    deep.includes(name) ? inside(value) : value,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}
