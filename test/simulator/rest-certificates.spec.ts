import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { startSimulator, type Simulator } from "../../simulator";
import { certificateRequest } from "../../simulator/security/authority";
import { arduinoClient, refused, request, tokenOf, type ArduinoClient } from "./support/arduino-client";

/** A request whose text was changed after it was signed. */
function forged(csr: string): string {
  const der = Buffer.from(csr.replace(/-----.*-----|\n/g, ""), "base64");
  const at = der.indexOf("CN-of-the-owner");
  assert.ok(at > 0);
  der.write("CN-of-the-thief", at);
  return `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString("base64")}\n-----END CERTIFICATE REQUEST-----`;
}

describe("simulator REST: certificates", () => {
  let simulator: Simulator;
  let client: ArduinoClient;
  let id: string;

  before(async () => {
    simulator = await startSimulator({ faults: { requestsPerSecond: null } });
    client = await arduinoClient(simulator);
    id = (await client.devices.devicesV2Create({ type: "mkrwifi1010" })).id;
  });
  after(() => simulator.stop());

  it("signs a request for the device's id, whatever name it asks for", async () => {
    const { certificates } = client;
    const { csr } = await certificateRequest("somebody else");
    const made = await certificates.devicesV2CertsCreate(id, { csr, ca: "Arduino_v2", enabled: true });
    assert.deepEqual([made.device_id, made.enabled, made.ca], [id, true, "Arduino_v2"]);
    const pem = String(made.pem);
    assert.ok(pem.length <= 512);
    const certificate = new X509Certificate(pem);
    assert.equal(certificate.subject, `CN=${id}`);
    assert.equal(certificate.raw.toString("base64"), made.der);
    const { compressed } = made as unknown as { compressed: Record<string, unknown> };
    assert.equal(String(compressed.serial).toUpperCase(), certificate.serialNumber);
    assert.match(String(compressed.signature_asn1_x), /^[0-9a-f]{64}$/);
    assert.equal(compressed.signature, `${String(compressed.signature_asn1_x)}${String(compressed.signature_asn1_y)}`);
    assert.equal(JSON.stringify(await certificates.devicesV2CertsShow(made.id, id)), JSON.stringify(made));
  });

  it("lists, disables, signs again and deletes", async () => {
    const { certificates } = client;
    const before = await certificates.devicesV2CertsList(id);
    const made = await certificates.devicesV2CertsCreate(id, { ...(await certificateRequest(id)), enabled: false });
    assert.deepEqual(
      (await certificates.devicesV2CertsList(id)).map((each) => each.id),
      [...before.map((each) => each.id), made.id],
    );
    const enabled = await certificates.devicesV2CertsUpdate(made.id, id, { enabled: true });
    assert.deepEqual([enabled.enabled, enabled.pem], [true, made.pem]);
    const { csr } = await certificateRequest(id);
    const renewed = await certificates.devicesV2CertsUpdate(made.id, id, { csr });
    assert.deepEqual([renewed.id, renewed.enabled, renewed.pem === made.pem], [made.id, true, false]);
    await certificates.devicesV2CertsDelete(made.id, id);
    assert.equal(await refused(certificates.devicesV2CertsShow(made.id, id), 404), "");
    assert.equal(await refused(certificates.devicesV2CertsDelete(made.id, id), 404), "");
  });

  it("refuses what is no request, and unknown devices", async () => {
    const { certificates } = client;
    const { csr } = await certificateRequest("CN-of-the-owner");
    for (const body of [
      { csr },
      { csr: "no request", enabled: true },
      { csr: forged(csr), enabled: true },
      { csr: `${csr}${" ".repeat(1024)}`, enabled: true },
      { enabled: true },
    ]) {
      assert.match(await refused(certificates.devicesV2CertsCreate(id, body), 400), /csr|enabled/);
    }
    const stranger = "7fe6ae4b-45ba-4d3c-9d3e-6c1e3ff40a31";
    assert.equal(await refused(certificates.devicesV2CertsList(stranger), 404), "");
    assert.equal(await refused(certificates.devicesV2CertsCreate(stranger, { csr, enabled: true }), 404), "");
  });

  it("does not show certificates in the device", async () => {
    const { text } = await request(simulator, "GET", `/iot/v2/devices/${id}`, { token: await tokenOf(simulator) });
    assert.ok(!text.includes("CERTIFICATE") && !text.includes("certificates"));
  });
});
