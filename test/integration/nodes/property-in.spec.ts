import assert from "node:assert/strict";
import { encodeWrite } from "../../../cloud/codec/senml-encode";
import type { PropertyValue } from "../../../cloud/codec/values";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type TestRuntime, load } from "../../support/node-helper";

describe("arduino-cloud-property-in", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse();
  });

  const report = (property: string, value: PropertyValue, thing = house.thingId): void =>
    house.simulator.inject(`/a/t/${thing}/e/o`, encodeWrite({ property, value }));
  const subscribed = (topics: number): Promise<void> =>
    until("the subscription", () => {
      const users = house.simulator.observed.connections.filter(({ kind }) => kind === "user");
      return users.some(({ subscriptions }) => [...subscriptions].length >= topics);
    });
  const propertyIn = (more: object = {}): Record<string, unknown> => ({
    id: "in",
    type: "arduino-cloud-property-in",
    account: "account",
    thing: house.thingId,
    property: "",
    wires: [["out"]],
    ...more,
  });
  const out = { id: "out", type: "helper" };
  const caught = [
    { id: "catch", type: "catch", wires: [["caught"]] },
    { id: "caught", type: "helper" },
  ];

  it("sends messages of the documented shape", async () => {
    bench = await load(house, [propertyIn({ thing: "House", property: "temperature" }), out]);
    await subscribed(1);
    const before = Date.now();
    report("temperature", 21.299999237060547);
    const [message] = await bench.arrived("out");
    const { timestamp, _msgid: id, ...rest } = message as { timestamp: number; _msgid: string };
    assert.deepEqual(rest, {
      payload: 21.3,
      topic: "temperature",
      thing: { id: house.thingId, name: "House" },
      property: {
        id: house.propertyIds.temperature,
        name: "temperature",
        variableName: "temperature",
        type: "FLOAT",
      },
      direction: "reported",
      source: "live",
    });
    assert.ok(timestamp >= before && timestamp <= Date.now());
    assert.equal(typeof id, "string");
  });

  it("takes thing and variable by name and by id, and the thing's variables only by variable name", async () => {
    bench = await load(house, [
      propertyIn({ thing: "House", property: house.propertyIds.counter }),
      out,
      propertyIn({ id: "wrong", property: "No such variable", wires: [[]] }),
      ...caught,
    ]);
    const [error] = await bench.arrived("caught");
    assert.equal((error?.error as { code?: string }).code, "not_found");
    await subscribed(1);
    report("counter", 5);
    report("relay", true);
    report("counter", 6);
    const messages = await bench.arrived("out", 2);
    assert.deepEqual(
      messages.map(({ payload }) => payload),
      [5, 6],
    );
  });

  it("first sends what the cloud holds with initial, then live values", async () => {
    house.simulator.store.record(house.thingId, "counter", 41, Date.now() - 60_000);
    bench = await load(house, [propertyIn({ initial: true }), out]);
    await bench.arrived("out");
    // The first value may be there before the broker has granted the subscription.
    await subscribed(1);
    report("counter", 42);
    const messages = await bench.arrived("out", 2);
    assert.deepEqual(
      messages.map(({ payload, source }) => [payload, source]),
      [
        [41, "initial"],
        [42, "live"],
      ],
    );
  });

  it("sends changes only with emit changed, beyond the deadband", async () => {
    bench = await load(house, [propertyIn({ emit: "changed", deadband: "0.5" }), out]);
    await subscribed(1);
    for (const value of [20, 20.4, 20.6, 20.6, 0]) report("temperature", value);
    report("relay", false);
    report("relay", false);
    const messages = await bench.arrived("out", 4);
    assert.deepEqual(
      messages.map(({ payload }) => payload),
      [20, 20.6, 0, false],
    );
  });

  it("warns once about a value that is not finite, and goes on", async () => {
    bench = await load(house, [propertyIn(), out]);
    await subscribed(1);
    const nan = Buffer.from("9fa2006b74656d706572617475726502fa7fc00000ff", "hex");
    for (let round = 0; round < 3; round++) house.simulator.inject(`/a/t/${house.thingId}/e/o`, nan);
    report("temperature", 1);
    await bench.arrived("out");
    const { warn } = bench.node("in") as unknown as { warn: { callCount: number } };
    assert.deepEqual([warn.callCount, bench.at("out").length], [1, 1]);
  });

  it("says what is wrong without an account, and lets its flow be", async () => {
    bench = await load(house, [propertyIn({ account: "" }), out, ...caught]);
    const [error] = await bench.arrived("caught");
    assert.equal((error?.error as { code?: string }).code, "not_configured");
  });

  describe("with an input", () => {
    const around = [
      out,
      ...caught,
      { id: "complete", type: "complete", scope: ["in"], wires: [["completed"]] },
      { id: "completed", type: "helper" },
    ];
    const order = async (message: object): Promise<void> => {
      const ended = (): number => bench.at("completed").length + bench.at("caught").length;
      const before = ended();
      bench.node("in").receive(message);
      await until("the end of the order", () => ended() > before);
    };

    it("subscribes, tells and unsubscribes on orders, with the words of the MQTT nodes", async () => {
      const other = house.addThing("Other", { counter: "INT" });
      bench = await load(house, [propertyIn({ thing: "", inputs: 1 }), ...around]);
      await order({ action: "getSubscriptions", keep: "me" });
      const [none] = await bench.arrived("out");
      assert.deepEqual([none?.payload, none?.keep], [[], "me"]);
      await order({ action: "subscribe", thingId: "Other", property: "counter" });
      await order({ action: "subscribe", thingId: house.thingId, property: "relay", direction: "requested" });
      await order({ action: "getSubscriptions" });
      assert.deepEqual((await bench.arrived("out", 2))[1]?.payload, [
        { thingId: other, property: "counter", direction: "reported" },
        { thingId: house.thingId, property: "relay", direction: "requested" },
      ]);
      await subscribed(2);
      report("counter", 1, other);
      report("counter", 2);
      await bench.arrived("out", 3);
      await order({ action: "unsubscribe", thingId: other, property: "counter" });
      report("counter", 3, other);
      await order({ action: "getSubscriptions" });
      const payloads = (await bench.arrived("out", 4)).map(({ payload }) => payload);
      assert.deepEqual(payloads.slice(2), [1, [{ thingId: house.thingId, property: "relay", direction: "requested" }]]);
    });

    it("disconnects and connects the session", async () => {
      bench = await load(house, [propertyIn({ inputs: "1" }), ...around]);
      await subscribed(1);
      const users = (): number => house.simulator.observed.connections.filter(({ kind }) => kind === "user").length;
      await order({ action: "disconnect" });
      await until("the end", () => users() === 0);
      await order({ action: "connect" });
      await subscribed(1);
      report("counter", 1);
      await bench.arrived("out");
    });

    it("refuses orders that make no sense, naming the field", async () => {
      bench = await load(house, [propertyIn({ inputs: 1 }), ...around]);
      for (const message of [
        {},
        { action: "explode" },
        { action: 5 },
        { action: "subscribe" },
        { action: "subscribe", thingId: house.thingId, direction: "sideways" },
        { action: "subscribe", thingId: "no such thing" },
        { action: "unsubscribe", thingId: house.thingId, property: "never" },
      ]) {
        await order(message);
      }
      const errors = await bench.arrived("caught", 7);
      assert.deepEqual(
        errors.map(({ error }) => (error as { code?: string }).code),
        ["invalid_input", "invalid_input", "invalid_input", "invalid_input", "invalid_input", "not_found", "not_found"],
      );
    });
  });

  it("listens to every thing of the account, with one list request for all nodes that do", async () => {
    const other = house.addThing("Other", { counter: "INT" });
    bench = await load(house, [
      propertyIn({ thing: "", property: "counter" }),
      out,
      propertyIn({ id: "all", thing: "", wires: [["everything"]] }),
      { id: "everything", type: "helper" },
    ]);
    await subscribed(2);
    report("counter", 1);
    report("counter", 2, other);
    report("relay", true);
    await bench.arrived("everything", 3);
    const messages = await bench.arrived("out", 2);
    assert.deepEqual(
      messages.map(({ payload, thing }) => [payload, (thing as { name: string }).name]),
      [
        [1, "House"],
        [2, "Other"],
      ],
    );
    const lists = house.simulator.observed.requests.filter(({ path }) => path.startsWith("/iot/v2/things"));
    assert.equal(lists.length, 1);
  });
});
