import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../../../support/wait";
import { Follower } from "../../../support/value-follower";

describe("CatchUp when more goes wrong", () => {
  let follower: Follower;

  beforeEach(async () => {
    follower = await Follower.start();
  });
  afterEach(() => follower.stop());

  it("goes on through a second outage and with REST away", async () => {
    follower.follow("all", { variable: "counter" });
    await follower.online();
    await follower.board.report({ counter: 1 });
    await until("the first", () => follower.got.length === 1);
    await follower.lose();
    await follower.board.report({ counter: 2 });
    await follower.house.simulator.restDown(true);
    // The token for the broker is REST too.
    follower.house.simulator.faults.refuseUsers = false;
    await sleep(500);
    await follower.house.simulator.restDown(false);
    follower.house.simulator.faults.rest.push({ match: "batch_query_raw", status: 503, times: 6 });
    follower.house.simulator.faults.rest.push({ match: "batch_query_raw", status: 429, times: 2 });
    await follower.online();
    await follower.board.report({ counter: 3 });
    await sleep(200);
    await follower.lose();
    await follower.board.report({ counter: 4 });
    await follower.comeBack();
    await follower.board.report({ counter: 5 });
    await until("all of it", () => follower.got.length >= 5, 40_000);
    await sleep(1_200);
    assert.deepEqual(follower.valuesOf("counter"), [1, 2, 3, 4, 5]);
    assert.match(follower.warnings.join(), /has to wait/);
    assert.deepEqual(follower.errors, []);
  }).timeout(60_000);

  it("takes the present value, with one warning, where the cloud keeps no history", async () => {
    follower.house.simulator.store.propertyNamed(follower.house.thingId, "message")!.persist = false;
    follower.follow("all");
    await follower.online();
    await follower.board.report({ counter: 1, message: "one" });
    await until("the first", () => follower.got.length === 2);
    for (let round = 1; round <= 2; round++) {
      await follower.lose();
      await follower.board.report({ message: `missed ${round}` });
      await follower.board.report({ message: `present ${round}`, counter: 10 * round });
      await follower.comeBack();
      await until("both", () => follower.got.length === 2 + 2 * round);
    }
    assert.deepEqual(follower.valuesOf("message"), ["one", "present 1", "present 2"]);
    assert.deepEqual(follower.valuesOf("counter"), [1, 10, 20]);
    assert.equal(follower.warnings.length, 1);
    assert.match(follower.warnings[0] ?? "", /no history of message/);
  });

  it("says that an outage can't be caught up, and goes on with live values", async () => {
    follower.follow("all", { variable: "counter" });
    await follower.online();
    await follower.board.report({ counter: 1 });
    await until("the first", () => follower.got.length === 1);
    await follower.lose();
    follower.house.simulator.faults.rest.push({ match: "batch_query_raw", status: 403 });
    await follower.comeBack();
    await follower.board.report({ counter: 2 });
    await until("the second", () => follower.got.length === 2);
    assert.deepEqual(
      follower.errors.map(({ code }) => code),
      ["forbidden"],
    );
    await follower.board.report({ counter: 3 });
    await until("the third", () => follower.got.length === 3);
  });

  it("lets live values go when too many wait, and the older ones follow", async () => {
    follower.follow("all", { variable: "counter", delay: 800, maxBuffered: { values: 5, bytes: 1e6 } });
    await follower.online();
    await follower.board.report({ counter: 1 });
    await until("the first", () => follower.got.length === 1);
    await follower.lose();
    await follower.board.report({ counter: 2 });
    await follower.comeBack();
    for (let value = 3; value < 13; value++) await follower.board.report({ counter: value });
    await until("the live values", () => follower.got.length === 11);
    assert.deepEqual(follower.valuesOf("counter").slice(1), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    assert.equal(follower.warnings.length, 1);
    await until("the missed value", () => follower.got.length === 12);
    await follower.board.report({ counter: 13 });
    await until("the next", () => follower.got.length === 13);
    assert.deepEqual(follower.valuesOf("counter").slice(11), [2, 13]);
    // What went out of turn is known after the next outage.
    await follower.lose();
    await follower.board.report({ counter: 14 });
    await follower.comeBack();
    await until("the last", () => follower.got.length === 14);
    await sleep(200);
    assert.deepEqual(follower.valuesOf("counter").at(-1), 14);
  });

  it("stops at once, whatever it waits for", async () => {
    const catchUp = follower.follow("all", { delay: 60_000 });
    await follower.online();
    await follower.lose();
    await follower.board.report({ counter: 1 });
    await follower.comeBack();
    await follower.board.report({ counter: 2 });
    catchUp.stop();
    await sleep(50);
    assert.deepEqual([follower.got, follower.errors], [[], []]);
  });

  it("does not repeat a value that history has before it has come", async () => {
    follower.follow("all", { variable: "counter" });
    await follower.online();
    await follower.board.report({ counter: 1 });
    await until("the first", () => follower.got.length === 1);
    await follower.lose();
    await follower.board.report({ counter: 2 });
    await follower.comeBack();
    follower.house.simulator.faults.delayMs = 500;
    for (let value = 3; value < 13; value++) {
      void follower.board.report({ counter: value });
      await sleep(60);
    }
    await until("the last", () => follower.valuesOf("counter").includes(12));
    await sleep(700);
    assert.deepEqual(follower.valuesOf("counter"), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });
});
