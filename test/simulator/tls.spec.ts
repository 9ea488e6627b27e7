import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request } from "node:https";
import { connect } from "node:net";
import type { SecureContextOptions } from "node:tls";
import type { IClientOptions, MqttClient } from "mqtt";
import { startSimulator, type SecureAddresses, type Simulator } from "../../simulator";
import { certificateRequest } from "../../simulator/security/authority";
import { offersTls13 } from "../../simulator/security/client-hello";
import { arduinoClient, tokenOf, type ArduinoClient } from "./support/arduino-client";
import { connected, event } from "./support/setup";
import { until } from "../support/wait";

/** MQTT.js hands what it does not know on to Node's TLS. */
type Options = IClientOptions & SecureContextOptions;

describe("simulator: TLS", () => {
  let simulator: Simulator & SecureAddresses;
  let rest: ArduinoClient;
  const clients: MqttClient[] = [];

  before(async () => {
    simulator = await startSimulator({ tls: true, faults: { requestsPerSecond: null } });
    rest = await arduinoClient(simulator);
  });
  after(async () => {
    for (const client of clients) client.end(true);
    await simulator.stop();
  });
  beforeEach(() => {
    simulator.choices.refuseTls13 = true;
  });

  async function dial(url: string, options: Options): Promise<MqttClient> {
    const client = await connected(url, options);
    clients.push(client);
    return client;
  }

  /** A device with a certificate, and what it logs in with. */
  async function certified(): Promise<{ id: string; cid: string; options: Options }> {
    const { id } = await rest.devices.devicesV2Create({ type: "mkrwifi1010" });
    const { key, csr } = await certificateRequest("board");
    const { id: cid, pem } = await rest.certificates.devicesV2CertsCreate(id, { csr, enabled: true });
    const { caPem: ca } = simulator;
    return { id, cid, options: { clientId: id, ca, key, cert: String(pem), maxVersion: "TLSv1.2" } };
  }

  const login = (options: Options): Promise<MqttClient> => dial(simulator.certificateBrokerUrl, options);

  it("serves REST to who trusts its authority, and to nobody else", async () => {
    const token = await tokenOf(simulator);
    const list = async (agent: Agent): Promise<number | undefined> => {
      const headers = { authorization: `Bearer ${token}` };
      const sent = request(`${simulator.secureRestUrl}/iot/v2/things`, { agent, headers }).end();
      const [answer] = (await once(sent, "response")) as [{ statusCode?: number; resume(): void }];
      answer.resume();
      return answer.statusCode;
    };
    assert.equal(await list(new Agent({ ca: simulator.caPem })), 200);
    await assert.rejects(list(new Agent()), /certificate/);
    await simulator.restDown(true);
    await assert.rejects(list(new Agent({ ca: simulator.caPem })), /ECONNREFUSED/);
    await simulator.restDown(false);
    assert.equal(await list(new Agent({ ca: simulator.caPem })), 200);
  });

  it("takes users over wss and devices with a key over mqtts", async () => {
    const { userId, caPem: ca } = simulator;
    const { id } = await rest.devices.devicesV2Create({ type: "login_and_secretkey_wifi" });
    await rest.keys.devicesV2PassSet(id, { password: "SECRET" });
    const thing = await rest.things.thingsV2Create({ name: "t", device_id: id });
    const user = await dial(simulator.secureBrokerUrl, {
      clientId: `${userId}:1`,
      username: userId,
      password: await tokenOf(simulator),
      ca,
    });
    const topic = `/a/t/${thing.id}/e/o`;
    await user.subscribeAsync(topic, { qos: 1 });
    const device = await dial(simulator.secureDeviceBrokerUrl, {
      clientId: id,
      username: id,
      password: "SECRET",
      ca,
    });
    const got = event(user, "message");
    await device.publishAsync(topic, Buffer.from("81a2006178020a", "hex"), { qos: 1 });
    assert.equal((await got)[0], topic);
    await assert.rejects(dial(simulator.secureDeviceBrokerUrl, { clientId: id, username: id, password: "SECRET" }));
  });

  it("takes a device by its certificate alone", async () => {
    const { id, options } = await certified();
    const device = await login(options);
    assert.deepEqual(
      simulator.observed.connections.filter(({ clientId }) => clientId === id),
      [{ clientId: id, userName: "", kind: "device", transport: "tcp", subscriptions: [] }],
    );
    assert.equal((await rest.devices.devicesV2Show(id)).device_status, "ONLINE");
    const thing = await rest.things.thingsV2Create({ name: "t", device_id: id });
    const answer = event(device, "message");
    await device.subscribeAsync(`/a/d/${id}/e/i`);
    const [topic, payload] = (await answer) as [string, Buffer];
    assert.equal(topic, `/a/d/${id}/e/i`);
    assert.ok(payload.includes(thing.id));
  });

  it("refuses another client id, a user name, and who shows no certificate", async () => {
    const { id, options } = await certified();
    const other = await certified();
    await assert.rejects(login({ ...options, clientId: other.id }), /Not authorized/);
    await assert.rejects(login({ ...options, username: id, password: "x" }), /Not authorized/);
    const { caPem: ca } = simulator;
    await assert.rejects(login({ clientId: id, ca, maxVersion: "TLSv1.2" }));
  });

  it("refuses a certificate that is disabled or deleted, and drops the connection", async () => {
    const { id, cid, options } = await certified();
    const device = await login(options);
    const closed = event(device, "close");
    await rest.certificates.devicesV2CertsUpdate(cid, id, { enabled: false });
    await closed;
    await assert.rejects(login(options), /Not authorized/);
    await rest.certificates.devicesV2CertsUpdate(cid, id, { enabled: true });
    await login(options);
    await rest.certificates.devicesV2CertsDelete(cid, id);
    await until("offline", () => simulator.store.devices.get(id)?.connected === false);
    await assert.rejects(login(options), /Not authorized/);
  });

  it("refuses a deleted device's certificate", async () => {
    const { id, options } = await certified();
    await rest.devices.devicesV2Delete(id);
    await assert.rejects(login(options), /Not authorized/);
  });

  it("turns away who offers TLS 1.3 at the listener for certificates, unless chosen otherwise", async () => {
    const { options } = await certified();
    await assert.rejects(login({ ...options, maxVersion: "TLSv1.3" }), /protocol version/);
    simulator.choices.refuseTls13 = false;
    await login({ ...options, maxVersion: "TLSv1.3" });
  });

  it("goes down and comes up with the rest of the broker, and refuses sockets on order", async () => {
    const { options } = await certified();
    await simulator.brokerDown(true);
    await assert.rejects(login(options), /ECONNREFUSED/);
    await simulator.brokerDown(false);
    simulator.faults.refuseConnect = "socket";
    await assert.rejects(login(options));
    simulator.faults.refuseConnect = null;
    await login(options);
  });

  it("survives bytes that are no TLS", async () => {
    const { port } = new URL(simulator.certificateBrokerUrl);
    const socket = connect(Number(port), "127.0.0.1").resume();
    socket.write("GET / HTTP/1.1\r\n\r\n");
    await once(socket, "close");
    assert.equal(offersTls13(Buffer.from("GET / HTTP/1.1")), false);
    assert.equal(offersTls13(Buffer.of(22, 3, 1, 0, 1, 1)), false);
    const { options } = await certified();
    await login(options);
  });
});
