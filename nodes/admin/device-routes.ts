import type { Request } from "express";
import type { NodeAPI } from "node-red";
import { CloudError } from "../../cloud/core/errors";
import type { Rest } from "../../cloud/rest/index";
import { type Attachment, provisionDevice, type ProvisionedDevice } from "../../cloud/device-protocol/provision-device";
import { findAccount } from "../runtime/account-node";
import { answer, fieldsOf, answerTtlMs, registerList, resolveEnvironment, withTyped } from "./routes";
import type { CreatedDevice, ThingDetail } from "./protocol";
import { listThingOfDevice } from "./choices";
import { isDemo } from "../runtime/account-settings";
import { NoDeviceInDemo } from "../runtime/device-settings";
import { keepCreatedKey } from "../runtime/device-credentials";
import { readNodeId } from "./node-id";
import { findDeployed } from "./stored-secrets";
import { trimmedText } from "../../cloud/core/text";

const usualName = "Node-RED";

/**
 * Registers the endpoints for devices:
 *
 * - `GET arduino-cloud/accounts/:id/device-thing`: the thing of a device with its variables, or `null`; the device as
 *   typed (`device`), else as it is stored for a device node (`node`). `POST arduino-cloud/device-thing`: the same with an
 *   account that is not deployed. Permissions as with `registerAdminRoutes`.
 * - `POST arduino-cloud/devices/create` for the form of a device: **Create a device for me**. It creates a device with a
 *   secret key in an account (`id` of a deployed one, or as typed), attaches it, and keeps the key for the node of the
 *   form (`node`), which may not be deployed yet; the answer holds the device's id, never the key. Needs
 *   `arduino-cloud.write`.
 */
export function registerDeviceRoutes(RED: NodeAPI): void {
  registerList(RED, "device-thing", "device-thing", (rest, request, signal) =>
    thingOfDevice(RED, rest, { ...fieldsOf(request.query), ...fieldsOf(request.body) }, signal),
  );
  RED.httpAdmin.post(
    "/arduino-cloud/devices/create",
    RED.auth.needsPermission("arduino-cloud.write"),
    answer((request, signal) => create(RED, request, signal)),
  );
}

async function thingOfDevice(
  RED: NodeAPI,
  rest: Rest,
  { node, device }: Record<string, unknown>,
  signal: AbortSignal,
): Promise<ThingDetail | null> {
  const deployed = findDeployed(RED, trimmedText(node), "arduino-cloud-device").stored.deviceId;
  const stored = trimmedText(device) === "" ? deployed : device;
  const id = trimmedText(stored === deployed ? resolveEnvironment(RED, undefined, stored) : stored);
  return listThingOfDevice(await rest.directory.things({ signal, maxAgeMs: answerTtlMs }), id);
}

async function create(RED: NodeAPI, request: Request, signal: AbortSignal): Promise<CreatedDevice> {
  const body = fieldsOf(request.body);
  // No other node's credentials may be touched.
  const node = readNodeId(RED, body.node, ["arduino-cloud-device"], "node is not the id of a device node");
  const wanted = {
    name: trimmedText(body.name) || usualName,
    attachment: readAttachment(body.attach),
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
  const isInDemo =
    body.settings === undefined ? findAccount(RED, trimmedText(body.id)).isDemo : isDemo(fieldsOf(body.settings));
  if (isInDemo) throw new NoDeviceInDemo();
  const make = (rest: Rest): Promise<ProvisionedDevice> => provisionDevice(rest, wanted, signal);
  const { id, secretKey, thing } =
    body.settings === undefined
      ? await make(findAccount(RED, trimmedText(body.id)).account.rest)
      : await withTyped(RED, request, make);
  keepCreatedKey(RED, node, id, secretKey);
  return { deviceId: id, thing: thing ?? null };
}

function readAttachment(given: unknown): Attachment {
  const { to, thing } = fieldsOf(given);
  if (to === undefined || to === "none") return { to: "none" };
  const reference = trimmedText(thing);
  if ((to !== "existing" && to !== "new") || reference === "") {
    throw new CloudError("invalid_input", "The field attach names no thing: choose one, or give the new one a name.");
  }
  return { to, thing: reference };
}
