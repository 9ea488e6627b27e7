import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { accountOf, flowTab, propertyIn, propertyOut, sink, watchers } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import { clockMoves, until } from "../support/wait";
import { type NodeRed, startNodeRed } from "../support/node-red";

describe("a restart of Node-RED with a persistent context store", () => {
  let house: House;
  let red: NodeRed;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse();
    red = await startNodeRed({ keeps: true });
  });
  after(async () => {
    await red.stop();
    await house.stop();
    await rm(red.userDir, { recursive: true, force: true });
  });

  const report = (value: number): boolean => house.simulator.store.record(house.thingId, "counter", value, Date.now());

  it("delivers what waited, in order, and catches up what was reported meanwhile", async () => {
    const device = await house.device();
    await red.deploy([
      flowTab,
      accountOf(house),
      propertyOut("write", { property: "message", thing: house.thingId, keepQueue: true, wires: [["delivered"]] }),
      sink("delivered"),
      ...watchers,
      propertyIn(house, "values", { property: "counter", catchUp: "all", catchUpDelay: "0.3" }),
      sink("values"),
    ]);
    await until("the subscription", () =>
      house.simulator.observed.connections.some(({ subscriptions }) => [...subscriptions].length > 0),
    );
    report(1);
    house.simulator.inject(`/a/t/${house.thingId}/e/o`, Buffer.from("81a20067636f756e7465720201", "hex"));
    await until("the first value", () => red.received("values").length === 1);
    await house.simulator.brokerDown(true);
    for (const payload of ["one", "two", "three"]) red.send("write", { payload });
    const texts = (): unknown[] => red.received("statuses").map(({ status }) => (status as { text?: string }).text);
    await until("the messages waiting", () => texts().includes("⏸ 3"));
    await red.stop();
    device.end(true);

    for (const value of [2, 3]) {
      report(value);
      await clockMoves(20);
    }
    await house.simulator.brokerDown(false);
    red = await startNodeRed({ keeps: true, userDir: red.userDir });
    await until("the messages", () => red.received("delivered").length === 3);
    assert.deepEqual(
      red.received("delivered").map(({ payload }) => payload),
      ["one", "two", "three"],
    );
    await until("what was missed", () => red.received("values").length >= 2);
    assert.deepEqual(
      red.received("values").map(({ payload, source }) => [payload, source]),
      [
        [2, "catch-up"],
        [3, "catch-up"],
      ],
    );
    red.check();
  }).timeout(90_000);
});
