import assert from "node:assert/strict";
import { Outbox } from "../../../../cloud/live-values/outbox";
import type { EncodedMessage, MessageSender, QueuedMessage } from "../../../../cloud/live-values/queued-message";
import { CloudError } from "../../../../cloud/core/errors";
import { FakeClock } from "../../../support/fake-clock";
import { settle } from "../../../support/wait";

/** A far side whose acknowledgements a spec gives by hand. */
class FakeSender implements MessageSender<string> {
  readonly sent: string[] = [];
  readonly #open: { resolve: () => void; reject: (reason: Error) => void }[] = [];

  send(text: string): Promise<void> {
    this.sent.push(text);
    return new Promise((resolve, reject) => this.#open.push({ resolve, reject }));
  }
  acknowledge(count = Infinity): void {
    for (const { resolve } of this.#open.splice(0, count)) resolve();
  }
  lose(): void {
    for (const { reject } of this.#open.splice(0)) reject(new Error("lost"));
  }
}

describe("Outbox", () => {
  let clock: FakeClock;
  let outbox: Outbox<string>;
  let sender: FakeSender;
  let outcomes: string[];

  beforeEach(() => {
    clock = new FakeClock();
    outbox = new Outbox({ clock, messagesPerSecond: 25 });
    sender = new FakeSender();
    outcomes = [];
  });

  const encoded = (text: string, target = "thing"): EncodedMessage<string> => ({
    targetNames: [target, `name of ${target}`],
    writes: [{ payload: text }],
  });

  function add(text: string, more: Partial<QueuedMessage<string>> = {}): void {
    const target = more.target ?? "thing";
    outbox.add({
      owner: "node",
      target,
      lane: target,
      whenOffline: "queue",
      queueLimit: 1000,
      prepare: () => encoded(text, target),
      settle: (error) => outcomes.push(`${text} ${error?.code ?? "delivered"}`),
      ...more,
    });
  }

  it("delivers when the broker has acknowledged, not before", async () => {
    outbox.online(sender);
    add("a");
    await settle();
    assert.deepEqual([sender.sent, outcomes], [["a"], []]);
    sender.acknowledge();
    await settle();
    assert.deepEqual(outcomes, ["a delivered"]);
    assert.equal(outbox.pending("node"), 0);
  });

  it("sends again what a lost connection left unacknowledged, in order, before what came later", async () => {
    outbox.online(sender);
    for (const text of ["a", "b", "c"]) add(text);
    await settle();
    sender.acknowledge(1);
    await settle();
    outbox.offline();
    sender.lose();
    add("d");
    const next = new FakeSender();
    outbox.online(next);
    await clock.advance(1_000);
    next.acknowledge();
    await settle();
    assert.deepEqual(next.sent, ["b", "c", "d"]);
    assert.deepEqual(outcomes, ["a delivered", "b delivered", "c delivered", "d delivered"]);
  });

  it("holds the pace: never more than the allowed number in any second", async () => {
    outbox.online(sender);
    const times: number[] = [];
    const ticking = setInterval(() => undefined, 1_000);
    for (let index = 0; index < 80; index++) add(String(index));
    for (let step = 0; step < 500 && sender.sent.length < 80; step++) {
      while (times.length < sender.sent.length) times.push(clock.monotonic());
      sender.acknowledge();
      await clock.advance(10);
    }
    clearInterval(ticking);
    assert.deepEqual(
      sender.sent,
      Array.from({ length: 80 }, (_, index) => String(index)),
    );
    for (const start of times) assert.ok(times.filter((at) => at >= start && at < start + 1_000).length <= 25);
    assert.ok((times.at(-1) ?? 0) < 3_500, "the pace is used");
  });

  it("keeps the order behind a message whose thing is still looked up, and lets other things pass", async () => {
    let found: (value: EncodedMessage<string>) => void = () => undefined;
    outbox.online(sender);
    add("first", { target: "name of thing", prepare: () => new Promise((resolve) => (found = resolve)) });
    add("second");
    add("other", { target: "elsewhere" });
    await settle();
    assert.deepEqual(sender.sent, ["other"]);
    found(encoded("first"));
    await settle();
    assert.deepEqual(sender.sent, ["other", "first", "second"]);
  });

  it("asks again after a failure that may pass, and ends with one that does not", async () => {
    let asked = 0;
    outbox.online(sender);
    add("patient", {
      prepare: () =>
        ++asked < 3 ? Promise.reject(new CloudError("server_error", "503")) : Promise.resolve(encoded("patient")),
    });
    add("wrong", { target: "b", prepare: () => Promise.reject(new CloudError("not_found", "no such thing")) });
    await clock.advance(10_000);
    sender.acknowledge();
    await settle();
    assert.deepEqual([asked, outcomes], [3, ["wrong not_found", "patient delivered"]]);
  });

  it("replaces with latest only what waits, of the same node and variable, in an outage", async () => {
    const latest = { whenOffline: "latest" } as const;
    add("old", latest);
    add("other node", { ...latest, owner: "other" });
    add("other thing", { ...latest, target: "b" });
    add("new", latest);
    await settle();
    assert.deepEqual(outcomes, ["old superseded"]);
    outbox.online(sender);
    add("one", latest);
    add("two", latest);
    await clock.advance(1_000);
    assert.deepEqual(sender.sent, ["other node", "other thing", "new", "one", "two"]);
  });

  it("does not let a wrong value take the place of a right one", async () => {
    add("right", { whenOffline: "latest" });
    add("wrong", {
      whenOffline: "latest",
      prepare: () => {
        throw new CloudError("invalid_value", "no number");
      },
    });
    outbox.online(sender);
    await settle();
    sender.acknowledge();
    await settle();
    assert.deepEqual(outcomes, ["wrong invalid_value", "right delivered"]);
  });

  it("gives up the oldest beyond the limit, counting what waits only", () => {
    for (const text of ["a", "b", "c", "d"]) add(text, { queueLimit: 2 });
    assert.deepEqual(outcomes, ["a queue_full", "b queue_full"]);
  });

  it("rejects at once without a session, and what was under way when the session is lost", () => {
    add("a", { whenOffline: "reject" });
    outbox.online(sender);
    add("b", { whenOffline: "reject" });
    outbox.offline();
    assert.deepEqual(outcomes, ["a offline", "b offline"]);
  });

  it("pauses for a change of connection without taking that for an outage", async () => {
    outbox.online(sender);
    add("a", { whenOffline: "reject" });
    await settle();
    const drained = outbox.drain();
    add("b", { whenOffline: "reject" });
    await settle();
    assert.deepEqual(sender.sent, ["a"]);
    sender.acknowledge();
    await drained;
    const next = new FakeSender();
    outbox.online(next);
    await settle();
    assert.deepEqual([next.sent, outcomes], [["b"], ["a delivered"]]);
  });

  it("sends a message that seems to bring the connection down alone, and gives it up in the end", async () => {
    add("poison");
    add("good");
    for (let round = 0; round < 20; round++) {
      const next = new FakeSender();
      outbox.online(next);
      await clock.advance(1_000);
      if (round >= 3) assert.deepEqual(next.sent, ["poison"]);
      outbox.offline();
    }
    outbox.online(sender);
    await clock.advance(1_000);
    sender.acknowledge();
    await settle();
    assert.deepEqual(outcomes, ["poison server_error", "good delivered"]);
  });

  it("withdraws: what waits at once, what is under way when its second is over", async () => {
    outbox.online(sender);
    add("under way");
    await settle();
    const finished = outbox.withdraw("node");
    add("of a successor", { owner: "next" });
    await clock.advance(1_000);
    await finished;
    assert.deepEqual([outbox.pending("node"), outcomes], [0, []]);
  });

  it("withdraws what waits, but lets be acknowledged what is under way", async () => {
    outbox.online(sender);
    add("under way");
    await settle();
    void outbox.drain();
    add("waiting");
    const finished = outbox.withdraw("node");
    sender.acknowledge();
    await finished;
    assert.deepEqual(outcomes, ["under way delivered"]);
    assert.equal(clock.waiting, 0);
  });

  it("ends a message that the far side refuses for good, and goes on", async () => {
    outbox.online({ send: () => Promise.reject(new CloudError("forbidden", "not yours")) });
    add("a");
    await settle();
    outbox.online(sender);
    add("b");
    await clock.advance(1_000);
    sender.acknowledge();
    await settle();
    assert.deepEqual(outcomes, ["a forbidden", "b delivered"]);
  });

  it("sends all parts of a message, and settles it once", async () => {
    const writes = [{ payload: "x" }, { payload: "y" }];
    outbox.online(sender);
    add("both", { prepare: () => ({ targetNames: [], writes }) });
    await settle();
    sender.acknowledge(1);
    await settle();
    outbox.offline();
    const next = new FakeSender();
    outbox.online(next);
    await settle();
    next.acknowledge();
    await settle();
    assert.deepEqual([sender.sent, next.sent, outcomes], [["x", "y"], ["y"], ["both delivered"]]);
  });
});
