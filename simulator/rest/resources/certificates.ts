import { randomUUID } from "node:crypto";
import type { Certificate, Device } from "../../store/models";
import type { Signed } from "../../security/authority";
import { deviceOf } from "./devices";
import { notFound } from "../failure";
import { textOf, type Fields } from "../fields";
import type { Call, Route } from "../route";
import { pick, refuse } from "../resource-helpers";
import type { View } from "../views";

const fields: Fields = {
  ca: { kind: "string" },
  csr: { kind: "string", max: 1024 },
  enabled: { kind: "boolean" },
};

/** Returns a certificate as `ArduinoDevicev2Cert` (docs/protocol.md#models). */
function view(device: Device, { id, enabled, ca, pem, der, ...signed }: Certificate): View {
  return {
    id,
    href: `/iot/v2/devices/${device.id}/certs/${id}`,
    device_id: device.id,
    enabled,
    ...(ca === undefined ? {} : { ca }),
    pem,
    der,
    compressed: {
      serial: signed.serial,
      not_before: signed.notBefore,
      not_after: signed.notAfter,
      signature: signed.r + signed.s,
      signature_asn1_x: signed.r,
      signature_asn1_y: signed.s,
    },
  };
}

/** Returns the call's certificate and device. @throws Failure 404 */
function certificateOf(call: Call): { device: Device; certificate: Certificate } {
  const device = deviceOf(call);
  const certificate = device.certificates.find(({ id }) => id === call.params.cid);
  if (!certificate) throw notFound("certificate");
  return { device, certificate };
}

/**
 * Signs a certificate request.
 * @throws Failure 400 where it is not valid
 */
async function sign(call: Call, device: Device): Promise<Signed> {
  const authority = await call.authority();
  try {
    return await authority.sign(textOf(call.body.csr), device.id);
  } catch (error) {
    return refuse(`body.csr cannot be signed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function create(call: Call): Promise<View> {
  const device = deviceOf(call);
  const { enabled, ca } = call.body;
  const certificate: Certificate = {
    id: randomUUID(),
    enabled: enabled === true,
    ...(typeof ca === "string" ? { ca } : {}),
    ...(await sign(call, device)),
  };
  device.certificates.push(certificate);
  return view(device, certificate);
}

async function update(call: Call): Promise<View> {
  const { device, certificate } = certificateOf(call);
  const signed = call.body.csr === undefined ? {} : await sign(call, device);
  Object.assign(certificate, pick(call.body, ["ca", "enabled"]), signed);
  if (!certificate.enabled || call.body.csr !== undefined) call.store.emit("key-changed", device.id);
  return view(device, certificate);
}

function remove(call: Call): void {
  const { device, certificate } = certificateOf(call);
  device.certificates = device.certificates.filter((each) => each !== certificate);
  call.store.emit("key-changed", device.id);
}

const certificates = "/iot/v2/devices/:id/certs";
const certificate = `${certificates}/:cid`;

/** Certificates of devices (docs/operations.md#devices). */
export const certificateRoutes: readonly Route[] = [
  {
    method: "GET",
    path: certificates,
    answers: "devicev2.cert[]",
    handle(call) {
      const device = deviceOf(call);
      return device.certificates.map((each) => view(device, each));
    },
  },
  {
    method: "PUT",
    path: certificates,
    answers: "devicev2.cert",
    success: 201,
    body: {
      ...fields,
      csr: { kind: "string", required: true, max: 1024 },
      enabled: { kind: "boolean", required: true },
    },
    handle: create,
  },
  {
    method: "GET",
    path: certificate,
    answers: "devicev2.cert",
    handle(call) {
      const found = certificateOf(call);
      return view(found.device, found.certificate);
    },
  },
  { method: "POST", path: certificate, answers: "devicev2.cert", body: fields, handle: update },
  { method: "DELETE", path: certificate, handle: remove },
];
