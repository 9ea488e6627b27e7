import assert from "node:assert/strict";
import type { DeviceSettings } from "../../../../cloud/device-protocol/device-settings";
import { startSimulator, type SecureAddresses, type Simulator } from "../../../../simulator/index";
import { certificateRequest } from "../../../../simulator/security/authority";
import { type ArduinoClient, arduinoClient } from "../../../simulator/support/arduino-client";
import { attached, closeDevices, openDevice, report, standing } from "../../../support/device";

describe("a CloudDevice with a certificate", () => {
  let simulator: Simulator & SecureAddresses;
  let rest: ArduinoClient;

  before(async () => {
    simulator = await startSimulator({ tls: true, faults: { requestsPerSecond: null } });
    rest = await arduinoClient(simulator);
  });
  afterEach(closeDevices);
  after(() => simulator.stop());

  /** A device with a certificate and a thing, and the settings that go with them. */
  async function certified(): Promise<{ thingId: string; certificateId: string; settings: DeviceSettings }> {
    const device = await rest.devices.devicesV2Create({ type: "mkrwifi1010" });
    const { key, csr } = await certificateRequest("board");
    const certificate = await rest.certificates.devicesV2CertsCreate(device.id, { csr, enabled: true });
    const thing = simulator.store.createThing({ name: "t", device_id: device.id }, { userId: simulator.userId });
    simulator.store.createProperty(thing.id, { name: "counter", type: "INT" });
    const tls = { ca: simulator.caPem, key, cert: String(certificate.pem), maxVersion: "TLSv1.2" } as const;
    const settings = {
      deviceId: device.id,
      secretKey: "",
      brokerUrl: simulator.certificateBrokerUrl,
      messagesPerSecond: 25,
      tls,
    };
    return { thingId: thing.id, certificateId: certificate.id, settings };
  }

  it("logs in without name and password, learns its thing and reports", async () => {
    const { thingId, settings } = await certified();
    const device = openDevice(settings);
    await attached(device, thingId);
    const connection = simulator.observed.connections.find(({ clientId }) => clientId === settings.deviceId);
    assert.equal(connection?.userName, "");
    assert.equal(await report(device, { counter: 5 }), undefined);
    assert.equal(simulator.store.propertyNamed(thingId, "counter")?.last_value, 5);
  });

  it("is refused with another device's certificate, and with one that is disabled while it runs", async () => {
    const { certificateId, thingId, settings } = await certified();
    const other = await certified();
    const wrong = openDevice({ ...settings, deviceId: other.settings.deviceId });
    const device = openDevice(settings);
    await standing(wrong, "refused");
    await attached(device, thingId);
    await rest.certificates.devicesV2CertsUpdate(certificateId, settings.deviceId, { enabled: false });
    await standing(device, "refused");
  });

  it("cannot reach a broker whose authority it does not know", async () => {
    const { settings } = await certified();
    const { key, cert } = settings.tls ?? {};
    const device = openDevice({
      ...settings,
      tls: { ...(key && { key }), ...(cert && { cert }), maxVersion: "TLSv1.2" },
    });
    await standing(device, "waiting");
    assert.match(device.connectionState.name === "waiting" ? device.connectionState.error.message : "", /certificate/);
  });
});
