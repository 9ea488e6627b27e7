import assert from "node:assert/strict";
import { Handshake } from "../../../../cloud/device-protocol/handshake";
import { FakeClock } from "../../../support/fake-clock";

describe("Handshake", () => {
  let clock: FakeClock;
  let handshake: Handshake;
  let acts: string[];

  beforeEach(() => {
    clock = new FakeClock();
    acts = [];
    const at = (): number => Math.round(clock.monotonic() / 1000);
    handshake = new Handshake(clock, {
      askThing: (attempt) => acts.push(`${at()} thing? ${attempt}`),
      askLastValues: () => acts.push(`${at()} values?`),
      named: (thingId) => acts.push(`${at()} named ${thingId || "none"}`),
    });
  });

  it("asks again after 4, 8, 16, 32 and 32 seconds while nobody answers", async () => {
    handshake.online();
    await clock.advance(100_000);
    assert.deepEqual(
      acts,
      [0, 4, 12, 28, 60, 92].map((at, attempt) => `${at} thing? ${attempt}`),
    );
    assert.equal(handshake.thingId, undefined);
  });

  it("stops asking with the answer, and asks for last values when the topics are subscribed", async () => {
    handshake.online();
    handshake.named("t");
    assert.deepEqual([handshake.thingId, handshake.isSettled], ["t", false]);
    await clock.advance(60_000);
    assert.deepEqual(acts, ["0 thing? 0", "0 named t"]);
    handshake.subscribed("t");
    assert.equal(handshake.isSettled, true);
    assert.equal(acts.at(-1), "60 values?");
    assert.equal(handshake.lastValuesArrived(), true);
    assert.equal(handshake.lastValuesArrived(), false, "the second answer is not awaited");
    await clock.advance(3_600_000);
    assert.deepEqual([acts.length, clock.waiting], [3, 0]);
  });

  it("uses what it heard before the connection was declared open, and tells the same thing once", () => {
    handshake.subscribed("t");
    handshake.named("t");
    handshake.online();
    handshake.named("t");
    assert.deepEqual(acts, ["0 thing? 0", "0 named t", "0 values?"]);
  });

  it("asks for last values every 15 seconds, ten times, then goes on without", async () => {
    handshake.online();
    handshake.named("t");
    handshake.subscribed("t");
    await clock.advance(600_000);
    const asked = acts.filter((act) => act.endsWith("values?"));
    assert.deepEqual(
      asked,
      Array.from({ length: 10 }, (_, index) => `${index * 15} values?`),
    );
    assert.equal(clock.waiting, 0);
  });

  it("asks without a thing after 20 seconds, doubling to 1280", async () => {
    handshake.online();
    handshake.named("");
    acts.length = 0;
    await clock.advance(4_500_000);
    assert.deepEqual(
      acts.map((act) => Number(act.split(" ")[0])),
      [20, 60, 140, 300, 620, 1260, 2540, 3820],
    );
  });

  it("moves to another thing and lets go of it", () => {
    handshake.online();
    handshake.named("t");
    handshake.detached("other");
    assert.equal(handshake.thingId, "t");
    handshake.named("u");
    handshake.subscribed("t");
    assert.equal(handshake.isSettled, false);
    handshake.detached("u");
    assert.deepEqual([handshake.thingId, handshake.isSettled], ["", true]);
    assert.deepEqual(acts.slice(1), ["0 named t", "0 named u", "0 named none"]);
  });

  it("begins anew on each connection, and leaves no timer behind", async () => {
    handshake.online();
    handshake.named("t");
    handshake.subscribed("t");
    handshake.offline();
    assert.deepEqual([handshake.thingId, clock.waiting], [undefined, 0]);
    await clock.advance(100_000);
    acts.length = 0;
    handshake.online();
    handshake.named("t");
    assert.deepEqual(acts, ["100 thing? 0", "100 named t"]);
    handshake.offline();
    assert.equal(clock.waiting, 0);
  });
});
