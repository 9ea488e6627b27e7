import assert from "node:assert/strict";
import { accountOf, again, completeOf, type FlowNode, flowTab, sink, tab, watchers } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";
import { type NodeRed, startNodeRed } from "../support/node-red";

const start = Date.parse("2026-03-01T00:00:00Z");
const count = 4_500;

/** A stream through real hooks: a subflow whose work takes a while, and a redeploy in its midst. */
describe("history in a real Node-RED", function () {
  this.timeout(60_000);
  let house: House;
  let red: NodeRed;

  const place = { z: tab, x: 1, y: 1 };
  const slow = (milliseconds: number): FlowNode[] => [
    { id: "sub", type: "subflow", name: "slow", in: [{ x: 1, y: 1, wires: [{ id: "work" }] }], out: [], env: [] },
    {
      id: "work",
      type: "function",
      z: "sub",
      x: 1,
      y: 1,
      func: `global.get("tell")("begun", msg); setTimeout(() => { global.get("tell")("ended", msg); node.done(); }, ${milliseconds});`,
      outputs: 0,
      wires: [],
    },
    { id: "instance", type: "subflow:sub", ...place, wires: [] },
  ];
  const flow = (milliseconds: number): FlowNode[] => [
    flowTab,
    accountOf(house),
    ...watchers,
    {
      id: "history",
      type: "arduino-cloud-history",
      ...place,
      account: "account",
      thing: house.thingId,
      property: "counter",
      from: "2026-03-01T00:00:00Z",
      to: "2026-03-01T00:00:06Z",
      output: "stream",
      wires: [["out", "instance"]],
    },
    sink("out"),
    ...slow(milliseconds),
    ...completeOf("history", "completed"),
  ];

  before(async () => {
    house = await startHouse({ simulator: { choices: { retentionDays: 36_500 } } });
    const property = house.simulator.store.propertyNamed(house.thingId, "counter");
    for (let index = 0; index < count; index++) property?.history.push({ time: start + index, value: index });
    red = await startNodeRed();
  });
  afterEach(() => red.check());

  it("waits for what is inside a subflow, and gives each value once", async () => {
    await red.deploy(flow(400));
    red.send("history", {});
    for (let index = 1; index <= 5; index++) {
      await until(`message ${index}`, () => red.received("begun").length >= index);
      // Only one is in the works at any time.
      assert.ok(red.received("begun").length - red.received("ended").length <= 1);
      assert.ok(red.received("out").length <= red.received("ended").length + 1);
    }
    await until("the end", () => red.received("completed").length === 1);
    const statuses = red.received("statuses").map(({ status }) => (status as { text: string }).text);
    assert.ok(
      statuses.some((text) => /^[1-9]?\d %$/.test(text)),
      `no progress in ${statuses.join(", ")}`,
    );
    const rows = red.received("out").flatMap(({ payload }) => payload as { value: number }[]);
    assert.deepEqual(
      rows.map(({ value }) => value),
      Array.from({ length: count }, (_, index) => index),
    );
  });

  it("is cancelled by a deploy while it waits, and works again after it", async () => {
    await red.deploy(flow(600_000));
    const before = red.received("out").length;
    red.send("history", {});
    await until("the first message", () => red.received("out").length > before);
    await red.deploy(again(flow(1)));
    red.send("history", {});
    await until("the end", () => red.received("completed").length === 2);
    assert.equal(red.received("out").length, before + 1 + 5);
  });
});
