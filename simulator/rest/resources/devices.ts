import { randomBytes, randomUUID } from "node:crypto";
import type { Device, DeviceFields, Thing } from "../../store/models";
import type { JsonValue } from "../../json";
import { isVisible, rfc3339 } from "../../store/store";
import { notFound } from "../failure";
import { textOf, type Checked, type Fields } from "../fields";
import { propertyByName, send } from "./publish";
import type { Call, Route } from "../route";
import {
  checkPlan,
  flag,
  hasTags,
  looseName,
  ownedOf,
  pick,
  refuse,
  removeTag,
  restores,
  setTag,
  tagFields,
  tagFilter,
} from "../resource-helpers";
import { deviceView, propertyViews, tagsView, type View } from "../views";

/** DEVICE_TYPE (docs/protocol.md#things-and-devices). */
export const types = [
  ...["mkrwifi1010", "mkr1000", "nano_33_iot", "mkrgsm1400", "mkrnb1500", "login_and_secretkey_wifi", "envie_m7"],
  ...["nanorp2040connect", "nicla_vision", "phone", "portenta_x8", "opta", "giga", "generic_device_secretkey"],
  ...["portenta_c33", "unor4wifi", "nano_nora", "unoq"],
];

/** CONNECTION (docs/protocol.md#things-and-devices). */
export const connections = ["wifi", "eth", "wifiandsecret", "gsm", "nb", "lora", "catm1", "cellular"];

export const deviceFields: Fields = {
  ble_mac: { kind: "string", min: 17, max: 17, pattern: /^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}/ },
  connection_type: { kind: "string", values: connections },
  fqbn: { kind: "string" },
  locked: { kind: "boolean" },
  name: looseName,
  // Arduino's command line tool sends a blank one with each generic device.
  serial: { ...looseName, emptyAllowed: true },
  soft_deleted: { kind: "boolean" },
  type: { kind: "string", values: types },
  unique_hardware_id: { kind: "string", min: 64, max: 64 },
  user_id: { kind: "uuid" },
  wifi_fw_version: { kind: "string", max: 10, pattern: /^\d+\.\d+\.\d+/ },
};

/** Fields that a client may set; the owner comes from the token. */
export const ownFields = Object.keys(deviceFields).filter((name) => name !== "soft_deleted" && name !== "user_id");

const valuesFields: Fields = {
  properties: {
    kind: "array",
    required: true,
    items: {
      kind: "object",
      fields: {
        name: { kind: "string", required: true },
        type: { kind: "string", values: ["infer", "base64", "hex", "json"], default: "infer" },
        value: { kind: "any", required: true },
      },
    },
  },
  input: flag,
};

/** Returns the call's device. @throws Failure 404 for an unknown, deleted or foreign one */
export const deviceOf = (call: Call, deletedToo = false): Device =>
  ownedOf(call, call.store.devices, "device", deletedToo);

function list({ store, scope, query }: Call): View[] {
  return [...store.devices.values()]
    .filter((device) => isVisible(device, scope))
    .filter((device) => query.show_deleted === true || device.deleted_at === undefined)
    .filter((device) => query.serial === undefined || device.serial === query.serial)
    .filter(({ unique_hardware_id: id }) => query.unique_hardware_id === undefined || id === query.unique_hardware_id)
    .filter((device) => hasTags(device.tags, query.tags))
    .map((device) => deviceView(store, device));
}

function create(call: Call): View {
  const { store, scope, body } = call;
  checkPlan(call, "devices");
  const fields = { name: `device-${randomUUID().slice(0, 8)}`, ...pick(body, ownFields) } as unknown as DeviceFields;
  return deviceView(store, store.createDevice(fields, scope));
}

function update(call: Call): View {
  const { store, body } = call;
  const device = deviceOf(call, restores(call));
  delete device.deleted_at;
  Object.assign(device, pick(body, ownFields), { updated_at: rfc3339(Date.now()) });
  if (body.soft_deleted === true) store.deleteDevice(device.id);
  return deviceView(store, device);
}

/** Returns the thing of the call's device. @throws Failure 404 where there is none */
function boundThing(call: Call): Thing {
  const thing = call.store.thingOfDevice(deviceOf(call).id);
  if (!thing) throw notFound("thing of the device");
  return thing;
}

function properties(call: Call): View {
  const device = deviceOf(call);
  const thing = call.store.thingOfDevice(device.id);
  return {
    data_retention_days: call.store.choices.retentionDays,
    deviceId: device.id,
    properties: thing ? propertyViews(call.store, thing, call.query.show_deleted === true) : [],
    user_id: device.user_id,
  };
}

function parseOr(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

/** Returns a value by the way it is written down: `propertiesValue.type` (docs/protocol.md#models). */
function readValue({ type, value }: Checked): JsonValue {
  if (typeof value !== "string" || type === "infer") return value ?? null;
  return parseOr(type === "json" ? value : Buffer.from(value, type === "hex" ? "hex" : "base64").toString());
}

function writeProperties(call: Call): void {
  const thing = boundThing(call);
  const writes = (call.body.properties as Checked[]).map((entry) => ({
    property: propertyByName(call, thing, textOf(entry.name)),
    value: readValue(entry),
  }));
  send(call, thing, writes, call.body.input !== true);
}

function setKey(call: Call): View {
  const device = deviceOf(call);
  const key = typeof call.body.password === "string" ? call.body.password : newKey();
  call.store.setKey(device.id, key);
  return { set: true, suggested_password: key };
}

const newKey = (): string => randomBytes(24).toString("base64url");

const devices = "/iot/v2/devices";
const device = `${devices}/:id`;

/** Devices, their variables, tags and secret keys (docs/operations.md#devices). */
export const deviceRoutes: readonly Route[] = [
  {
    method: "GET",
    path: devices,
    answers: "devicev2[]",
    query: {
      across_user_ids: flag,
      serial: { kind: "string" },
      show_deleted: flag,
      tags: tagFilter,
      unique_hardware_id: { kind: "string" },
    },
    handle: list,
  },
  {
    method: "PUT",
    path: devices,
    answers: "devicev2",
    success: 201,
    body: { ...deviceFields, type: { kind: "string", required: true, values: types } },
    handle: create,
  },
  {
    method: "GET",
    path: device,
    answers: "devicev2",
    handle: (call) => deviceView(call.store, deviceOf(call)),
  },
  { method: "POST", path: device, answers: "devicev2", body: deviceFields, handle: update },
  {
    method: "DELETE",
    path: device,
    query: { force: flag },
    handle: (call) => call.store.deleteDevice(deviceOf(call, call.query.force === true).id, call.query.force === true),
  },
  {
    method: "GET",
    path: `${device}/properties`,
    answers: "devicev2properties",
    query: { show_deleted: flag },
    handle: properties,
  },
  { method: "PUT", path: `${device}/properties`, body: valuesFields, handle: writeProperties },
  { method: "GET", path: `${device}/tags`, answers: "tags", handle: (call) => tagsView(deviceOf(call).tags) },
  {
    method: "PUT",
    path: `${device}/tags`,
    body: tagFields,
    handle: (call) => setTag(deviceOf(call).tags, call.body),
  },
  {
    method: "DELETE",
    path: `${device}/tags/:key`,
    handle: (call) => removeTag(deviceOf(call).tags, call.params.key),
  },
  {
    method: "GET",
    path: `${device}/pass`,
    answers: "devicev2.pass",
    query: { suggested_password: flag },
    handle(call) {
      const set = deviceOf(call).secret_key !== undefined;
      return call.query.suggested_password === true ? { set, suggested_password: newKey() } : { set };
    },
  },
  {
    method: "PUT",
    path: `${device}/pass`,
    answers: "devicev2.pass",
    body: { password: { kind: "string", min: 1 } },
    handle: setKey,
  },
  {
    method: "POST",
    path: `${device}/pass`,
    emptyErrors: [400],
    body: { password: { kind: "string", required: true } },
    handle(call) {
      if (deviceOf(call).secret_key !== call.body.password) refuse("wrong password");
    },
  },
  {
    method: "DELETE",
    path: `${device}/pass`,
    handle: (call) => call.store.setKey(deviceOf(call).id, undefined),
  },
];
