/** What other clients of the cloud send and take, beside our nodes. */
import assert from "node:assert/strict";
import type { DeviceNode } from "../../../nodes/runtime/device-node";
import { encodeSenml } from "../../../simulator/codec/senml";
import { dashboardWrites, type House, startHouse, usualVariables } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type TestRuntime, load } from "../../support/node-helper";

describe("Beside other clients", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse({ variables: { ...usualVariables, place: "LOCATION" } });
  });

  const propertyOut = (more: object = {}): Record<string, unknown> => ({
    id: "write",
    type: "arduino-cloud-property-out",
    account: "account",
    thing: "House",
    wires: [["out"]],
    ...more,
  });
  const watchers = [
    { id: "out", type: "helper" },
    { id: "catch", type: "catch", wires: [["caught"]] },
    { id: "caught", type: "helper" },
  ];
  /** The bytes that went to a topic of the thing, without those of their time. */
  const bytes = (channel: string): string[] =>
    house.simulator.observed.publishes
      .filter(({ topic }) => topic === `/a/t/${house.thingId}/${channel}`)
      .map(({ payload }) =>
        Buffer.from(payload)
          .toString("hex")
          .replace(/221b[0-9a-f]{16}/g, ""),
      );

  describe("a Python board", () => {
    const connections = (): number =>
      house.simulator.observed.connects.filter(({ clientId }) => clientId === house.deviceId).length;

    it("whose variables hold ints takes whole numbers, also as components, and stays connected", async () => {
      const board = await house.board({
        profile: "python",
        variables: {
          temperature: { type: "FLOAT", value: 0 },
          lamp: { type: "HOME_COLORED_LIGHT", value: { swi: false, hue: 1, sat: 2, bri: 3 } },
          place: { type: "LOCATION", value: { lat: 45, lon: 7 } },
        },
      });
      bench = await load(house, [propertyOut(), ...watchers]);
      bench.node("write").receive({ property: "temperature", payload: 31 });
      bench.node("write").receive({ property: "lamp", payload: { swi: true, hue: 10, sat: 20, bri: 30 } });
      bench.node("write").receive({ property: "place", payload: { lat: "46", lon: 8 } });
      await until("the writes", () => board.writes.length === 3);
      assert.deepEqual(board.values, {
        temperature: 31,
        lamp: { swi: true, hue: 10, sat: 20, bri: 30 },
        place: { lat: 46, lon: 8 },
      });
      assert.equal(connections(), 1);
      assert.ok(bytes("e/i").includes("81a3006b74656d7065726174757265" + "02181f"), bytes("e/i").join());
      await bench.arrived("out", 3);
      assert.deepEqual(bench.at("caught"), []);
    });

    it("whose variable holds an int for what the cloud told it takes whole numbers too", async () => {
      house.simulator.store.record(house.thingId, "temperature", 20, Date.now());
      const board = await house.board({ profile: "python", variables: { temperature: "FLOAT" } });
      assert.equal(board.values["temperature"], 20);
      bench = await load(house, [propertyOut({ property: "temperature" }), ...watchers]);
      bench.node("write").receive({ payload: "21" });
      await until("the write", () => board.values["temperature"] === 21);
      assert.equal(connections(), 1);
    });
  });

  const propertyIn = (more: object = {}): Record<string, unknown> => ({
    id: "read",
    type: "arduino-cloud-property-in",
    account: "account",
    thing: house.thingId,
    property: "",
    wires: [["in"]],
    ...more,
  });
  const light = { swi: true, hue: 10, sat: 20, bri: 30 };
  /** A value that a client publishes in its own way, by the bytes. */
  const publish = (channel: "e/i" | "e/o", hex: string): void =>
    house.simulator.inject(`/a/t/${house.thingId}/${channel}`, Buffer.from(hex.replaceAll(" ", ""), "hex"));
  const text = (value: string): string => (0x60 + value.length).toString(16) + Buffer.from(value).toString("hex");
  /** Waits until the account hears of so many topics of the thing. */
  const listening = (topics: number): Promise<void> =>
    until("the subscriptions", () =>
      house.simulator.observed.connections.some(
        ({ kind, subscriptions }) =>
          kind === "user" && subscriptions.filter((topic) => topic.includes(house.thingId)).length >= topics,
      ),
    );
  const payloads = (id: string): unknown[] => bench.at(id).map(({ payload }) => payload);
  const warnings = (id: string): string[] =>
    (bench.node(id) as unknown as { warn: { args: string[][] } }).warn.args.map(([warning = ""]) => warning);

  describe("a client that writes parts of an object", () => {
    beforeEach(() => {
      house.simulator.store.record(house.thingId, "lamp", light, Date.now() - 60_000);
    });

    it("has them merged into the last known value, and our own partial writes build on that", async () => {
      bench = await load(house, [
        propertyIn({ direction: "requested" }),
        { id: "in", type: "helper" },
        propertyOut({ property: "lamp" }),
        ...watchers,
      ]);
      await listening(1);
      bench.node("write").receive({ payload: { hue: 200 } });
      await bench.arrived("in");
      await dashboardWrites(house, "lamp", { bri: 33 });
      await bench.arrived("in", 2);
      await dashboardWrites(house, "lamp", { swi: false });
      await bench.arrived("in", 3);
      bench.node("write").receive({ payload: { sat: 90 } });
      await bench.arrived("in", 4);
      assert.deepEqual(payloads("in"), [
        { ...light, hue: 200 },
        { ...light, hue: 200, bri: 33 },
        { ...light, hue: 200, bri: 33, swi: false },
        { swi: false, hue: 200, sat: 90, bri: 33 },
      ]);
      assert.deepEqual(bench.at("caught"), []);
    });

    it("does not spoil what a reported value is completed from, whoever listens where", async () => {
      bench = await load(house, [propertyIn({ property: "lamp", initial: true }), { id: "in", type: "helper" }]);
      await listening(1);
      await bench.arrived("in");
      house.simulator.inject(
        `/a/t/${house.thingId}/e/o`,
        encodeSenml([{ variable: "lamp", value: { bri: 33 } }], "js"),
      );
      house.simulator.inject(`/a/t/${house.thingId}/e/o`, encodeSenml([{ variable: "lamp", value: light }], "js"));
      await bench.arrived("in", 3);
      assert.deepEqual(payloads("in"), [light, { ...light, bri: 33 }, light]);
    });

    it("is answered by a device of ours with the whole", async () => {
      bench = await load(house, [
        { id: "device", type: "arduino-cloud-device", account: "", brokerUrl: house.account.deviceBrokerUrl },
        { ...propertyIn(), account: "", device: "device" },
        { id: "in", type: "helper" },
      ]);
      await until("the device", () =>
        house.simulator.observed.connections.some(
          ({ kind, subscriptions }) => kind === "device" && subscriptions.some((topic) => topic.endsWith("/e/i")),
        ),
      );
      const { device } = bench.node("device") as unknown as Required<DeviceNode>;
      await until("the last values", () => device.lastValues.has("lamp"));
      await until("the answer", async () => {
        await dashboardWrites(house, "lamp", { bri: 33 });
        return bytes("e/o").length > 0;
      });
      const held = house.simulator.store.propertyNamed(house.thingId, "lamp");
      await until("the report", () => JSON.stringify(held?.last_value) === JSON.stringify({ ...light, bri: 33 }));
      assert.deepEqual(payloads("in")[0], { ...light, bri: 33 });
    });
  });

  describe("housekeeping of boards", () => {
    const zone = `9f a200${text("tz_offset")}02191c20 a200${text("tz_dst_until")}021a6608b590 ff`;
    const lastValuesPlease = "81a20063723a6d036d6765744c61737456616c756573";
    const marker = `81a200${text("counter")}0207`;

    it("reaches no flow that listens to every variable", async () => {
      house.simulator.store.record(house.thingId, "relay", true, Date.now() - 60_000);
      bench = await load(house, [
        propertyIn({ direction: "both" }),
        { id: "in", type: "helper" },
        propertyIn({ id: "all", thing: "", initial: true, wires: [["every"]] }),
        { id: "every", type: "helper" },
      ]);
      await listening(2);
      await bench.arrived("every");
      for (const hex of [zone, lastValuesPlease, marker]) publish("e/o", hex);
      for (const hex of [zone, marker]) publish("e/i", hex);
      await bench.arrived("in", 2);
      await bench.arrived("every", 2);
      const topics = (id: string): unknown[] => bench.at(id).map(({ topic }) => topic);
      assert.deepEqual(
        [topics("in"), topics("every")],
        [
          ["counter", "counter"],
          ["relay", "counter"],
        ],
      );
    });

    it("is not what a variable of that name is, nor one that is called alike", async () => {
      const other = house.addThing("Clock", { tz_offset: "INT", r: "GENERIC_COMPLEX_PROPERTY", tz: "INT" });
      bench = await load(house, [propertyIn({ thing: "Clock" }), { id: "in", type: "helper" }]);
      await until("the subscription", () =>
        house.simulator.observed.connections.some(({ subscriptions }) =>
          subscriptions.some((topic) => topic.includes(other)),
        ),
      );
      for (const hex of [zone, lastValuesPlease, `81a200${text("tz")}0203`]) {
        house.simulator.inject(`/a/t/${other}/e/o`, Buffer.from(hex.replaceAll(" ", ""), "hex"));
      }
      await bench.arrived("in", 3);
      assert.deepEqual(
        bench.at("in").map(({ topic, payload }) => [topic, payload]),
        [
          ["tz_offset", 7200],
          ["r", { m: "getLastValues" }],
          ["tz", 3],
        ],
      );
    });
  });

  describe("a board that can't hold or report all", () => {
    it("is told of once for each variable, and gets the value", async () => {
      const board = await house.board();
      bench = await load(house, [propertyOut(), ...watchers]);
      for (let time = 1; time <= 2; time++) {
        bench.node("write").receive({ property: "temperature", payload: 16_777_217 });
        bench.node("write").receive({ property: "message", payload: "x".repeat(300) });
        bench.node("write").receive({ property: "place", payload: { lat: 1e39, lon: 7 } });
        bench.node("write").receive({ property: "counter", payload: 16_777_217 });
      }
      await bench.arrived("out", 8);
      assert.deepEqual(bench.at("caught"), []);
      const [rounded, long, infinite, ...others] = warnings("write");
      assert.deepEqual(others, []);
      assert.match(rounded ?? "", /"temperature" = 16777217: .*makes 16777216 of it/);
      assert.match(long ?? "", /"message" takes 316 bytes .*never reports it back, since it sends 256 bytes/);
      assert.match(infinite ?? "", /"place:lat" = 1e\+39: .*an infinite number/);
      await until("the writes", () => board.writes.length === 8);
      assert.equal(board.values["message"], "x".repeat(300));
    });

    it("is named where the node waits for its report in vain", async () => {
      await house.board();
      const more = { property: "message", confirm: "device", confirmTimeout: "0.3" };
      bench = await load(house, [propertyOut(more), ...watchers]);
      bench.node("write").receive({ payload: "x".repeat(300) });
      const [message] = await bench.arrived("caught");
      const { code, message: sentence } = message?.error as { code: string; message: string };
      assert.equal(code, "timeout");
      assert.match(sentence, /never reports what takes more than 256 bytes/);
    });

    it("as are the clients that never report back", async () => {
      const board = await house.board({ profile: "python", variables: { counter: "INT" } });
      const more = { property: "counter", confirm: "device", confirmTimeout: "0.3" };
      bench = await load(house, [propertyOut(more), ...watchers]);
      bench.node("write").receive({ payload: 5 });
      const [message] = await bench.arrived("caught");
      const { code, message: sentence } = message?.error as { code: string; message: string };
      assert.equal(code, "timeout");
      assert.match(sentence, /Boards with Arduino's Python library, and devices with arduino-iot-js, never report/);
      await until("the value", () => board.values["counter"] === 5);
    });
  });

  it("what REST tells in its own way comes as it comes live, at the start and when it is asked for", async () => {
    const { store } = house.simulator;
    store.record(house.thingId, "relay", 0, Date.now() - 60_000);
    store.record(house.thingId, "counter", "7", Date.now() - 60_000);
    store.record(house.thingId, "lamp", { ...light, swi: 1 }, Date.now() - 60_000);
    bench = await load(house, [
      propertyIn({ initial: true }),
      { id: "in", type: "helper" },
      { id: "get", type: "arduino-cloud-property-get", account: "account", thing: house.thingId, wires: [["got"]] },
      { id: "got", type: "helper" },
    ]);
    await bench.arrived("in", 3);
    const initial = bench.at("in").map(({ topic, payload, source }) => [topic, payload, source]);
    const expected = { relay: false, counter: 7, lamp: light };
    assert.deepEqual(new Set(initial), new Set(Object.entries(expected).map((entry) => [...entry, "initial"])));
    (bench.node("get") as unknown as { receive(message: object): void }).receive({});
    const [message] = await bench.arrived("got");
    const { relay, counter, lamp } = message?.payload as typeof expected;
    assert.deepEqual({ relay, counter, lamp }, expected);
  });

  describe("a client that sends names without values", () => {
    it("is told of once for each variable, and objects are completed", async () => {
      house.simulator.store.record(house.thingId, "lamp", light, Date.now() - 60_000);
      bench = await load(house, [propertyIn({ initial: true }), { id: "in", type: "helper" }]);
      await listening(1);
      await bench.arrived("in");
      for (let time = 1; time <= 2; time++) {
        publish("e/o", `81a200${text("relay")}221b000001a22823197f`);
        publish("e/o", `82a300${text("lamp:bri")}02182122185fa100${text("lamp:swi")}`);
      }
      await bench.arrived("in", 3);
      assert.deepEqual(payloads("in"), [light, { ...light, bri: 33 }, { ...light, bri: 33 }]);
      const [first, second, ...others] = warnings("read");
      assert.deepEqual(others, []);
      assert.match(first ?? "", /^"relay" of "House" came without a value, as .*arduino-iot-js 0\.13\.0/);
      assert.match(second ?? "", /^"lamp" of "House" came without a value/);
    });

    it("as do integers that JavaScript can't hold, which arrive rounded", async () => {
      bench = await load(house, [propertyIn({ property: "counter" }), { id: "in", type: "helper" }]);
      await listening(1);
      for (let time = 1; time <= 2; time++) publish("e/o", `81a200${text("counter")}021b0020000000000001`);
      publish("e/o", `81a200${text("counter")}0205`);
      await bench.arrived("in", 3);
      assert.deepEqual(payloads("in"), [2 ** 53, 2 ** 53, 5]);
      assert.match(warnings("read").join(), /^"counter" of "[^"]+" holds a whole number beyond 2\^53[^,]*,[^,]*$/);
    });
  });
});
