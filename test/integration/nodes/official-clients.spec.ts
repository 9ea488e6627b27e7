/** Arduino's own clients, run unchanged beside our nodes: arduino-iot-js on the broker, arduino-iot-client over REST. */
import assert from "node:assert/strict";
import type { DeviceNode } from "../../../nodes/runtime/device-node";
import { arduinoClient } from "../../simulator/support/arduino-client";
import { type ArduinoDevice, type ArduinoUser, connectDevice, connectUser } from "../../support/arduino-iot-js";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type TestRuntime, load } from "../../support/node-helper";

const light = { swi: true, hue: 10, sat: 20, bri: 30 };

describe("Arduino's own clients", () => {
  let house: House;
  let bench: TestRuntime | undefined;
  let user: ArduinoUser | undefined;
  let device: ArduinoDevice | undefined;

  beforeEach(async () => {
    house = await startHouse();
    house.simulator.store.record(house.thingId, "lamp", light, Date.now() - 60_000);
  });
  afterEach(async () => {
    await user?.disconnect();
    await device?.disconnect();
    user = device = undefined;
    await bench?.unload();
    bench = undefined;
    await house.stop();
  });

  const node = (id: string, type: string, more: object = {}): Record<string, unknown>[] => [
    {
      id,
      type: `arduino-cloud-${type}`,
      account: "account",
      thing: house.thingId,
      property: "",
      wires: [[`${id}-out`]],
      ...more,
    },
    { id: `${id}-out`, type: "helper" },
  ];
  const catching = [
    { id: "catch", type: "catch", wires: [["caught"]] },
    { id: "caught", type: "helper" },
  ];
  /** The bytes that went to the device so far, without those of their time. */
  const bytes = (): string[] =>
    house.simulator.observed.publishes
      .filter(({ topic }) => topic === `/a/t/${house.thingId}/e/i`)
      .map(({ payload }) =>
        Buffer.from(payload)
          .toString("hex")
          .replace(/221b[0-9a-f]{16}/, ""),
      );
  const start = async (nodes: Record<string, unknown>[]): Promise<TestRuntime> => (bench = await load(house, nodes));
  /** Waits until the node has what the cloud holds, and the account hears of the thing: then nothing is missed. */
  const listening = async (id: string): Promise<void> => {
    await bench?.arrived(`${id}-out`);
    const isOurs = (clientId: string): boolean => clientId.startsWith(`${house.simulator.userId}:`);
    await until("the subscription", () =>
      house.simulator.observed.connections.some(
        ({ clientId, subscriptions }) =>
          isOurs(clientId) && subscriptions.some((topic) => topic.includes(house.thingId)),
      ),
    );
  };
  const live = (id: string): unknown[] =>
    (bench?.at(`${id}-out`) ?? [])
      .filter(({ source }) => source === "live")
      .map(({ topic, payload }) => [topic, payload]);
  const warnings = (id: string): string[] =>
    (bench?.node(id) as unknown as { warn: { args: string[][] } }).warn.args.map(([warning = ""]) => warning);

  it("arduino-iot-js writes the bytes that property out writes", async () => {
    user = await connectUser(house);
    const values: [string, number | string | boolean | object][] = [
      ["temperature", 31],
      ["temperature", 21.5],
      ["temperature", -1_000],
      ["counter", 2 ** 31 - 1],
      ["relay", true],
      ["message", "Grüße"],
      ["lamp", light],
      ["lamp", { ...light, sat: 99.5 }],
    ];
    for (const [name, value] of values) await user.sendProperty(house.thingId, name, value);
    await until("its writes", () => bytes().length === values.length);
    const theirs = bytes();
    await start([...node("write", "property-out"), ...catching]);
    for (const [property, payload] of values) bench?.node("write").receive({ property, payload });
    await bench?.arrived("write-out", values.length);
    assert.deepEqual(bytes().slice(values.length), theirs);
    assert.deepEqual(bench?.at("caught"), []);
  });

  it("arduino-iot-js as a user is understood, but for 0, false and blank texts, of which we tell", async () => {
    await start(node("in", "property-in", { direction: "both", initial: true }));
    await listening("in");
    user = await connectUser(house);
    for (let time = 1; time <= 2; time++) {
      await user.sendProperty(house.thingId, "relay", false);
      await user.sendProperty(house.thingId, "counter", 0);
      await user.sendProperty(house.thingId, "lamp", { swi: true, bri: 33, hue: 0 });
    }
    await user.sendProperty(house.thingId, "counter", 7);
    await until("the last value", () => live("in").length === 3);
    assert.deepEqual(live("in"), [
      ["lamp", { ...light, bri: 33 }],
      ["lamp", { ...light, bri: 33 }],
      ["counter", 7],
    ]);
    assert.equal(warnings("in").length, 3, warnings("in").join("\n"));
    for (const warning of warnings("in")) assert.match(warning, /came without a value, as .* arduino-iot-js 0\.13\.0/);
  });

  it("arduino-iot-js as a device gets what property out writes, and never answers", async () => {
    device = await connectDevice(house);
    const got: unknown[] = [];
    for (const name of ["temperature", "lamp"]) device.onPropertyValue(name, (value) => got.push(value));
    await start([...node("write", "property-out", { confirm: "device", confirmTimeout: "0.3" }), ...catching]);
    bench?.node("write").receive({ property: "temperature", payload: "31" });
    bench?.node("write").receive({ property: "lamp", payload: { bri: 33 } });
    const failed = (await bench?.arrived("caught", 2)) ?? [];
    await until("what the device gets", () => got.length === 2);
    assert.deepEqual(got, [31, { ...light, bri: 33 }]);
    for (const { error } of failed) {
      const { code, message } = error as { code: string; message: string };
      assert.equal(code, "timeout");
      assert.match(message, /devices with arduino-iot-js, never report back/);
    }
  });

  it("arduino-iot-js as a device reports whole, in part and not at all", async () => {
    device = await connectDevice(house);
    // What a part is completed from has to be known first, and is asked for again as of the subscription.
    house.simulator.holdSubscribes(true);
    await start(node("in", "property-in", { initial: true }));
    await until("the lamp", () => (bench?.at("in-out") ?? []).some(({ topic }) => topic === "lamp"));
    const answers = (): number =>
      house.simulator.observed.requests.filter(({ path, status }) => path.includes("/things") && status > 0).length;
    const before = answers();
    house.simulator.holdSubscribes(false);
    await listening("in");
    await until("what the cloud holds by now", () => answers() > before);
    await device.sendProperty("temperature", 21.25);
    await device.sendProperty("relay", false);
    await device.sendProperty("lamp", { swi: false, hue: 50 });
    await device.sendProperty("counter", 7);
    await until("the last value", () => live("in").length === 3);
    assert.deepEqual(live("in"), [
      ["temperature", 21.25],
      ["lamp", { ...light, hue: 50 }],
      ["counter", 7],
    ]);
  });

  it("arduino-iot-js as a user understands what a device of ours reports", async () => {
    user = await connectUser(house);
    const got: unknown[] = [];
    for (const name of ["temperature", "relay", "lamp"])
      user.onPropertyValue(house.thingId, name, (value) => got.push(value));
    await until("its subscription", () =>
      house.simulator.observed.connections.some(
        ({ clientId, subscriptions }) => !clientId.includes(":") && subscriptions.length > 0,
      ),
    );
    await start([
      { id: "device", type: "arduino-cloud-device", account: "account", brokerUrl: "" },
      ...node("report", "property-out", { device: "device", account: "" }),
      ...catching,
    ]);
    const { device: own } = bench?.node("device") as unknown as Required<DeviceNode>;
    await until("what a part is completed from", () => own.lastValues.has("lamp"));
    bench?.node("report").receive({ payload: { temperature: 31, relay: false, lamp: { bri: 33 } } });
    await until("the reports", () => got.length === 3);
    assert.deepEqual(got, [31, false, { ...light, bri: 33 }]);
    assert.deepEqual(bench?.at("caught"), []);
  });

  it("arduino-iot-client writes whole numbers and parts, which arrive as integers and wholes", async () => {
    await start(node("in", "property-in", { direction: "requested", initial: true }));
    await listening("in");
    const client = await arduinoClient(house.simulator);
    const write = (name: string, value: unknown): Promise<unknown> =>
      client.properties.propertiesV2Publish(house.thingId, house.propertyIds[name] ?? "", { value });
    await write("temperature", 31);
    await write("lamp", { bri: 33 });
    await write("relay", false);
    await until("the last value", () => live("in").length === 3);
    assert.deepEqual(live("in"), [
      ["temperature", 31],
      ["lamp", { ...light, bri: 33 }],
      ["relay", false],
    ]);
    assert.ok(bytes()[0]?.endsWith("02181f"), bytes()[0]);
  });
});
