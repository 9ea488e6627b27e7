import assert from "node:assert/strict";
import type { Property } from "../../../../cloud/rest/index";
import { BridgedValues } from "../../../../nodes/home-assistant/bridged-values";
import { type BridgedThing, bridgeThing } from "../../../../nodes/home-assistant/discovery";
import { RetainedTopics } from "../../../../nodes/home-assistant/retained-topics";
import { bridgeSettings, never, propertyOf, thingWith } from "../../../support/bridged-things";
import { FakeClock } from "../../../support/fake-clock";

describe("BridgedValues", () => {
  let clock: FakeClock;
  let sent: [topic: string, payload: unknown][];
  let topics: RetainedTopics;

  beforeEach(() => {
    clock = new FakeClock();
    sent = [];
    const send = ({ topic, payload }: { topic: string; payload: unknown }): void => void sent.push([topic, payload]);
    topics = new RetainedTopics({ clock, send, onChange: () => undefined });
  });

  const bridged = (...properties: Property[]): BridgedThing =>
    bridgeThing(thingWith(...properties), bridgeSettings(), never);
  const valuesOf = (...properties: Property[]): BridgedValues =>
    new BridgedValues(bridged(...properties), topics, clock);
  /** Returns what was sent since it was asked last, by the ends of the topics. */
  const news = (): unknown[] => sent.splice(0).map(([topic, payload]) => [topic.split("/").at(-1), payload]);

  it("tell a value that has come before its variable was listed, once it is", () => {
    const one = propertyOf("one", "INT");
    const values = valuesOf(one);
    values.take("two", 1, true);
    values.take("two", 2, true);
    assert.deepEqual(news(), []);
    const two = propertyOf("two", "INT");
    values.become(bridged(one, two));
    assert.deepEqual(news(), [["two", "2"]]);
    values.take("two", 3, true);
    values.become(bridged(propertyOf("other", "INT"), two));
    assert.deepEqual(news(), [["two", "3"]]);
  });

  it("remember the newest of what is not listed, and not without end", () => {
    const values = valuesOf();
    for (let count = 0; count < 400; count++) values.take(`v${count}`, count, true);
    values.become(bridged(propertyOf("v0", "INT"), propertyOf("v399", "INT")));
    assert.deepEqual(news(), [["v399", "399"]]);
  });

  it("tell a state as before, and what was written, under the name that the variable has by then", () => {
    const relay = propertyOf("relay", "STATUS");
    const values = valuesOf(relay);
    values.take("relay", true, true);
    values.become(bridged({ ...relay, variable_name: "pump" }));
    assert.deepEqual(news(), [
      ["relay", "true"],
      ["pump", "true"],
    ]);
    values.tellAsBefore(relay.id);
    values.takeWritten(relay.id, false);
    assert.deepEqual(news(), [
      ["pump", "true"],
      ["pump", "false"],
    ]);
    values.become(bridged());
    values.tellAsBefore(relay.id);
    values.takeWritten(relay.id, true);
    assert.deepEqual(news(), []);
  });

  it("tell nothing once they are stopped, and leave no timer", async () => {
    const relay = propertyOf("relay", "STATUS");
    const plan = propertyOf("plan", "SCHEDULE");
    const values = valuesOf(relay, plan);
    values.take("relay", true, true);
    values.take("plan", { frm: 0, to: 0, len: 60, msk: 2 << 26 }, true);
    await clock.advance(20);
    assert.equal(clock.waiting, 1);
    news();
    values.stop();
    assert.equal(clock.waiting, 0);
    values.tellAsBefore(relay.id);
    values.take("relay", false, true);
    values.takeWritten(relay.id, false);
    assert.deepEqual(news(), []);
  });
});
