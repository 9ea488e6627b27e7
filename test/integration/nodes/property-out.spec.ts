import assert from "node:assert/strict";
import { decodeReadings } from "../../../cloud/codec/senml-decode";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type TestRuntime, load, type Received } from "../../support/node-helper";

describe("arduino-cloud-property-out", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse({ readOnly: ["sensor"] });
  });

  const propertyOut = (more: object = {}): Record<string, unknown> => ({
    id: "write",
    type: "arduino-cloud-property-out",
    account: "account",
    thing: "",
    property: "",
    wires: [["out"]],
    ...more,
  });
  const watchers = [
    { id: "out", type: "helper" },
    { id: "catch", type: "catch", wires: [["caught"]] },
    { id: "caught", type: "helper" },
    { id: "complete", type: "complete", scope: ["write"], wires: [["completed"]] },
    { id: "completed", type: "helper" },
    { id: "status", type: "status", wires: [["statuses"]] },
    { id: "statuses", type: "helper" },
  ];
  /** What has gone to the device, as [variable, value]. */
  const written = (): unknown[] =>
    house.simulator.observed.publishes
      .filter(({ topic }) => topic === `/a/t/${house.thingId}/e/i`)
      .flatMap(({ payload }) => decodeReadings(payload).readings)
      .map(({ property, value }) => [property, value]);
  const codes = (): unknown[] => bench.at("caught").map(({ error }) => (error as { code?: string }).code);

  it("delivers, then hands the message on unchanged, and completes it", async () => {
    bench = await load(house, [propertyOut({ thing: "House", property: "counter" }), ...watchers]);
    bench.node("write").receive({ payload: "7", topic: "relay", thingId: "another", keep: { me: 1 } });
    const [message] = await bench.arrived("out");
    await bench.arrived("completed");
    assert.deepEqual(
      { ...message, _msgid: 0 },
      { payload: "7", topic: "relay", thingId: "another", keep: { me: 1 }, _msgid: 0 },
    );
    assert.deepEqual([written(), codes()], [[["counter", 7]], []]);
  });

  it("takes blank fields from the message: ids, property in's objects, a legal topic, or several at once", async () => {
    bench = await load(house, [propertyOut(), ...watchers]);
    for (const message of [
      { payload: 1, thingId: house.thingId, property: "counter" },
      { payload: 2, thingId: house.thingId, property: house.propertyIds.counter },
      { payload: 3, thing: { id: house.thingId }, property: { variableName: "counter", id: "not this" } },
      { payload: 4, thingId: "House", topic: "counter", property: " " },
      { payload: { relay: "ON", message: 5 }, thingId: house.thingId, topic: "no legal name" },
    ]) {
      bench.node("write").receive(message);
    }
    await bench.arrived("out", 5);
    assert.deepEqual(written(), [
      ["counter", 1],
      ["counter", 2],
      ["counter", 3],
      ["counter", 4],
      ["relay", true],
      ["message", "5"],
    ]);
  });

  it("tells Catch nodes what is wrong with a message, sends nothing of it, and goes on", async () => {
    bench = await load(house, [propertyOut(), ...watchers]);
    const circular: Record<string, unknown> = {};
    circular.me = circular;
    const to = (property: string, payload: unknown): object => ({ thingId: house.thingId, property, payload });
    const bad: [object, string][] = [
      [{ payload: 1 }, "invalid_input"],
      [{ payload: 1, thingId: 5 }, "invalid_input"],
      [{ payload: 1, thingId: house.thingId }, "invalid_input"],
      [{ payload: 1, thingId: "Nowhere", property: "counter" }, "not_found"],
      [to("nothing", 1), "not_found"],
      [to("sensor", 1), "read_only"],
      [to("counter", 1.5), "invalid_value"],
      [to("counter", "abc"), "invalid_value"],
      [to("counter", null), "invalid_value"],
      [to("counter", undefined), "invalid_value"],
      [to("temperature", NaN), "invalid_value"],
      [to("message", Buffer.from("x")), "invalid_value"],
      [to("message", "x".repeat(1_000_000)), "too_large"],
      [to("relay", new Date()), "invalid_value"],
      [to("lamp", circular), "invalid_value"],
      [to("lamp", { swi: true, wrong: 1 }), "invalid_value"],
      [to("counter", () => 1), "invalid_value"],
      [{ thingId: house.thingId, payload: { counter: 1, relay: "maybe" } }, "invalid_value"],
    ];
    for (const [message] of bad) bench.node("write").receive(message);
    bench.node("write").receive(to("counter", 99));
    await bench.arrived("out");
    await bench.arrived("caught", bad.length);
    assert.deepEqual([...codes()].sort(), bad.map(([, code]) => code).sort());
    assert.deepEqual(written(), [["counter", 99]]);
    const first = bench.at("caught").find(({ thingId }) => thingId === 5);
    assert.match((first?.error as { message: string }).message, /msg.thingId is of type number/);
  });

  it("refuses every message without an account, one by one", async () => {
    bench = await load(house, [propertyOut({ account: "" }), ...watchers]);
    for (const payload of [1, 2]) bench.node("write").receive({ payload });
    const caught = await bench.arrived("caught", 2);
    assert.deepEqual(
      [caught.map(({ payload }) => payload), codes()],
      [
        [1, 2],
        ["not_configured", "not_configured"],
      ],
    );
  });

  it("is red where its thing or variable is misspelt, before any message comes, until there is such a one", async () => {
    bench = await load(house, [propertyOut({ thing: "Hosue", property: "counter" }), ...watchers]);
    const last = (): string => {
      const { fill, text } = (bench.at("statuses").at(-1)?.status ?? {}) as { fill?: string; text?: string };
      return `${fill} ${text?.split(".").at(-1)}`;
    };
    await until("the red status", () => last() === "red not-found");
    assert.deepEqual([written(), codes()], [[], []]);
    bench = await load(house, [propertyOut({ thing: "House", property: "coutner" }), ...watchers]);
    await until("the red status", () => last() === "red not-found");
    bench = await load(house, [propertyOut({ thing: "House", property: "counter" }), ...watchers]);
    await until("the green status", () => last() === "green connected");
  });

  it("names a setting that is wrong", async () => {
    bench = await load(house, [propertyOut({ queueLimit: "many" }), ...watchers]);
    bench.node("write").receive({ payload: 1 });
    const [caught] = await bench.arrived("caught");
    assert.match((caught?.error as { message: string }).message, /"queueLimit" is "many"/);
  });

  it("waits for the board with confirm device", async () => {
    const confirmed = { thing: "House", property: "counter", confirm: "device" };
    bench = await load(house, [
      propertyOut({ ...confirmed, id: "impatient", confirmTimeout: "0.4" }),
      propertyOut({ ...confirmed, confirmTimeout: "30" }),
      ...watchers,
    ]);
    bench.node("impatient").receive({ payload: 1 });
    await bench.arrived("caught");
    assert.deepEqual([codes(), bench.at("out").length], [["timeout"], 0]);
    await house.board();
    bench.node("write").receive({ payload: 2 });
    const [message] = await bench.arrived("out");
    assert.equal(message?.payload, 2);
  });

  it("keeps messages through an outage, the newest only with latest, and none with reject", async () => {
    const fixed = { thing: house.thingId, property: "counter", wires: [["out"]] };
    bench = await load(house, [
      propertyOut(fixed),
      propertyOut({ ...fixed, id: "latest", whenOffline: "latest" }),
      propertyOut({ ...fixed, id: "reject", whenOffline: "reject" }),
      propertyOut({ ...fixed, id: "short", queueLimit: 1 }),
      ...watchers,
    ]);
    bench.node("write").receive({ payload: 0 });
    await bench.arrived("out");
    const shown = bench.at("statuses").length;
    await house.simulator.brokerDown(true);
    const isAway = ({ status }: Received): boolean => (status as { fill?: string }).fill === "yellow";
    await until("the loss", () => bench.at("statuses").slice(shown).some(isAway));
    for (const payload of [1, 2]) bench.node("write").receive({ payload });
    for (const payload of [3, 4]) bench.node("latest").receive({ payload });
    bench.node("reject").receive({ payload: 5 });
    for (const payload of [6, 7]) bench.node("short").receive({ payload });
    await bench.arrived("caught", 3);
    await house.simulator.brokerDown(false);
    const delivered = await bench.arrived("out", 5);
    assert.deepEqual(
      delivered.map(({ payload }) => payload),
      [0, 1, 2, 4, 7],
    );
    assert.deepEqual([...codes()].sort(), ["offline", "queue_full", "superseded"]);
  });
});
