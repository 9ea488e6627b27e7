import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import path from "node:path";
import { Aedes } from "aedes";
import mqtt, { type MqttClient } from "mqtt";
import type { FlowNode } from "../support/flows";
import { dashboardWrites, type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";
import { type NodeRed, startNodeRed } from "../support/node-red";

const file = path.resolve(__dirname, "..", "..", "examples", "Expose a Zigbee sensor and a switch.json");

/** The example as it is, beside a broker like that of Zigbee2MQTT; only addresses and credentials are filled in. */
describe("the example that exposes a Zigbee sensor and a switch", function () {
  this.timeout(60_000);
  let house: House;
  let red: NodeRed;
  let zigbee: MqttClient;
  let stopBroker: () => Promise<void>;
  const commands: string[] = [];

  before(async function () {
    this.timeout(120_000);
    const variables = { temperature: "TEMPERATURE_C", humidity: "PERCENTAGE_RELATIVE_HUMIDITY", plug: "STATUS" };
    house = await startHouse({ variables, readOnly: ["temperature", "humidity"] });
    const broker = await Aedes.createBroker();
    const server = createServer(broker.handle);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    zigbee = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
    zigbee.on("message", (_topic, payload) => commands.push(payload.toString()));
    await zigbee.subscribeAsync("zigbee2mqtt/Pump plug/set");
    stopBroker = async () => {
      await zigbee.endAsync(true);
      await new Promise<void>((resolve) => broker.close(resolve));
      server.close();
    };
    red = await startNodeRed();
    const { clientId, clientSecret, ...settings } = house.account;
    const filledIn: Record<string, object> = {
      "arduino-cloud-account": { ...settings, credentials: { clientId, clientSecret } },
      "arduino-cloud-device": { credentials: { deviceId: house.deviceId, secretKey: house.secretKey } },
      "mqtt-broker": { broker: "127.0.0.1", port: String(port) },
    };
    const flow = JSON.parse(readFileSync(file, "utf8")) as FlowNode[];
    await red.deploy(flow.map((node) => ({ ...node, ...filledIn[node.type] })));
    await until("the subscriptions", () =>
      house.simulator.observed.connections.some(
        ({ kind, subscriptions }) => kind === "device" && [...subscriptions].some((one) => one.includes(house.thingId)),
      ),
    );
  });

  after(async () => {
    await red.stop();
    await stopBroker();
    await house.stop();
  });

  const held = (variable: string): unknown => house.simulator.store.propertyNamed(house.thingId, variable)?.last_value;

  it("has six nodes", () => {
    const flow = JSON.parse(readFileSync(file, "utf8")) as FlowNode[];
    assert.equal(flow.filter(({ type, x }) => x !== undefined && type !== "comment").length, 6);
  });

  it("reports what the sensor measures, and nothing else of its message", async () => {
    // Whether its subscription stands can't be seen from here, so the sensor repeats itself, as sensors do.
    const measurement = { temperature: 21.5, humidity: 58, battery: 97, linkquality: 120 };
    const sensor = setInterval(() => zigbee.publish("zigbee2mqtt/Greenhouse sensor", JSON.stringify(measurement)), 200);
    try {
      await until("the report", () => held("temperature") === 21.5 && held("humidity") === 58);
    } finally {
      clearInterval(sensor);
    }
    assert.equal(house.simulator.store.devices.get(house.deviceId)?.connected, true);
  });

  it("works the plug as a dashboard asks, and lets the dashboard settle", async () => {
    for (const [value, command] of [
      [true, "ON"],
      [false, "OFF"],
    ] as const) {
      await dashboardWrites(house, "plug", value);
      await until(`the command ${command}`, () => commands.at(-1) === JSON.stringify({ state: command }));
      await until("the echo", () => held("plug") === value);
    }
    red.check();
  });
});
