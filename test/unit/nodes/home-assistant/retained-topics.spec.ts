import assert from "node:assert/strict";
import { type BrokerMessage, RetainedTopics } from "../../../../nodes/home-assistant/retained-topics";
import { FakeClock } from "../../../support/fake-clock";

describe("RetainedTopics", () => {
  let clock: FakeClock;
  let sent: BrokerMessage[];
  let topics: RetainedTopics;

  beforeEach(() => {
    clock = new FakeClock();
    sent = [];
    topics = new RetainedTopics({ clock, send: (message) => void sent.push(message), onChange: () => undefined });
  });

  /** Returns what was sent since it was asked last. */
  const news = (): unknown[] => sent.splice(0).map(({ topic, payload }) => [topic, payload]);

  it("sends what is new, and all of it again with what makes entities first", () => {
    topics.keep("state", "1");
    topics.keep("state", "1");
    topics.keep("config", { name: "House" });
    assert.deepEqual(news(), [
      ["state", "1"],
      ["config", { name: "House" }],
    ]);
    topics.resendAll();
    assert.deepEqual(news(), [
      ["config", { name: "House" }],
      ["state", "1"],
    ]);
  });

  it("sends what has to come before again too, until the broker has taken it", () => {
    topics.precede("config", { name: "without" });
    topics.keep("config", { name: "House" });
    const both = [
      ["config", { name: "without" }],
      ["config", { name: "House" }],
    ];
    assert.deepEqual(news(), both);
    topics.resendAll();
    assert.deepEqual(news(), both);
    topics.taken();
    topics.resendAll();
    assert.deepEqual(news(), both.slice(1));
  });

  it("sends nothing before what has nothing to come before it any more, or is gone", () => {
    topics.precede("config", { name: "without" });
    topics.keep("config", { name: "House" });
    topics.precede("config", undefined);
    topics.precede("other", { name: "without" });
    topics.clear("other");
    news();
    topics.resendAll();
    assert.deepEqual(news(), [
      ["other", ""],
      ["config", { name: "House" }],
    ]);
  });

  it("sends in bursts, of each topic the newest, and goes on until nothing waits", async () => {
    for (let count = 0; count < 120; count++) topics.keep(`state/${count}`, "1");
    assert.equal(news().length, 50);
    topics.keep("state/119", "2");
    await clock.advance(20);
    assert.equal(news().length, 50);
    await clock.advance(20);
    assert.deepEqual(news().at(-1), ["state/119", "2"]);
    await clock.advance(20);
    assert.equal(clock.waiting, 0);
    topics.keep("state/0", "3");
    assert.deepEqual(news(), [["state/0", "3"]]);
  });
});
