import { createHash, randomUUID } from "node:crypto";
import { deviceOf } from "./devices";
import { Failure } from "../failure";
import type { Field, Fields } from "../fields";
import type { Call, Route } from "../route";
import { refuse } from "../resource-helpers";
import type { View } from "../views";

/** Board types that the cloud cannot update: they run no sketch of it, or have no room (not documented which). */
const withoutOta = new Set([
  ...["mkr1000", "mkrgsm1400", "mkrnb1500", "phone", "login_and_secretkey_wifi", "generic_device_secretkey"],
  ...["lora-device", "mkrwan1300", "mkrwan1310"],
]);

const binaryKey: Field = { kind: "string", pattern: /^ota\/[a-zA-Z0-9_-]+\/[a-zA-Z0-9_-]+.ota$/ };

const options: Fields = {
  async: { kind: "boolean", default: true },
  expire_in_mins: { kind: "integer", default: 10, min: 1 },
};

/**
 * Begins an update.
 * @param busy status while an update runs: 409 for the upload (docs/protocol.md#errors), which the start does not have
 * @throws Failure 412 for a board that cannot be updated
 */
function begin(call: Call, busy: 409 | 412): void {
  const device = deviceOf(call);
  if (withoutOta.has(device.type)) throw new Failure(412, `devices of type ${device.type} cannot be updated`);
  if ((device.otaUntil ?? 0) > Date.now()) throw new Failure(busy, "an update is running already");
  device.otaUntil = Date.now() + Number(call.body.expire_in_mins) * 60_000;
}

/** Takes the binary; the device is not really sent anything. */
function upload(call: Call): View {
  const { ota_file: file } = call.files;
  if (!file || file.length === 0) refuse('attribute "ota_file" of body is missing and required');
  begin(call, 409);
  return {
    ota_version: 2,
    ota_id: randomUUID(),
    status: "in_progress",
    file_sha: createHash("sha256").update(file).digest("hex"),
  };
}

/** Returns 202 where the answer does not wait for the device, 200 where it does. */
const success = ({ body }: Call): number => (body.async === false ? 200 : 202);

const ota = "/iot/v2/devices/:id/ota";

/** Updates over the air (docs/protocol.md#ota). They end when they expire, or when the board connects anew. */
export const otaRoutes: readonly Route[] = [
  {
    method: "POST",
    path: ota,
    answers: "devicev2.otaupload",
    success,
    emptyErrors: [409],
    body: options,
    handle: upload,
  },
  {
    method: "PUT",
    path: ota,
    success,
    emptyErrors: [],
    body: { ...options, binary_key: { ...binaryKey, required: true } },
    handle: (call) => begin(call, 412),
  },
  {
    method: "POST",
    path: `${ota}/url`,
    emptyErrors: [],
    body: {
      binary_key: binaryKey,
      sha256: { kind: "string", pattern: /^[a-fA-F0-9]{64}$/ },
      user_id: { kind: "uuid" },
    },
    handle: (call) => void deviceOf(call),
  },
];
