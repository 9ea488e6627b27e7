import assert from "node:assert/strict";
import type { MqttConnection } from "../../../../cloud/mqtt/connection";
import { SubscriptionRegistry } from "../../../../cloud/mqtt/subscriptions";
import { FakeClock } from "../../../support/fake-clock";
import { settle, until } from "../../../support/wait";

/** A connection whose broker answers when the spec says so. */
class SlowBroker {
  /** What was asked for, oldest first. */
  readonly asked: string[] = [];
  #pending: (() => void)[] = [];
  /** Topics that it refuses. */
  denied: string[] = [];

  readonly connection = {
    subscribe: (topics: string[]) =>
      this.#ask(
        `+${topics.join()}`,
        topics.filter((topic) => this.denied.includes(topic)),
      ),
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
  let clock: FakeClock;

  beforeEach(async () => {
    broker = new SlowBroker();
    clock = new FakeClock();
    registry = new SubscriptionRegistry(clock);
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

  describe("that were refused", () => {
    /** Lets time pass, and the broker answer whatever is asked meanwhile. */
    const pass = async (milliseconds: number): Promise<void> => {
      await clock.advance(milliseconds);
      await broker.answer();
    };
    let told: string[];

    beforeEach(async () => {
      told = [];
      broker.denied = ["private", "secret"];
      for (const name of broker.denied) {
        registry.add(name, {
          message: () => undefined,
          subscribed: () => told.push(`${name} subscribed`),
          refused: () => told.push(`${name} refused`),
        });
      }
      await broker.answer();
      broker.asked.length = 0;
    });

    it("are asked for again after growing waits, and who knows is not told again", async () => {
      await pass(4_999);
      assert.deepEqual(broker.asked, []);
      await pass(1);
      assert.deepEqual(broker.asked, ["+private,secret"]);
      await pass(10_000);
      for (let minute = 0; minute < 10; minute++) await pass(60_000);
      assert.ok(broker.asked.length >= 8 && broker.asked.length <= 14, `${broker.asked.length} times`);
      assert.deepEqual(told, ["private refused", "secret refused"]);
    });

    it("are told of once they are granted, and the others are asked for further on", async () => {
      broker.denied = ["secret"];
      await pass(5_000);
      assert.deepEqual(told.slice(2), ["private subscribed"]);
      broker.denied = [];
      await pass(10_000);
      assert.deepEqual(told.slice(2), ["private subscribed", "secret subscribed"]);
      assert.deepEqual(broker.asked, ["+private,secret", "+secret"]);
      await pass(3_600_000);
      assert.equal(broker.asked.length, 2);
    });

    it("are left to the next connection where this one is gone", async () => {
      registry.detach();
      await pass(3_600_000);
      assert.deepEqual(broker.asked, []);
    });
  });

  it("are told as lost in short turns, all before any is subscribed on the next connection", async () => {
    const told: string[] = [];
    const spend = (milliseconds: number): void => {
      const end = performance.now() + milliseconds;
      while (performance.now() < end);
    };
    for (const name of ["a", "b"]) {
      registry.add(name, {
        message: () => undefined,
        subscribed: () => told.push(`${name} subscribed`),
        lost: () => {
          told.push(`${name} lost`);
          spend(6);
        },
      });
    }
    await broker.answer();
    told.length = 0;
    registry.detach();
    assert.deepEqual(told, ["a lost"]);
    const attached = registry.attach(broker.connection);
    await until("all told", () => told.length >= 2);
    await broker.answer();
    await attached;
    assert.deepEqual(told, ["a lost", "b lost", "a subscribed", "b subscribed"]);
  });

  it("are left a hundred at a time", async () => {
    const ends = Array.from({ length: 150 }, (_, index) => registry.add(`topic ${index}`, listener));
    await broker.answer();
    broker.asked.length = 0;
    for (const end of ends) end();
    await broker.answer();
    assert.deepEqual(
      broker.asked.map((asked) => asked.split(",").length),
      [100, 50],
    );
  });
});
