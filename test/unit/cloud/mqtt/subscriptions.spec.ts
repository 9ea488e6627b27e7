import assert from "node:assert/strict";
import type { MqttConnection } from "../../../../cloud/mqtt/connection";
import { SubscriptionRegistry } from "../../../../cloud/mqtt/subscriptions";
import { settle } from "../../../support/wait";

/** A connection whose broker answers when the spec says so. */
class SlowBroker {
  /** What was asked for, oldest first. */
  readonly asked: string[] = [];
  #pending: (() => void)[] = [];

  readonly connection = {
    subscribe: (topics: string[]) => this.#ask(`+${topics.join()}`, []),
    unsubscribe: (topics: string[]) => this.#ask(`-${topics.join()}`, undefined),
  } as unknown as MqttConnection;

  /** Answers all that was asked, until nothing more is. */
  async answer(): Promise<void> {
    await settle();
    while (this.#pending.length > 0) {
      for (const one of this.#pending.splice(0)) one();
      await settle();
    }
  }

  #ask<T>(what: string, answer: T): Promise<T> {
    this.asked.push(what);
    return new Promise((resolve) => this.#pending.push(() => resolve(answer)));
  }
}

describe("the topics of a session", () => {
  const listener = { message: () => undefined };
  let broker: SlowBroker;
  let registry: SubscriptionRegistry;

  beforeEach(async () => {
    broker = new SlowBroker();
    registry = new SubscriptionRegistry();
    registry.add("first", listener);
    void registry.attach(broker.connection);
    await broker.answer();
  });

  it("are asked for once each, whatever else changes", async () => {
    for (const name of ["second", "third"]) {
      registry.add(name, listener);
      await broker.answer();
    }
    registry.add("second", { message: () => undefined });
    await broker.answer();
    assert.deepEqual(broker.asked, ["+first", "+second", "+third"]);
  });

  it("stay for somebody who comes while others are being subscribed", async () => {
    const end = registry.add("left", listener);
    await broker.answer();
    end();
    registry.add("second", listener);
    await settle();
    assert.equal(broker.asked.at(-1), "+second");
    registry.add("left", { message: () => undefined });
    await broker.answer();
    assert.deepEqual(broker.asked, ["+first", "+left", "+second"]);
  });

  it("are asked for again by somebody who comes while they are given up", async () => {
    const end = registry.add("left", listener);
    await broker.answer();
    end();
    await settle();
    assert.equal(broker.asked.at(-1), "-left");
    registry.add("left", listener);
    await broker.answer();
    assert.deepEqual(broker.asked.slice(-2), ["-left", "+left"]);
    assert.deepEqual(registry.wanted(), ["first", "left"]);
  });

  it("are all asked for on the next connection, but those that nobody wants any more", async () => {
    const end = registry.add("left", listener);
    await broker.answer();
    registry.detach();
    end();
    registry.add("second", listener);
    const next = new SlowBroker();
    void registry.attach(next.connection);
    await next.answer();
    assert.deepEqual(next.asked, ["+first,second"]);
  });
});
