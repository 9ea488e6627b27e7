import assert from "node:assert/strict";
import mqtt, { type MqttClient } from "mqtt";
import { type MqttConnection, openConnection } from "../../../../cloud/mqtt/connection";
import { type House, startHouse } from "../../../support/simulated-account";

describe("MqttConnection to the simulator, by MQTT.js itself", () => {
  let house: House;
  let client: MqttClient;
  let connection: MqttConnection;
  const unheard: unknown[] = [];
  const note = (reason: unknown): number => unheard.push(reason);

  beforeEach(async () => {
    house = await startHouse();
    connection = await openConnection({
      url: house.simulator.deviceBrokerUrl,
      login: { clientId: house.deviceId, userName: house.deviceId, password: house.secretKey },
      signal: new AbortController().signal,
      onMessage: () => undefined,
      connect: (url, options) => (client = mqtt.connect(url, options)),
    });
    process.on("unhandledRejection", note);
  });
  afterEach(async () => {
    process.off("unhandledRejection", note);
    await connection.close();
    await house.stop();
  });
  /** Lets Node tell of all promises that were rejected without anybody to hear it. */
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it("outlives a topic that no packet can carry, among others", async () => {
    const good = `/a/t/${house.thingId}/e/i`;
    const long = `/a/t/${"x".repeat(66_000)}/e/i`;
    assert.deepEqual(await connection.subscribe([good, long]), [long]);
    await assert.rejects(connection.publish(long, Buffer.from("1")), { code: "invalid_input" });
    await connection.unsubscribe([long]);
    assert.deepEqual(house.simulator.observed.connections[0]?.subscriptions, [good]);
    await turn();
    assert.deepEqual([connection.isOpen, unheard], [true, []]);
  });

  it("is dropped when MQTT.js throws in the middle of a request, and nothing rejects unheard", async () => {
    // As it did with such a topic: the request is noted, then its packet can't be written.
    const broken = client as unknown as { _sendPacket: (packet: { cmd: string }) => void };
    const send = broken._sendPacket.bind(client);
    broken._sendPacket = (packet) => {
      if (packet.cmd === "subscribe") throw new TypeError("The chunk must not be undefined");
      send(packet);
    };
    await assert.rejects(connection.subscribe(["a"]), { code: "offline" });
    assert.match((await connection.closed).message, /chunk must not be undefined/);
    await turn();
    assert.deepEqual([connection.isOpen, unheard], [false, []]);
  });
});
