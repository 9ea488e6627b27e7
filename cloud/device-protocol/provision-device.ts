import { CloudError, toCloudError } from "../core/errors";
import type { RestClient } from "../rest/transport/client";
import type { Directory } from "../rest/directory/directory";
import { readThing } from "../rest/models";
import { operation } from "../rest/operations/index";
import { printable } from "../core/text";
import { asRecord } from "../core/json";
import { unexpectedAnswer } from "../rest/transport/error-response";

/** The thing that a new device is attached to: nothing, a thing by id or name, or a new thing of that name. */
export type Attachment = { readonly to: "none" } | { readonly to: "existing" | "new"; readonly thing: string };

/** A device that can log in. */
export interface ProvisionedDevice {
  id: string;
  name: string;
  secretKey: string;
  thing: { id: string; name: string } | undefined;
}

interface Service {
  client: Pick<RestClient, "call">;
  directory: Pick<Directory, "thing" | "forget">;
}

/**
 * The kind of device that is no board of Arduino's, and its board name, as Arduino's own tool sends it
 * (docs/protocol.md#keyed-devices).
 */
const kind = { type: "login_and_secretkey_wifi", fqbn: "generic:generic:generic", connection_type: "wifi" };

/**
 * Creates a device with a secret key (docs/protocol.md#keyed-devices) and attaches it. What fails after the device
 * was created deletes it again.
 * @param request `timezone` is the IANA name for a new thing
 * @throws CloudError `conflict` where the thing has a device already, and what look-ups and calls throw
 */
export async function provisionDevice(
  service: Service,
  request: { name: string; attachment: Attachment; timezone: string },
  signal: AbortSignal,
): Promise<ProvisionedDevice> {
  const { client } = service;
  const existing = await findFreeThing(service, request.attachment, signal);
  const created = await client.call(
    operation("devices_v2#create"),
    { body: { ...kind, name: request.name } },
    { signal },
  );
  const id = requireText(created.body, "id", "create");
  try {
    const secretKey = await setKey(client, id, signal);
    const thing = await attach(service, id, existing, request, signal);
    return { id, name: request.name, secretKey, thing };
  } catch (reason) {
    // Not with the signal, which may be what ended it.
    await client.call(operation("devices_v2#delete"), { path: { id }, query: { force: true } }).catch(() => undefined);
    throw toCloudError(reason);
  }
}

/** Finds the thing to attach to, before anything is created: it must not lose another device. */
async function findFreeThing({ directory }: Service, attachment: Attachment, signal: AbortSignal): Promise<string> {
  if (attachment.to !== "existing") return "";
  const thing = await directory.thing(attachment.thing, { signal, maxAgeMs: 0 });
  if (thing.device_id === undefined) return thing.id;
  const owner = printable(thing.device_name ?? thing.device_id);
  throw new CloudError(
    "conflict",
    `The thing "${printable(thing.name)}" belongs to the device "${owner}" already: detach that first, or choose another.`,
  );
}

async function setKey(client: Service["client"], id: string, signal: AbortSignal): Promise<string> {
  const path = { id };
  const suggestion = await client.call(
    operation("devices_v2_pass#get"),
    { path, query: { suggested_password: true } },
    { signal },
  );
  const password = requireText(suggestion.body, "suggested_password", "get-secret-key");
  try {
    await client.call(operation("devices_v2_pass#set"), { path, body: { password } }, { signal });
  } catch (reason) {
    // The service may quote what it did not like.
    throw toCloudError(reason).redacted([password]);
  }
  return password;
}

async function attach(
  { client, directory }: Service,
  deviceId: string,
  existing: string,
  { attachment, timezone }: { attachment: Attachment; timezone: string },
  signal: AbortSignal,
): Promise<ProvisionedDevice["thing"]> {
  if (attachment.to === "none") return undefined;
  const body = { device_id: deviceId };
  const answer =
    attachment.to === "existing"
      ? await client.call(operation("things_v2#update"), { path: { id: existing }, body }, { signal })
      : await client.call(
          operation("things_v2#create"),
          { body: { ...body, name: attachment.thing, timezone } },
          { signal },
        );
  const thing = readThing(answer.body);
  if (thing === undefined)
    throw unexpectedAnswer(`things: ${attachment.to === "existing" ? "update" : "create"}`, "a thing");
  directory.forget(thing.id);
  return { id: thing.id, name: thing.name };
}

function requireText(body: unknown, field: string, name: string): string {
  const value = asRecord(body)?.[field];
  if (typeof value === "string" && value !== "") return value;
  throw unexpectedAnswer(`devices: ${name}`, `an object with ${field}`);
}
