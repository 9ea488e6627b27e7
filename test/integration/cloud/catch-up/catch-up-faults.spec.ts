import assert from "node:assert/strict";
import { clockMoves, until } from "../../../support/wait";
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
    await follower.comeBack();
    await until("an attempt to catch up without REST", () => /has to wait/.test(follower.warnings.join()));
    await follower.house.simulator.restDown(false);
    follower.house.simulator.faults.rest.push({ match: "batch_query_raw", status: 503, times: 6 });
    follower.house.simulator.faults.rest.push({ match: "batch_query_raw", status: 429, times: 2 });
    await follower.online();
    await follower.board.report({ counter: 3 });
    await until("a first attempt to catch up", () => follower.requests("batch_query_raw") > 0);
    await follower.lose();
    await follower.board.report({ counter: 4 });
    await follower.comeBack();
    await follower.board.report({ counter: 5 });
    await until("all of it", () => follower.got.length >= 5);
    await follower.board.report({ counter: 6 });
    await until("a later value", () => follower.valuesOf("counter").includes(6));
    assert.deepEqual(follower.valuesOf("counter"), [1, 2, 3, 4, 5, 6]);
    assert.match(follower.warnings.join(), /has to wait/);
    assert.deepEqual(follower.errors, []);
  });

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
    follower.follow("all", { variable: "counter", maxBuffered: { values: 5, bytes: 1e6 } });
    await follower.online();
    await follower.board.report({ counter: 1 });
    await until("the first", () => follower.got.length === 1);
    await follower.lose();
    await follower.board.report({ counter: 2 });
    let answer = (): void => undefined;
    const behind = new Promise<void>((resolve) => (answer = resolve));
    follower.house.simulator.faults.rest.push({ match: "batch_query_raw", behind });
    await follower.comeBack();
    for (let value = 3; value < 13; value++) await follower.board.report({ counter: value });
    await until("the live values", () => follower.got.length === 11);
    assert.deepEqual(follower.valuesOf("counter").slice(1), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    assert.equal(follower.warnings.length, 1);
    answer();
    await until("the missed value", () => follower.got.length === 12);
    await follower.board.report({ counter: 13 });
    await until("the next", () => follower.got.length === 13);
    assert.deepEqual(follower.valuesOf("counter").slice(11), [2, 13]);
    // What went out of turn is known after the next outage.
    await follower.lose();
    await follower.board.report({ counter: 14 });
    await follower.comeBack();
    await until("the last", () => follower.got.length === 14);
    await follower.board.report({ counter: 15 });
    await until("a later value", () => follower.valuesOf("counter").includes(15));
    assert.deepEqual(follower.valuesOf("counter").slice(-2), [14, 15]);
  });

  it("stops at once, whatever it waits for", async () => {
    const catchUp = follower.follow("all", { delayMs: 60_000 });
    const live: unknown[] = [];
    follower.account.feed.listen(follower.house.thingId, "reported", "", { value: ({ value }) => live.push(value) });
    await follower.online();
    await follower.lose();
    await follower.board.report({ counter: 1 });
    await follower.comeBack();
    await follower.board.report({ counter: 2 });
    catchUp.stop();
    await follower.board.report({ counter: 3 });
    await until("a later value", () => live.includes(3));
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
      await clockMoves(60);
    }
    await until("the last", () => follower.valuesOf("counter").includes(12));
    await follower.board.report({ counter: 13 });
    await until("a later value", () => follower.valuesOf("counter").includes(13));
    assert.deepEqual(follower.valuesOf("counter"), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });
});
