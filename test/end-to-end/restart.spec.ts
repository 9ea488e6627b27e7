import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { accountOf, flowTab, propertyIn, propertyOut, sink, watchers } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import { clockMoves, until } from "../support/wait";
import { type NodeRed, startNodeRed } from "../support/node-red";

/** Returns a number below 24 as CBOR. */
const hexOf = (value: number): string => value.toString(16).padStart(2, "0");

describe("a restart of Node-RED with a persistent context store", () => {
  let house: House;
  let red: NodeRed;

  before(async function () {
    this.timeout(120_000);
    house = await startHouse();
    red = await startNodeRed({ keeps: "at once" });
  });
  after(async () => {
    await red.stop();
    await house.stop();
    await rm(red.userDir, { recursive: true, force: true });
  });

  const report = (value: number): boolean => house.simulator.store.record(house.thingId, "counter", value, Date.now());

  const subscribed = (): Promise<void> =>
    until("the subscription", () =>
      house.simulator.observed.connections.some(
        ({ kind, subscriptions }) => kind === "user" && [...subscriptions].length > 0,
      ),
    );

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
    await subscribed();
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
    red = await startNodeRed({ keeps: "at once", userDir: red.userDir });
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

  it("gives again what came since it was last written down, and nothing else, where it was a kill", async () => {
    const live = (value: number): void => {
      report(value);
      house.simulator.inject(
        `/a/t/${house.thingId}/e/o`,
        Buffer.from(`81a20067636f756e74657202${hexOf(value)}`, "hex"),
      );
    };
    const values = (): unknown[] => red.received("values").map(({ payload }) => payload);
    const heard = (value: number): Promise<void> => until(`value ${value}`, () => values().includes(value));
    red = await startNodeRed({ keeps: "at once", userDir: red.userDir });
    await subscribed();
    const context = path.join(red.userDir, "context", "tab", "in-values.json");
    for (const value of [4, 5, 6]) {
      live(value);
      await heard(value);
      await clockMoves(20);
    }
    await until("that it is written down", async () => /"value": 6\b/.test(await readFile(context, "utf8")));
    live(7);
    await heard(7);
    await red.kill();
    for (const value of [8, 9]) {
      await clockMoves(20);
      report(value);
    }
    red = await startNodeRed({ keeps: "at once", userDir: red.userDir });
    await heard(9);
    assert.deepEqual(
      values().filter((value) => value !== 7),
      [8, 9],
    );
    red.check();
  }).timeout(90_000);
});
