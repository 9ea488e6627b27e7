import assert from "node:assert/strict";
import { steadyClock } from "../../../support/steady-clock";
import { clockMoves, until } from "../../../support/wait";
import { Follower } from "../../../support/value-follower";

describe("CatchUp against the simulator", () => {
  let follower: Follower;

  beforeEach(async () => {
    follower = await Follower.start();
  });
  afterEach(() => follower.stop());

  it("gives every value of an outage once and in order, with live values behind them", async () => {
    follower.follow("all");
    await follower.online();
    for (let value = 1; value <= 3; value++)
      await follower.board.report({ counter: value, message: `before ${value}` });
    await until("the first values", () => follower.got.length === 6);
    await follower.lose();
    for (let value = 0; value < 125; value++) {
      await follower.board.report({
        counter: 1_000 + value,
        temperature: 20.1 + value / 10,
        message: `text ${value}`,
        lamp: { hue: value, sat: 50, bri: 50.5 },
      });
    }
    await follower.write("counter", 5_000);
    await until("the echo", () => follower.board.values.counter === 5_000);
    await follower.comeBack();
    for (let value = 0; value < 20; value++) {
      await follower.board.report({ counter: 9_000 + value });
      await clockMoves(20);
    }
    await until("the live values", () => follower.got.some(({ value }) => value === 9_019));
    await follower.board.report({ counter: 9_020 });
    await until("a later value", () => follower.valuesOf("counter").includes(9_020));
    for (const variable of ["counter", "message", "lamp"])
      assert.deepEqual(follower.valuesOf(variable), follower.stored(variable));
    assert.deepEqual(
      follower.valuesOf("temperature"),
      Array.from({ length: 125 }, (_, value) => Math.fround(20.1 + value / 10)).map((value) =>
        Number(value.toPrecision(6)),
      ),
    );
    const times = follower.got.filter(({ source }) => source === "catch-up").map(({ timestamp }) => timestamp);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.equal(
      follower.got.findIndex(({ value }) => value === 9_019) > follower.got.findIndex(({ value }) => value === 1_124),
      true,
    );
    assert.deepEqual([follower.warnings, follower.errors], [[], []]);
  });

  it("tells equal values apart by their times", async () => {
    follower.follow("all", { variable: "relay" });
    await follower.online();
    const toggle = async (times: number): Promise<void> => {
      for (let index = 0; index < times; index++) {
        await follower.board.report({ relay: index % 3 === 0 });
        await clockMoves(60);
      }
    };
    await toggle(7);
    await follower.lose();
    await toggle(10);
    await follower.comeBack();
    await toggle(9);
    await until("all of it", () => follower.got.length >= 26);
    const before = Date.now();
    await toggle(1);
    await until("a later value", () => (follower.got.at(-1)?.timestamp ?? 0) >= before);
    assert.deepEqual(follower.valuesOf("relay"), follower.stored("relay"));
  });

  it("gives with last exactly what changed, one request for all", async () => {
    await follower.board.report({ temperature: 21.5, message: "as ever", relay: true });
    follower.follow("last");
    follower.follow("last", { variable: "counter" });
    await follower.online();
    await follower.board.report({ counter: 1, lamp: { hue: 1, sat: 2, bri: 3 } });
    await until("the live values", () => follower.got.length === 3);
    await follower.lose();
    for (let value = 2; value < 9; value++) await follower.board.report({ counter: value });
    await follower.board.report({ relay: false });
    const requests = follower.requests("/v2/things");
    follower.got.length = 0;
    await follower.comeBack();
    await until("what changed", () => follower.got.length >= 3);
    await follower.board.report({ temperature: 30 });
    await until("a later value", () => follower.valuesOf("temperature").includes(30));
    assert.deepEqual(
      follower.got
        .slice(0, -1)
        .map(({ variable, value, source }) => [variable, value, source])
        .sort(),
      [
        ["counter", 8, "catch-up"],
        ["counter", 8, "catch-up"],
        ["relay", false, "catch-up"],
      ].sort(),
    );
    assert.equal(follower.requests("/v2/things") - requests, 1);
    assert.equal(follower.requests("/series/"), 0);
  });

  it("lets a live value win over the older one that the cloud tells of", async () => {
    follower.follow("last");
    await follower.online();
    await follower.board.report({ counter: 1, relay: true });
    await until("the live values", () => follower.got.length === 2);
    await follower.lose();
    await follower.board.report({ counter: 2, relay: false });
    const { simulator, thingId } = follower.house;
    let answer = (): void => undefined;
    const behind = new Promise<void>((resolve) => (answer = resolve));
    simulator.faults.rest.push({ match: `/v2/things/${thingId}`, behind });
    const property = simulator.store.propertyNamed(thingId, "counter")!;
    const passed: unknown[] = [];
    follower.account.feed.listen(thingId, "reported", "counter", { value: ({ value }) => passed.push(value) });
    follower.got.length = 0;
    await follower.comeBack();
    await follower.board.report({ counter: 3 });
    await until("the live value", () => passed.includes(3));
    // The cloud's own value lags behind.
    property.last_value = 2;
    answer();
    await until("the other value", () => follower.got.some(({ variable }) => variable === "relay"));
    assert.deepEqual(follower.valuesOf("counter"), [3]);
    assert.deepEqual(follower.valuesOf("relay"), [false]);
  });

  it("goes on where a predecessor stopped, with what that one had saved", async () => {
    for (const mode of ["all", "last"] as const) {
      follower.got.length = 0;
      const first = follower.follow(mode, { variable: "counter" });
      await follower.online();
      await follower.board.report({ counter: 1 });
      await until("the first", () => follower.got.length === 1);
      follower.end();
      const saved: unknown = JSON.parse(JSON.stringify(first.lastSeen));
      const passed: unknown[] = [];
      const { feed } = follower.account;
      const end = feed.listen(follower.house.thingId, "reported", "", { value: ({ value }) => passed.push(value) });
      await follower.board.report({ counter: 2 });
      await follower.board.report({ counter: 3 });
      await until("the values in the cloud, and here", () => passed.includes(3));
      end();
      follower.follow(mode, { variable: "counter", lastSeen: saved });
      await until("what was missed", () => follower.got.length === (mode === "all" ? 3 : 2));
      await follower.board.report({ counter: 4 });
      await until("the live value", () => follower.valuesOf("counter").at(-1) === 4);
      assert.deepEqual(follower.valuesOf("counter"), mode === "all" ? [1, 2, 3, 4] : [1, 3, 4]);
      follower.end();
    }
  });

  it("does not take the renewal of the session for an outage", async () => {
    await follower.stop();
    follower = await Follower.start(steadyClock());
    follower.house.simulator.faults.tokenLifetime = 2;
    // Or else a machine that is slow for a moment would have an outage.
    follower.house.simulator.faults.closeAtExpiry = false;
    follower.follow("all", { variable: "counter" });
    await follower.online();
    const { connects } = follower.house.simulator.observed;
    const logins = (): number => connects.filter(({ clientId }) => clientId !== follower.house.deviceId).length;
    let count = 0;
    for (; logins() < 3; count++) {
      await follower.board.report({ counter: count });
      await clockMoves(10);
    }
    await until("all", () => follower.got.length === count);
    assert.ok(follower.got.every(({ source }) => source === "live"));
    assert.equal(follower.requests("/series/"), 0);
  });
});
