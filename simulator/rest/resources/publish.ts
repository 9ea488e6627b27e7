import type { Property, Thing } from "../../store/models";
import type { JsonValue } from "../../json";
import { floatParts, propertyTypes, type ValueKind } from "../../store/property-types";
import { encodeSenml, type SenmlEntry, type SenmlScalar, type SenmlValue } from "../../codec/senml";
import { textOf, type Checked, type Field, type Fields } from "../fields";
import { livingThing, propertyOf } from "./properties";
import type { Call, Route } from "../route";
import { flag, refuse } from "../resource-helpers";

/** A value on its way to one variable. */
interface Write {
  property: Property;
  value: JsonValue;
}

const any: Field = { kind: "any", required: true };

const definition: Field = { kind: "object", fields: { property: { kind: "string", required: true }, value: any } };

const timedValue: Field = { kind: "object", fields: { timestamp: { kind: "date-time", required: true }, value: any } };

const valueFields: Fields = { value: any, device_id: { kind: "uuid" } };

const multiFields: Fields = {
  properties: { kind: "array", required: true, min: 1, items: definition },
  to_device: flag,
};

/** Returns whether a value is a scalar: JSON can hold numbers that are too large to be finite. */
const isScalar = (value: JsonValue): value is SenmlScalar =>
  Number.isFinite(value) || typeof value === "string" || typeof value === "boolean";

/** Returns a value as MQTT can carry it. @throws Failure 400 for null, lists and nested objects */
function wireValue({ property, value }: Write): SenmlValue {
  if (isScalar(value)) return value;
  if (value === null || Array.isArray(value) || !Object.values(value).every(isScalar)) {
    return refuse(`the value of ${property.variable_name} must be a finite number, text, boolean or flat object`);
  }
  return value as Record<string, SenmlScalar>;
}

const matchesKind: { [kind in ValueKind]: (value: JsonValue) => boolean } = {
  number: (value) => typeof value === "number",
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === "boolean",
  string: (value) => typeof value === "string",
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

/**
 * Checks a write.
 * @throws Failure 400 where the choices say that the cloud checks
 */
function checkWrite({ store: { choices } }: Call, { property, value }: Write, asDevice: boolean): void {
  if (value === null) refuse(`the value of ${property.variable_name} must not be null`);
  const kind = propertyTypes.get(property.type)?.kind;
  if (choices.checkPublishKind && kind && !matchesKind[kind](value)) {
    refuse(`the value of ${property.variable_name} (${property.type}) must be of kind ${kind}`);
  }
  if (choices.refuseReadOnlyPublish && !asDevice && property.permission === "READ_ONLY") {
    refuse(`property ${property.variable_name} is READ_ONLY`);
  }
}

/**
 * Sends values in one message: as the device (output topic, and recorded), or to the device (input topic;
 * docs/protocol.md#writing-values).
 */
export function send(call: Call, thing: Thing, writes: readonly Write[], asDevice: boolean): void {
  const { store, faults } = call;
  for (const write of writes) checkWrite(call, write, asDevice);
  const time = Date.now();
  const entries = writes.map((write): SenmlEntry => {
    const float = store.choices.wholeFloatsAs === "float" && floatParts(write.property.type);
    return { variable: write.property.variable_name, value: wireValue(write), float };
  });
  const topic = `/a/t/${thing.id}/e/${asDevice ? "o" : "i"}`;
  store.emit("publish", { topic, payload: encodeSenml(entries, "cloud", { time }) });
  if (!asDevice && !store.choices.storeInputs) return;
  call.later(faults.publishDelayMs, () => {
    for (const { property, value } of writes) store.record(thing.id, property.variable_name, value, time);
  });
}

function publish(call: Call): void {
  const { body, store } = call;
  const { thing, property } = propertyOf(call);
  const deviceId = body.device_id;
  if (deviceId !== undefined && deviceId !== thing.device_id && store.choices.refuseForeignDevice) {
    refuse(`device ${textOf(deviceId)} is not the device of thing ${thing.id}`);
  }
  send(call, thing, [{ property, value: body.value ?? null }], deviceId !== undefined);
}

/**
 * Returns the thing's property of that name.
 * @throws Failure 400 where no variable has it; which name is meant is open
 * (docs/protocol.md#writing-values)
 */
export function propertyByName({ store }: Call, thing: Thing, name: string): Property {
  const { publishNames } = store.choices;
  const living = thing.properties.filter((property) => property.deleted_at === undefined);
  const found =
    (publishNames === "name" ? undefined : living.find((property) => property.variable_name === name)) ??
    (publishNames === "variable_name" ? undefined : living.find((property) => property.name === name));
  return found ?? refuse(`thing ${thing.id} has no property ${name}`);
}

function publishMulti(call: Call): void {
  const thing = livingThing(call);
  const writes = (call.body.properties as Checked[]).map(({ property, value }) => ({
    property: propertyByName(call, thing, textOf(property)),
    value: value ?? null,
  }));
  send(call, thing, writes, call.body.to_device !== true);
}

/**
 * Takes past values into history (docs/protocol.md#writing-values); nothing is sent on MQTT, as their direction is not
 * documented.
 */
function publishBatch(call: Call): void {
  const { thing, property } = propertyOf(call);
  const samples = call.list as { timestamp: string; value: JsonValue }[];
  for (const { value } of samples) checkWrite(call, { property, value }, true);
  call.later(call.faults.publishDelayMs, () => {
    for (const { timestamp, value } of samples) {
      call.store.record(thing.id, property.variable_name, value, Date.parse(timestamp));
    }
  });
}

/** The writing of values (docs/protocol.md#writing-values). */
export const publishRoutes: readonly Route[] = [
  { method: "PUT", path: "/iot/v2/things/:id/publish", body: multiFields, handle: publishMulti },
  { method: "PUT", path: "/iot/v2/things/:id/properties/:pid/publish", body: valueFields, handle: publish },
  { method: "PUT", path: "/iot/v2/things/:id/properties/:pid/publish_batch", list: timedValue, handle: publishBatch },
];
