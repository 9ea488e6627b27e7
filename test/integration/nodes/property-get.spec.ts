import assert from "node:assert/strict";
import { type House, presentRequests, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type TestRuntime, load, type Received } from "../../support/node-helper";

const written = Date.parse("2026-11-01T12:00:00.250Z");

describe("arduino-cloud-property-get", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse();
    record("temperature", 21.299999237060547);
  });

  const record = (variable: string, value: Parameters<House["simulator"]["store"]["record"]>[2]): void => {
    house.simulator.store.record(house.thingId, variable, value, written);
  };
  const requests = (): string[] =>
    house.simulator.observed.requests.map(({ path }) => path).filter((path) => !path.endsWith("/token"));
  const get = (more: object = {}): Record<string, unknown> => ({
    id: "get",
    type: "arduino-cloud-property-get",
    account: "account",
    thing: house.thingId,
    property: "temperature",
    wires: [["out"]],
    ...more,
  });
  const around = [
    { id: "out", type: "helper" },
    { id: "catch", type: "catch", wires: [["caught"]] },
    { id: "caught", type: "helper" },
    { id: "complete", type: "complete", scope: ["get"], wires: [["completed"]] },
    { id: "completed", type: "helper" },
  ];
  const start = async (more: object = {}): Promise<TestRuntime> => (bench = await load(house, [get(more), ...around]));
  const codes = (at: Received[]): unknown[] => at.map(({ error }) => (error as { code?: string }).code);

  it("puts the value into the message, and keeps the rest of it", async () => {
    const runtime = await start();
    runtime.node("get").receive({ payload: "old", topic: "old", timestamp: 1, mine: { kept: true } });
    const [message] = await runtime.arrived("out");
    const { _msgid: id, ...rest } = message ?? {};
    assert.equal(typeof id, "string");
    assert.deepEqual(rest, {
      payload: 21.3,
      topic: "temperature",
      timestamp: written,
      thing: { id: house.thingId, name: "House" },
      property: {
        id: house.propertyIds["temperature"],
        name: "temperature",
        variableName: "temperature",
        type: "FLOAT",
      },
      direction: "reported",
      source: "get",
      mine: { kept: true },
    });
    await runtime.arrived("completed");
    assert.deepEqual(requests(), [`/iot/v2/things/${house.thingId}`]);
    assert.equal(house.simulator.observed.connects.length, 0, "reading needs no session with the broker");
  });

  it("gives null and no time for a variable that was never written", async () => {
    const runtime = await start({ property: "counter" });
    runtime.node("get").receive({ timestamp: 1 });
    const [message] = await runtime.arrived("out");
    assert.equal(message?.payload, null);
    assert.equal(Object.keys(message).includes("timestamp"), false);
  });

  it("gives falsy values as they are, and objects of the flow's own", async () => {
    for (const [variable, value] of [
      ["counter", 0],
      ["relay", false],
      ["message", ""],
      ["lamp", { swi: false, hue: 0.5, sat: 1, bri: 2 }],
    ] as const)
      record(variable, value);
    const runtime = await start({ property: "" });
    const variables = ["counter", "relay", "message", "lamp", "lamp"];
    for (const property of variables) runtime.node("get").receive({ property });
    const messages = await runtime.arrived("out", 5);
    assert.deepEqual(
      messages.map(({ payload }) => payload),
      [0, false, "", { swi: false, hue: 0.5, sat: 1, bri: 2 }, { swi: false, hue: 0.5, sat: 1, bri: 2 }],
    );
    assert.notEqual(messages[3]?.payload, messages[4]?.payload);
    assert.equal(requests().length, 1, "one request for all");
  });

  it("reads all variables where none is named", async () => {
    record("relay", true);
    const runtime = await start({ property: "" });
    runtime.node("get").receive({ topic: "temperature" });
    const [message] = await runtime.arrived("out");
    assert.deepEqual(message?.payload, {
      temperature: 21.3,
      counter: null,
      relay: true,
      message: null,
      lamp: null,
      sensor: null,
    });
    assert.deepEqual(message["timestamps"], { temperature: written, relay: written });
    assert.equal(message["topic"], "temperature");
  });

  it("takes from the message only what is blank", async () => {
    house.addThing("Other", { temperature: "FLOAT" });
    const runtime = await start({ thing: "", property: "" });
    runtime.node("get").receive({ thingId: "House", property: house.propertyIds["temperature"] });
    runtime.node("get").receive({ thing: { id: house.thingId }, property: { variableName: "temperature" } });
    runtime.node("get").receive({ thingId: house.thingId, property: { id: house.propertyIds["temperature"] } });
    assert.deepEqual(
      (await runtime.arrived("out", 3)).map(({ payload }) => payload),
      [21.3, 21.3, 21.3],
    );
    await bench.unload();
    const set = await start();
    set.node("get").receive({ thingId: "Other", property: "counter" });
    const [message] = await set.arrived("out");
    assert.deepEqual([message?.topic, (message?.["thing"] as { name: string }).name], ["temperature", "House"]);
  });

  it("ends each message that it can't answer with an error, and the message attached", async () => {
    const runtime = await start({ thing: "", property: "" });
    const circular: Record<string, unknown> = { mine: 7 };
    circular["self"] = circular;
    for (const message of [
      {},
      { thingId: 7 },
      { thingId: "Nowhere" },
      { thingId: house.deviceId },
      { thingId: house.thingId, property: "nothing" },
      { thingId: house.thingId, property: ["temperature"] },
      { ...circular, thingId: " " },
    ])
      runtime.node("get").receive(message);
    const caught = await runtime.arrived("caught", 7);
    assert.deepEqual(codes(caught).sort(), [
      ...Array.from({ length: 4 }, () => "invalid_input"),
      ...Array.from({ length: 3 }, () => "not_found"),
    ]);
    assert.ok(caught.some((message) => message["mine"] === 7));
    runtime.node("get").receive({ thingId: "House", property: "temperature" });
    await runtime.arrived("out");
    assert.deepEqual(
      [runtime.at("out").length, runtime.at("completed").length, runtime.at("caught").length],
      [1, 1, 7],
    );
  });

  it("refuses messages where it has no account, or is to repeat without a thing", async () => {
    for (const more of [{ account: "" }, { account: "nobody" }, { thing: "", repeat: 5 }, { repeat: "often" }]) {
      const runtime = await start(more);
      await runtime.arrived("caught");
      runtime.node("get").receive({});
      assert.deepEqual(codes(await runtime.arrived("caught", 2)), ["not_configured", "not_configured"]);
      await bench.unload();
    }
  });

  it("repeats with fresh messages, and stops with the node", async () => {
    const runtime = await start({ repeat: "0.3" });
    const messages = await runtime.arrived("out", 4);
    assert.deepEqual(
      messages.map(({ payload, timestamp }) => [payload, timestamp]),
      messages.map(() => [21.3, written]),
    );
    assert.equal(new Set(messages.map(({ _msgid: id }) => id)).size, messages.length);
    await bench.unload();
    const ofOld = await presentRequests(house);
    const before = [runtime.at("out").length, ofOld().length];
    const successor = await start({ repeat: "0.3" });
    await successor.arrived("out", 4);
    assert.deepEqual([runtime.at("out").length, ofOld().length], before);
  });

  it("tells of a failure once while it repeats, and of the next one again", async () => {
    const runtime = await start({ repeat: "0.2", thing: "Later" });
    await runtime.arrived("caught");
    const before = requests().length;
    await until("three more tries", () => requests().length > before + 3);
    assert.deepEqual(codes(runtime.at("caught")), ["not_found"]);
    const id = house.addThing("Later", { temperature: "FLOAT" });
    await runtime.arrived("out");
    house.simulator.store.deleteThing(id);
    await runtime.arrived("caught", 2);
    assert.deepEqual(codes(runtime.at("caught")), ["not_found", "not_found"]);
  });

  it("shares requests with all other nodes of the account", async () => {
    const things = [
      house.thingId,
      ...["b", "c", "d", "e"].map((name) => house.addThing(name, { temperature: "FLOAT" })),
    ];
    const nodes = Array.from({ length: 200 }, (_, index) =>
      get({ id: `get${index}`, thing: index % 7 === 0 ? "House" : things[index % things.length], repeat: 1 }),
    );
    bench = await load(house, [...nodes, ...around]);
    await bench.arrived("out", 600);
    assert.ok(requests().length <= 5, `${requests().length} requests for three readings of 200 nodes`);
    assert.deepEqual(bench.at("caught"), []);
  });
});
