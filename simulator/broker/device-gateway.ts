/** The cloud's side of a device's life: what it is told when it asks, and what is kept of what it says. */
import { decodeCommand, encodeCommand, type Command } from "../codec/commands";
import { note } from "../behaviour/recorder";
import { floatParts, propertyTypes } from "../store/property-types";
import { decodeSenml, encodeSenml, type SenmlEntry, type SenmlReading, type SenmlScalar } from "../codec/senml";
import { rfc3339, type Property, type Store, type Thing } from "../store/store";
import { timezoneAt } from "../store/timezone";
import { parseTopic } from "./topics";

/** A message that was not taken, or only in part. */
export interface Ignored {
  topic: string;
  reason: string;
}

/** All that the cloud needs for its part. */
export interface TwinContext {
  store: Store;
  /** Puts a message of the cloud on a topic. */
  publish: (topic: string, payload: Uint8Array) => void;
  /** Notes what was not understood. */
  ignore: (ignored: Ignored) => void;
}

/** Encodes the message that tells a device which thing it belongs to ("" = none). */
const association = (thingId: string): Uint8Array => encodeSenml([{ variable: "thing_id", value: thingId }], "cloud");

/**
 * Tells a device which thing it belongs to, as after each SUBSCRIBE of its input topic (docs/protocol.md#discovery).
 */
export function announceThing(context: TwinContext, deviceId: string): void {
  const thingId = context.store.thingOfDevice(deviceId)?.id ?? "";
  context.publish(`/a/d/${deviceId}/e/i`, association(thingId));
}

/** Tells a connected device, in both dialects, that it was attached to a thing (docs/protocol.md#discovery). */
export function tellAttached(context: TwinContext, deviceId: string, thingId: string): void {
  context.publish(`/a/d/${deviceId}/c/dw`, encodeCommand("ThingUpdate", [thingId]));
  context.publish(`/a/d/${deviceId}/e/i`, association(thingId));
}

/** Tells a connected device, in both dialects, that it was detached from a thing. */
export function tellDetached(context: TwinContext, deviceId: string, thingId: string): void {
  context.publish(`/a/d/${deviceId}/c/dw`, encodeCommand("ThingDetach", [thingId]));
  context.publish(`/a/d/${deviceId}/e/i`, association(""));
}

/** Takes a message that a client published, before it is relayed. */
export function receive(context: TwinContext, topic: string, payload: Uint8Array): void {
  const { owner, id, channel } = parseTopic(topic) ?? { owner: "", id: "", channel: "" };
  try {
    if (owner === "device" && channel === "c/up") answerCommand(context, id, decodeCommand(payload));
    else if (owner === "device" && channel === "e/o") noteDevice(context, id, decodeSenml(payload));
    else if (channel === "shadow/o") answerShadow(context, id, decodeSenml(payload));
    else if (channel === "e/o" || (channel === "e/i" && owner === "thing" && context.store.choices.storeInputs)) {
      for (const reading of decodeSenml(payload)) record(context, topic, id, reading);
    }
  } catch (error) {
    context.ignore({ topic, reason: error instanceof Error ? error.message : String(error) });
  }
}

function answerCommand({ store, publish }: TwinContext, deviceId: string, command: Command): void {
  const thing = store.thingOfDevice(deviceId);
  const device = store.devices.get(deviceId);
  const answer = (payload: Uint8Array): void => publish(`/a/d/${deviceId}/c/dw`, payload);
  const [first] = command.parameters;
  switch (command.name) {
    case "ThingBegin":
      answer(encodeCommand("ThingUpdate", [thing?.id ?? ""]));
      break;
    case "LastValuesBegin":
      answer(encodeCommand("LastValuesUpdate", [lastValues(store, thing)]));
      break;
    case "TimezoneRequest": {
      const { offset, until } = timezoneAt(thing?.timezone ?? "UTC", Date.now());
      answer(encodeCommand("Timezone", [offset, until]));
      break;
    }
    case "DeviceBegin":
      if (device) device.lib_version = String(first);
      break;
    case "WifiFirmwareVersion":
      if (device) device.wifi_fw_version = String(first);
      break;
    default: // the network configuration and OTA progress need no answer
  }
}

/** Notes what a device says about itself (docs/protocol.md#last-values). */
function noteDevice({ store }: TwinContext, deviceId: string, readings: SenmlReading[]): void {
  const device = store.devices.get(deviceId);
  if (!device) return;
  for (const { variable, value } of readings) {
    note(device.reports, { name: variable, value, updated_at: rfc3339(Date.now()) });
    if (variable === "LIB_VERSION" && typeof value === "string") device.lib_version = value;
  }
}

function answerShadow({ store, publish }: TwinContext, thingId: string, readings: SenmlReading[]): void {
  const asked = readings.some(
    ({ variable, value }) => variable === "r" && typeof value === "object" && value["m"] === "getLastValues",
  );
  if (asked) publish(`/a/t/${thingId}/shadow/i`, lastValues(store, store.things.get(thingId)));
}

/**
 * Returns the last value of every variable and the time zone, with the base time in seconds
 * (docs/protocol.md#last-values).
 */
export function lastValues({ choices }: Store, thing: Thing | undefined): Uint8Array {
  if (!thing) return encodeSenml([], "cloud");
  const { offset, until } = timezoneAt(thing.timezone, Date.now());
  return encodeSenml(
    [
      ...thing.properties.flatMap((property) => entryOf(property, choices.wholeFloatsAs === "float")),
      { variable: "tz_offset", value: offset },
      { variable: "tz_dst_until", value: until },
    ],
    "cloud",
  );
}

function entryOf(property: Property, asFloats: boolean): SenmlEntry[] {
  const { variable_name: variable, type, last_value: value, deleted_at: deleted } = property;
  const float = asFloats && floatParts(type);
  if (deleted !== undefined || value === undefined || value === null || Array.isArray(value)) return [];
  if (typeof value !== "object") return [{ variable, value, float }];
  const parts = Object.entries(value).filter((part): part is [string, SenmlScalar] => isScalar(part[1]));
  return [{ variable, value: Object.fromEntries(parts), float }];
}

const isScalar = (value: unknown): value is SenmlScalar =>
  typeof value === "number" || typeof value === "string" || typeof value === "boolean";

/** Stores a reported value with the message's time, or now. */
function record({ store, ignore }: TwinContext, topic: string, thingId: string, reading: SenmlReading): void {
  const { variable, value, time } = reading;
  const type = store.propertyNamed(thingId, variable)?.type;
  const fault = type === undefined ? "is not known" : valueFault(store, type, value);
  if (fault !== undefined) ignore({ topic, reason: `Variable ${variable} ${fault}.` });
  else store.record(thingId, variable, value, time === undefined ? Date.now() : Math.round(time));
}

function valueFault(store: Store, type: string, value: SenmlReading["value"]): string | undefined {
  const parts: unknown[] = typeof value === "object" ? Object.values(value) : [value];
  if (!store.choices.storeNotFinite && parts.some((part) => typeof part === "number" && !Number.isFinite(part))) {
    return "is not a finite number";
  }
  const kind = propertyTypes.get(type)?.kind;
  const wanted = kind === "integer" ? "number" : kind;
  const fits = !store.choices.checkReportedKind || wanted === undefined || typeof value === wanted;
  return fits ? undefined : `is a ${typeof value}, where its type ${type} is a ${kind ?? ""}`;
}
