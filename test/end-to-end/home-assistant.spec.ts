import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { accountOf, again, type FlowNode, flowTab, sink, tab, watchers } from "../support/flows";
import { complaints, expandDevice } from "../support/home-assistant-rules";
import { hasMosquitto, type Mosquitto, startMosquitto } from "../support/mosquitto";
import { type House, startHouse } from "../support/simulated-account";
import { clockMoves, until } from "../support/wait";
import { type NodeRed, type Received, startNodeRed } from "../support/node-red";

/** Things in Home Assistant by a real broker and core mqtt nodes in a real Node-RED. */
describe("Home Assistant by mosquitto", function () {
  this.timeout(60_000);
  let house: House;
  let broker: Mosquitto;
  let red: NodeRed;

  before(async function () {
    this.timeout(120_000);
    if (!hasMosquitto()) this.skip();
    house = await startHouse({ readOnly: ["temperature"] });
    house.simulator.store.record(house.thingId, "relay", false, Date.now() - 60_000);
    broker = await startMosquitto();
    red = await startNodeRed();
    await red.deploy(flow());
  });

  const key = (): string => house.thingId.replaceAll("-", "");
  const config = (): string => `homeassistant/device/arduino_${key()}/config`;
  const topicOf = (variable: string): string => `arduino/${key()}/${variable}`;
  const brokerNode = (): FlowNode => ({
    ...{ id: "broker", type: "mqtt-broker", broker: "127.0.0.1", port: String(broker.port), clientid: "" },
    ...{ autoConnect: true, usetls: false, protocolVersion: 4, keepalive: 60, cleansession: true },
    ...{ birthTopic: "arduino/status", birthQos: "1", birthRetain: "true", birthPayload: "online" },
    ...{ closeTopic: "arduino/status", closeQos: "1", closeRetain: "true", closePayload: "offline" },
    ...{ willTopic: "arduino/status", willQos: "1", willRetain: "true", willPayload: "offline" },
  });
  const mqttIn = (id: string, topic: string): FlowNode => ({
    ...{ id, type: "mqtt in", z: tab, x: 1, y: 1, topic, qos: "1", datatype: "utf8", broker: "broker" },
    ...{ nl: false, rap: true, rh: 0, inputs: 0, wires: [["ha"]] },
  });
  const bridge = (more: object = {}): FlowNode => ({
    ...{ id: "ha", type: "arduino-cloud-home-assistant", z: tab, x: 1, y: 1, account: "account" },
    ...{ things: "", tag: "", prefix: "", base: "", write: true, status: true, overrides: "", wires: [["mqtt"]] },
    ...more,
  });
  const flow = (more: object = {}): FlowNode[] => [
    flowTab,
    accountOf(house),
    brokerNode(),
    mqttIn("commands", "arduino/+/+/set/#"),
    mqttIn("birth", "homeassistant/status"),
    bridge(more),
    { id: "mqtt", type: "mqtt out", z: tab, x: 1, y: 1, topic: "", qos: "", retain: "", broker: "broker", wires: [] },
    sink("extra"),
    ...watchers,
  ];
  const keeps = (topic: string, payload: string): Promise<void> =>
    until(`${topic} with ${payload}`, () => broker.kept.get(topic) === payload);
  const device = (): ReturnType<typeof expandDevice> => expandDevice(JSON.parse(broker.kept.get(config()) ?? "{}"));
  const topics = (): string[] => [...broker.kept.keys()].sort();
  const isThere = (): Promise<void> =>
    until("the device", () => broker.kept.has(config()) && broker.kept.get(topicOf("relay")) === "false");

  it("keeps device, availability and states at the broker", async () => {
    await isThere();
    await keeps("arduino/status", "online");
    await keeps(`arduino/${key()}/status`, "online");
    assert.deepEqual(complaints(config(), JSON.parse(broker.kept.get(config())!)), []);
  });

  it("writes a command, and keeps the state that it leads to", async () => {
    await broker.publish(`${topicOf("counter")}/set`, "42");
    await keeps(topicOf("counter"), "42");
    assert.deepEqual(house.writes(), [{ variable: "counter", value: 42 }]);
  });

  it("refuses a command with an error for a catch node, and tells the state again", async () => {
    await broker.publish(topicOf("relay"), "forged", true);
    await keeps(topicOf("relay"), "forged");
    await broker.publish(`${topicOf("relay")}/set`, "maybe");
    await keeps(topicOf("relay"), "false");
    await until("the error", () => red.received("errors").length > 0);
    assert.equal((red.received("errors")[0]!["error"] as { code: string }).code, "invalid_value");
  });

  it("tells all again when Home Assistant has started", async () => {
    await broker.publish(topicOf("relay"), "", true);
    await until("it to be lost", () => !broker.kept.has(topicOf("relay")));
    await broker.publish("homeassistant/status", "online");
    await isThere();
  });

  it("tells all again to a broker that has lost everything", async () => {
    const before = topics();
    const told = red.received("statuses").length;
    const isLoss = ({ status }: Received): boolean => JSON.stringify(status).includes("status.disconnected");
    await broker.down();
    await until("the loss", () => red.received("statuses").slice(told).some(isLoss));
    await broker.up();
    await isThere();
    await keeps(topicOf("counter"), "42");
    await keeps("arduino/status", "online");
    await until("all topics again", () => isDeepStrictEqual(topics(), before));
  });

  it("goes on with a redeploy, without a moment in which something is gone", async () => {
    const before = topics();
    await red.deploy(again(flow({ name: "anew" })), undefined, "nodes");
    await broker.publish(`${topicOf("counter")}/set`, "43");
    await keeps(topicOf("counter"), "43");
    assert.deepEqual(topics(), before);
  });

  it("follows what is renamed and deleted", async () => {
    const shed = house.addThing("Shed", { door: "HOME_CONTACT_SENSOR" });
    const topic = `homeassistant/device/arduino_${shed.replaceAll("-", "")}/config`;
    Object.assign(house.simulator.store.propertyNamed(house.thingId, "relay")!, {
      variable_name: "pump",
      name: "Pump",
    });
    // Older than the list that the next start may take.
    await clockMoves(2_100);
    await red.deploy(again(flow({ name: "again" })), undefined, "nodes");
    await until("the shed", () => broker.kept.has(topic));
    await keeps(topicOf("pump"), "false");
    await until("the entity under its new name", () => "pump" in device().components);
    await until("the old name to be gone", () => !broker.kept.has(topicOf("relay")));
    house.simulator.store.deleteThing(shed);
    await clockMoves(2_100);
    await red.deploy(again(flow({ name: "once more" })), undefined, "nodes");
    await until("the shed to be gone", () => !broker.kept.has(topic));
  });

  for (const type of ["nodes", "flows", "full"] as const)
    it(`leaves nothing at the broker when it is removed by a deploy of ${type}`, async () => {
      await red.deploy(again(flow({ name: type })));
      await until("the device", () => broker.kept.has(config()) && broker.kept.get(topicOf("pump")) === "false");
      await red.deploy(again(flow().filter(({ id }) => id !== "ha")), undefined, type);
      const ours = (): string[] => [...broker.kept.keys()].filter((topic) => topic.includes(key()));
      await until("all to be gone", () => ours().length === 0);
    });
});
