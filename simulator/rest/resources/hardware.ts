import { randomUUID } from "node:crypto";
import type { DeviceFields } from "../../store/models";
import { rfc3339 } from "../../store/store";
import { deviceFields, deviceOf, ownFields, types } from "./devices";
import { Failure } from "../failure";
import type { Fields } from "../fields";
import type { Call, Route } from "../route";
import { checkPlan, omit, pick } from "../resource-helpers";
import { deviceView, type View } from "../views";

const claimFields: Fields = {
  ...omit(deviceFields, ["soft_deleted"]),
  ID: { kind: "uuid" },
  type: { kind: "string", required: true, values: types },
  unique_hardware_id: { kind: "string", required: true, min: 64, max: 64 },
  user_id: { kind: "uuid", required: true },
};

/**
 * Makes a device of a board that is known by its hardware id.
 * @throws Failure 403 for another user, 409 where board or id are taken, 412 where the board is locked
 * (docs/protocol.md#errors)
 */
function claim(call: Call): View {
  const { store, scope, body } = call;
  if (body.user_id !== scope.userId) throw new Failure(403, "body.user_id is another user");
  const owned = [...store.devices.values()].find(
    ({ unique_hardware_id: id, deleted_at: deleted }) => id === body.unique_hardware_id && deleted === undefined,
  );
  if (owned?.locked) throw new Failure(412, "the board is locked");
  if (owned) throw new Failure(409, `the board is claimed as device ${owned.id}`);
  if (typeof body.ID === "string" && store.devices.has(body.ID)) throw new Failure(409, `device ${body.ID} exists`);
  checkPlan(call, "devices");
  const fields = {
    id: body.ID ?? randomUUID(),
    name: `device-${randomUUID().slice(0, 8)}`,
    ...pick(body, ownFields),
  } as unknown as DeviceFields;
  return deviceView(store, store.createDevice(fields, scope));
}

/**
 * Forgets the hardware id of a device.
 * @throws Failure 412 where it has none, or is locked
 */
function forgetHardware(call: Call): View {
  const device = deviceOf(call);
  if (device.unique_hardware_id === undefined) throw new Failure(412, "the device has no hardware id");
  if (device.locked) throw new Failure(412, "the device is locked");
  delete device.unique_hardware_id;
  device.updated_at = rfc3339(Date.now());
  return deviceView(call.store, device);
}

/** Boards known by their hardware id (docs/operations.md#devices). */
export const hardwareRoutes: readonly Route[] = [
  {
    method: "PUT",
    path: "/iot/v2/devices/claim",
    answers: "devicev2",
    success: 201,
    body: claimFields,
    handle: claim,
  },
  { method: "POST", path: "/iot/v2/devices/:id/remove-uhwid", answers: "devicev2", handle: forgetHardware },
];
