import assert from "node:assert/strict";
import { MessageStream } from "../../../../cloud/mqtt/message-stream";
import { FakeClock } from "../../../support/fake-clock";

describe("MessageStream", () => {
  const [first, second, third] = [{}, {}, {}];
  let clock: FakeClock;
  let stream: MessageStream;
  let out: string[];

  beforeEach(() => {
    clock = new FakeClock();
    out = [];
    stream = new MessageStream({
      clock,
      repeatWindowMs: 2_000,
      deliver: (_topic, payload) => out.push(Buffer.from(payload).toString()),
    });
  });
  const receive = (source: object, ...texts: string[]): void =>
    texts.forEach((text) => stream.receive(source, "topic", Buffer.from(text)));

  it("delivers what one connection says, and nothing of any other", () => {
    receive(first, "too early");
    stream.follow(first);
    receive(first, "1", "1", "2");
    receive(second, "stranger");
    stream.follow(second);
    receive(first, "late");
    receive(second, "3");
    assert.deepEqual(out, ["1", "1", "2", "3"]);
  });

  it("holds back the successor while two overlap, and goes on with it after the last word of the source", () => {
    stream.merge(first, second);
    receive(first, "1");
    receive(second, "1", "2");
    receive(third, "stranger");
    receive(first, "2");
    receive(second, "3");
    assert.deepEqual(out, ["1", "2"]);
    stream.complete();
    assert.deepEqual(out, ["1", "2", "3"]);
    receive(first, "too late");
    receive(second, "4");
    assert.deepEqual(out, ["1", "2", "3", "4"]);
  });

  it("drops what the successor repeats, for two seconds", async () => {
    stream.merge(first, second);
    receive(first, "1", "2");
    stream.complete();
    receive(second, "1");
    await clock.advance(2_001);
    receive(second, "2", "2");
    assert.deepEqual(out, ["1", "2", "2", "2"]);
  });

  it("goes on with the source where the successor does not hold", () => {
    stream.merge(first, second);
    receive(second, "1");
    receive(first, "1");
    stream.follow(first);
    stream.complete();
    receive(second, "2");
    receive(first, "3");
    assert.deepEqual(out, ["1", "3"]);
  });
});
