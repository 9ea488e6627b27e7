import { CloudError } from "../../core/errors";
import type { RestClient } from "../transport/client";
import { adviseNames } from "./find-by-name";
import { type Device, readDevice, readList } from "../models";
import { operation } from "../operations/index";
import { allNamed } from "../../core/names";
import { isUuid, printable } from "../../core/text";
import { unexpectedAnswer } from "../transport/error-response";

/**
 * Returns all devices of the account.
 * @throws what `RestClient.call` throws
 */
export async function listDevices(
  client: Pick<RestClient, "call">,
  options: { signal?: AbortSignal } = {},
): Promise<Device[]> {
  const { body } = await client.call(operation("devices_v2#list"), {}, options);
  if (body === null || Array.isArray(body)) return readList(body, readDevice);
  throw unexpectedAnswer("devices: list", "a list");
}

/**
 * Returns the device of an id, or of an exact name that is unique.
 * @throws CloudError `not_found` (with names that are close), `ambiguous`
 */
export function findDevice(devices: readonly Device[], reference: string): Device {
  const found = isUuid(reference)
    ? devices.filter(({ id }) => id.toLowerCase() === reference.toLowerCase())
    : allNamed(devices, reference);
  const [first, second] = found;
  if (second !== undefined) {
    const ids = found.slice(0, 5).map(({ id }) => printable(id));
    throw new CloudError(
      "ambiguous",
      `devices: ${found.length} devices have the name "${printable(reference)}": ${ids.join(", ")}. Give the id instead.`,
    );
  }
  if (first !== undefined) return first;
  const names = devices.map(({ name }) => name);
  throw new CloudError(
    "not_found",
    `devices: there is no device with the id or name "${printable(reference)}"` +
      adviseNames(names, reference, "There are no devices in this space."),
  );
}
