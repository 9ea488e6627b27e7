import { CloudError } from "../core/errors";
import { findDevice, type Device } from "../rest/index";
import { printable } from "../core/text";
import { asRecord } from "../core/json";
import { changesOf, ownField, pickFields, type Changes } from "./compare";
import { match, type Raw, type Wanted } from "./match";
import { creation, type Prune, removal, type PlanStep } from "./plan";
import { newProperty, planProperties, readProperties, rawList, type WantedProperty } from "./properties";
import { inItem, itemLabel, type Layout, readFields, textField, wrong } from "./read-input";
import { describeValue } from "../core/describe";

/** A thing as it is wanted; what is absent is left as it is. */
interface WantedThing extends Wanted {
  /** Plain fields of the API, by their names there. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Id or name; "" means none, absent leaves it as it is. */
  readonly device: string | undefined;
  /** Whether the device is taken from the thing that it is bound to. */
  readonly forceDevice: boolean;
  readonly tags: ReadonlyMap<string, string> | undefined;
  readonly properties: readonly WantedProperty[] | undefined;
}

/** The things of an account, with their properties, and the devices that things may be bound to. */
interface ThingState {
  things: readonly Raw[];
  devices: readonly Device[];
}

const plainFields = ["timezone", "assistant", "webhook_uri", "webhook_active"] as const;

/** Where the service leaves a field out (docs/protocol.md#models, #things-and-devices). */
const defaults = { timezone: "America/New_York", webhook_active: false, assistant: "NONE" } as const;

/** The fields of a thing as it is wanted. */
export const thingLayout: Layout = {
  noun: "thing",
  fields: {
    id: "text",
    name: "text",
    timezone: "text",
    assistant: "text",
    webhook_uri: "text",
    webhook_active: "boolean",
    device: "text",
    device_id: "text",
    force_device: "boolean",
    tags: "any",
    properties: "list",
  },
  ignored: [
    "kind",
    "href",
    "user_id",
    "organization_id",
    "created_at",
    "updated_at",
    "deleted_at",
    "device_fqbn",
    "device_name",
    "device_type",
    "properties_count",
    "sketch_id",
    "source_template",
  ],
};

/**
 * Reads things from a wanted state: fields as in the API, `device` (id or unique name; `null` for none),
 * `force_device`, `tags` as an object or a list of `{key, value}`, `properties`.
 * @throws CloudError `invalid_input` naming item and field
 */
export function readThings(items: readonly unknown[]): WantedThing[] {
  return items.map((item, index) => {
    const where = itemLabel(index, "thing", item);
    const read = readFields(where, item, thingLayout);
    return {
      where,
      id: textField(read, "id"),
      name: textField(read, "name"),
      fields: pickFields(read, plainFields),
      device: readDeviceReference(item),
      forceDevice: read.force_device === true,
      tags: readTags(where, ownField(read, "tags")),
      properties: readProperties(where, ownField(read, "properties")),
    };
  });
}

/**
 * Reads the device of a thing. Only `null` frees a thing of its device: a blank text is more likely a cell that nobody
 * has filled in.
 */
function readDeviceReference(item: unknown): string | undefined {
  const { device, device_id: id } = asRecord(item) ?? {};
  const given = device === undefined ? id : device;
  if (given === null) return "";
  return typeof given === "string" && given !== "" ? given : undefined;
}

function readTags(where: string, given: unknown): Map<string, string> | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== "object" || given === null) {
    throw wrong(where, `tags is ${describeValue(given)}; expected is an object of texts.`);
  }
  const pairs: [unknown, unknown][] = Array.isArray(given)
    ? given.map((tag: unknown) => {
        const { key, value } = readFields(where, tag, {
          noun: "tag",
          fields: { key: "text", value: "any" },
          ignored: [],
        });
        return [key, value];
      })
    : Object.entries(given);
  return new Map(
    pairs.map(([key, value]) => {
      // Numbers come from spreadsheets.
      const text = typeof value === "number" ? String(value) : value;
      if (typeof key === "string" && typeof text === "string") return [key, text];
      throw wrong(where, `the tag ${describeValue(key)} is ${describeValue(value)}; expected is a text.`);
    }),
  );
}

/**
 * Plans what turns the present things into the wanted ones. Pure.
 * @throws CloudError `not_found`, `ambiguous`, `conflict` (a device that is bound elsewhere), `invalid_input`
 */
export function planThings(
  { things, devices }: ThingState,
  wanted: readonly WantedThing[],
  prune: Prune,
): { steps: PlanStep[]; found: (Raw | undefined)[] } {
  const { pairs, rest } = match("thing", things, wanted);
  const bind = binder(things, devices);
  const steps = pairs.flatMap(({ wanted: item, current }) =>
    current === undefined
      ? [planCreation(item, bind(item, ""))]
      : planChanges(item, current, bind(item, current.id), prune !== "nothing"),
  );
  const going = prune === "all" ? rest.map(planRemoval) : [];
  return { steps: [...steps, ...going], found: pairs.map(({ current }) => current) };
}

type Bind = (item: WantedThing, thingId: string) => string | undefined;

/** Finds the device that an item wants: "" for none, `undefined` for whatever it has. */
function binder(things: readonly Raw[], devices: readonly Device[]): Bind {
  const owners = new Map(things.map((thing) => [textField(thing, "device_id"), thing]));
  const taken = new Map<string, string>();
  return ({ where, device, forceDevice }, thingId) => {
    if (device === undefined || device === "") return device;
    const { id, name } = inItem(where, () => findDevice(devices, device));
    const other = taken.get(id);
    if (other !== undefined) throw wrong(where, `device "${printable(name)}" is wanted for ${other} too.`);
    taken.set(id, where);
    const owner = owners.get(id);
    if (owner === undefined || owner.id === thingId || forceDevice) return id;
    throw new CloudError(
      "conflict",
      `${where}: device "${printable(name)}" is bound to thing "${printable(textField(owner, "name"))}" (${owner.id}). ` +
        `Set force_device to true to take it from there.`,
    );
  };
}

function planCreation(item: WantedThing, deviceId: string | undefined): PlanStep {
  const { where, name, fields, tags = new Map<string, string>(), properties = [], forceDevice } = item;
  const device = deviceId === undefined || deviceId === "" ? {} : { device_id: deviceId };
  const plain = { name, ...fields, ...device };
  const added = properties.map((property) => newProperty(property));
  const shown = {
    ...plain,
    ...(tags.size > 0 && { tags: Object.fromEntries(tags) }),
    ...(added.length > 0 && { properties: added.map(({ variable_name: variable, type }) => `${variable} (${type})`) }),
  };
  return {
    entries: [creation("thing", name, shown)],
    operation: "things_v2#create",
    path: {},
    ...(forceDevice && deviceId !== undefined && { query: { force: true } }),
    body: {
      ...plain,
      ...(tags.size > 0 && { tags: [...tags].map(([key, value]) => ({ key, value })) }),
      ...(added.length > 0 && { properties: added }),
    },
    where,
  };
}

function planChanges(item: WantedThing, current: Raw, deviceId: string | undefined, prune: boolean): PlanStep[] {
  const { where, fields, forceDevice } = item;
  const device = deviceId === undefined ? {} : { device_id: deviceId };
  const own = { ...(item.name !== "" && { name: item.name }), ...fields, ...device };
  const changes = changesOf({ ...defaults, ...current }, own);
  const changed = pickFields(own, Object.keys(changes));
  const thing = { id: current.id, name: textField(current, "name"), where };
  const update: PlanStep = {
    entries: [{ action: "update", kind: "thing", name: thing.name, id: current.id, changes }],
    operation: "things_v2#update",
    path: { id: current.id },
    ...(forceDevice && "device_id" in changed && { query: { force: true } }),
    // No id unbinds, as far as anything is known of it (docs/protocol.md#things-and-devices).
    body: changed.device_id === "" ? { ...changed, device_id: null } : changed,
    where,
  };
  return [
    ...(Object.keys(changes).length > 0 ? [update] : []),
    ...planTags(item, current, prune),
    ...planProperties(thing, rawList(current.properties), item.properties, prune),
  ];
}

function planTags({ tags, where }: WantedThing, current: Raw, prune: boolean): PlanStep[] {
  if (tags === undefined) return [];
  const present = (ownField(current, "tags") ?? {}) as Record<string, unknown>;
  const entry = (key: string) => `${textField(current, "name")}: ${key}`;
  const common = { path: { id: current.id }, where };
  const set = [...tags].flatMap(([key, value]): PlanStep[] => {
    const changes: Changes = changesOf(present, { [key]: value });
    if (Object.keys(changes).length === 0) return [];
    const action = Object.hasOwn(present, key) ? "update" : "create";
    return [
      {
        ...common,
        entries: [{ action, kind: "tag", name: entry(key), id: null, changes }],
        operation: "things_v2_tags#upsert",
        body: { key, value },
      },
    ];
  });
  const going = prune ? Object.keys(present).filter((key) => !tags.has(key)) : [];
  return [
    ...set,
    ...going.map((key): PlanStep => ({
      ...common,
      entries: [removal("tag", entry(key), null)],
      operation: "things_v2_tags#delete",
      path: { id: current.id, key },
    })),
  ];
}

function planRemoval(thing: Raw): PlanStep {
  return {
    entries: [removal("thing", textField(thing, "name"), thing.id)],
    operation: "things_v2#delete",
    path: { id: thing.id },
    where: "",
  };
}
