import assert from "node:assert/strict";
import type { MqttConnection } from "../../../../cloud/mqtt/connection";
import { Outbox } from "../../../../cloud/live-values/outbox";
import type { QueuedMessage, EncodedMessage } from "../../../../cloud/live-values/queued-message";
import { CloudError } from "../../../../cloud/core/errors";
import { FakeClock } from "../../../support/fake-clock";
import { settle } from "../../../support/wait";

/** A link whose acknowledgements a spec gives by hand. */
class FakeLink implements MqttConnection {
  readonly sent: string[] = [];
  readonly isOpen = true;
  readonly closed = new Promise<CloudError>(() => undefined);
  readonly #open: { resolve: () => void; reject: (reason: Error) => void }[] = [];

  publish(_topic: string, payload: Uint8Array): Promise<void> {
    this.sent.push(Buffer.from(payload).toString());
    return new Promise((resolve, reject) => this.#open.push({ resolve, reject }));
  }
  acknowledge(count = Infinity): void {
    for (const { resolve } of this.#open.splice(0, count)) resolve();
  }
  lose(): void {
    for (const { reject } of this.#open.splice(0)) reject(new Error("lost"));
  }
  subscribe = (): Promise<string[]> => Promise.resolve([]);
  unsubscribe = (): Promise<void> => Promise.resolve();
  close = (): Promise<void> => Promise.resolve();
  abandon = (): void => undefined;
}

describe("Outbox", () => {
  let clock: FakeClock;
  let outbox: Outbox;
  let link: FakeLink;
  let outcomes: string[];

  beforeEach(() => {
    clock = new FakeClock();
    outbox = new Outbox({ clock, messagesPerSecond: 25 });
    link = new FakeLink();
    outcomes = [];
  });

  const prepared = (text: string, thing = "thing"): EncodedMessage => ({
    thingId: thing,
    thingName: `name of ${thing}`,
    writes: [{ topic: `/${thing}`, payload: Buffer.from(text) }],
  });

  function add(text: string, more: Partial<QueuedMessage> = {}): void {
    const thing = more.thing ?? "thing";
    outbox.add({
      owner: "node",
      thing,
      lane: thing,
      whenOffline: "queue",
      queueLimit: 1000,
      prepare: () => prepared(text, thing),
      settle: (error) => outcomes.push(`${text} ${error?.code ?? "delivered"}`),
      ...more,
    });
  }

  it("delivers when the broker has acknowledged, not before", async () => {
    outbox.online(link);
    add("a");
    await settle();
    assert.deepEqual([link.sent, outcomes], [["a"], []]);
    link.acknowledge();
    await settle();
    assert.deepEqual(outcomes, ["a delivered"]);
    assert.equal(outbox.pending("node"), 0);
  });

  it("sends again what a lost connection left unacknowledged, in order, before what came later", async () => {
    outbox.online(link);
    for (const text of ["a", "b", "c"]) add(text);
    await settle();
    link.acknowledge(1);
    await settle();
    outbox.offline();
    link.lose();
    add("d");
    const next = new FakeLink();
    outbox.online(next);
    await clock.advance(1_000);
    next.acknowledge();
    await settle();
    assert.deepEqual(next.sent, ["b", "c", "d"]);
    assert.deepEqual(outcomes, ["a delivered", "b delivered", "c delivered", "d delivered"]);
  });

  it("holds the pace: never more than the allowed number in any second", async () => {
    outbox.online(link);
    const times: number[] = [];
    const ticking = setInterval(() => undefined, 1_000);
    for (let index = 0; index < 80; index++) add(String(index));
    for (let step = 0; step < 500 && link.sent.length < 80; step++) {
      while (times.length < link.sent.length) times.push(clock.monotonic());
      link.acknowledge();
      await clock.advance(10);
    }
    clearInterval(ticking);
    assert.deepEqual(
      link.sent,
      Array.from({ length: 80 }, (_, index) => String(index)),
    );
    for (const start of times) assert.ok(times.filter((at) => at >= start && at < start + 1_000).length <= 25);
    assert.ok((times.at(-1) ?? 0) < 3_500, "the pace is used");
  });

  it("keeps the order behind a message whose thing is still looked up, and lets other things pass", async () => {
    let found: (value: EncodedMessage) => void = () => undefined;
    outbox.online(link);
    add("first", { thing: "name of thing", prepare: () => new Promise((resolve) => (found = resolve)) });
    add("second");
    add("other", { thing: "elsewhere" });
    await settle();
    assert.deepEqual(link.sent, ["other"]);
    found(prepared("first"));
    await settle();
    assert.deepEqual(link.sent, ["other", "first", "second"]);
  });

  it("asks again after a failure that may pass, and ends with one that does not", async () => {
    let asked = 0;
    outbox.online(link);
    add("patient", {
      prepare: () =>
        ++asked < 3 ? Promise.reject(new CloudError("server_error", "503")) : Promise.resolve(prepared("patient")),
    });
    add("wrong", { thing: "b", prepare: () => Promise.reject(new CloudError("not_found", "no such thing")) });
    await clock.advance(10_000);
    link.acknowledge();
    await settle();
    assert.deepEqual([asked, outcomes], [3, ["wrong not_found", "patient delivered"]]);
  });

  it("replaces with latest only what waits, of the same node and variable, in an outage", async () => {
    const latest = { whenOffline: "latest" } as const;
    add("old", latest);
    add("other node", { ...latest, owner: "other" });
    add("other thing", { ...latest, thing: "b" });
    add("new", latest);
    await settle();
    assert.deepEqual(outcomes, ["old superseded"]);
    outbox.online(link);
    add("one", latest);
    add("two", latest);
    await clock.advance(1_000);
    assert.deepEqual(link.sent, ["other node", "other thing", "new", "one", "two"]);
  });

  it("does not let a wrong value take the place of a right one", async () => {
    add("right", { whenOffline: "latest" });
    add("wrong", {
      whenOffline: "latest",
      prepare: () => {
        throw new CloudError("invalid_value", "no number");
      },
    });
    outbox.online(link);
    await settle();
    link.acknowledge();
    await settle();
    assert.deepEqual(outcomes, ["wrong invalid_value", "right delivered"]);
  });

  it("gives up the oldest beyond the limit, counting what waits only", () => {
    for (const text of ["a", "b", "c", "d"]) add(text, { queueLimit: 2 });
    assert.deepEqual(outcomes, ["a queue_full", "b queue_full"]);
  });

  it("rejects at once without a session, and what was under way when the session is lost", () => {
    add("a", { whenOffline: "reject" });
    outbox.online(link);
    add("b", { whenOffline: "reject" });
    outbox.offline();
    assert.deepEqual(outcomes, ["a offline", "b offline"]);
  });

  it("pauses for a change of connection without taking that for an outage", async () => {
    outbox.online(link);
    add("a", { whenOffline: "reject" });
    await settle();
    const drained = outbox.drain();
    add("b", { whenOffline: "reject" });
    await settle();
    assert.deepEqual(link.sent, ["a"]);
    link.acknowledge();
    await drained;
    const next = new FakeLink();
    outbox.online(next);
    await settle();
    assert.deepEqual([next.sent, outcomes], [["b"], ["a delivered"]]);
  });

  it("sends a message that seems to bring the connection down alone, and gives it up in the end", async () => {
    add("poison");
    add("good");
    for (let round = 0; round < 20; round++) {
      const next = new FakeLink();
      outbox.online(next);
      await clock.advance(1_000);
      if (round >= 3) assert.deepEqual(next.sent, ["poison"]);
      outbox.offline();
    }
    outbox.online(link);
    await clock.advance(1_000);
    link.acknowledge();
    await settle();
    assert.deepEqual(outcomes, ["poison server_error", "good delivered"]);
  });

  it("withdraws: what waits at once, what is under way when its second is over", async () => {
    outbox.online(link);
    add("under way");
    await settle();
    const finished = outbox.withdraw("node");
    add("of a successor", { owner: "next" });
    await clock.advance(1_000);
    await finished;
    assert.deepEqual([outbox.pending("node"), outcomes], [0, []]);
  });

  it("withdraws what waits, but lets be acknowledged what is under way", async () => {
    outbox.online(link);
    add("under way");
    await settle();
    void outbox.drain();
    add("waiting");
    const finished = outbox.withdraw("node");
    link.acknowledge();
    await finished;
    assert.deepEqual(outcomes, ["under way delivered"]);
    assert.equal(clock.waiting, 0);
  });

  it("ends a message that the far side refuses for good, and goes on", async () => {
    outbox.online({ publish: () => Promise.reject(new CloudError("forbidden", "not yours")) });
    add("a");
    await settle();
    outbox.online(link);
    add("b");
    await clock.advance(1_000);
    link.acknowledge();
    await settle();
    assert.deepEqual(outcomes, ["a forbidden", "b delivered"]);
  });

  it("sends all parts of a message, and settles it once", async () => {
    const writes = ["x", "y"].map((text) => ({ topic: `/${text}`, payload: Buffer.from(text) }));
    outbox.online(link);
    add("both", { prepare: () => ({ thingId: "thing", thingName: undefined, writes }) });
    await settle();
    link.acknowledge(1);
    await settle();
    outbox.offline();
    const next = new FakeLink();
    outbox.online(next);
    await settle();
    next.acknowledge();
    await settle();
    assert.deepEqual([link.sent, next.sent, outcomes], [["x", "y"], ["y"], ["both delivered"]]);
  });
});
