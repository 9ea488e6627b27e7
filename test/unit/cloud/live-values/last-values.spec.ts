import assert from "node:assert/strict";
import { KnownObjects } from "../../../../cloud/live-values/known-objects";
import { LastValues } from "../../../../cloud/live-values/last-values";
import type { ValueFeed, ValueListener } from "../../../../cloud/live-values/value-feed";
import type { Directory } from "../../../../cloud/rest/directory/directory";
import type { Property } from "../../../../cloud/rest/index";

describe("LastValues", () => {
  let listeners: ValueListener[];
  let reads: number;
  /** What REST tells; the time counts on with each value. */
  let held: Property;
  let fails: boolean;
  let lastValues: LastValues;

  beforeEach(() => {
    listeners = [];
    reads = 0;
    fails = false;
    hold(1);
    const feed = {
      listen: (_thing: string, _direction: string, _variable: string, listener: ValueListener) => {
        listeners.push(listener);
        return () => (listeners = listeners.filter((other) => other !== listener));
      },
    };
    let read: Property | undefined;
    const directory = {
      thing: () => {
        reads++;
        read = held;
        return fails ? Promise.reject(new Error("REST is away.")) : Promise.resolve();
      },
    };
    const objects = new KnownObjects({ now: () => 0, property: () => read });
    lastValues = new LastValues({
      directory: directory as unknown as Directory,
      feed: feed as unknown as ValueFeed,
      objects,
    });
  });
  function hold(hue: number): void {
    const value = { hue, sat: 0, bri: 0 };
    const time = new Date(hue * 1_000).toISOString();
    const type = { name: "lamp", variable_name: "lamp", type: "COLOR_HSB", permission: "READ_WRITE" } as const;
    held = { id: "id", ...type, last_value: value, value_updated_at: time };
  }
  const hue = async (): Promise<unknown> => (await lastValues.get("thing", held))?.hue;
  const tell = (what: "subscribed" | "lost"): void => listeners.forEach((listener) => listener[what]?.());

  it("reads once where all that comes later is heard", async () => {
    await hue();
    tell("subscribed");
    assert.equal(await hue(), 1);
    assert.equal(await hue(), 1);
    assert.equal(reads, 2);
  });

  it("reads again what was read before both subscriptions were granted", async () => {
    assert.equal(await hue(), 1);
    hold(2);
    listeners[0]?.subscribed?.();
    assert.equal(await hue(), 2);
    hold(3);
    tell("subscribed");
    assert.equal(await hue(), 3);
    hold(4);
    assert.equal(await hue(), 3, "which would have come live");
  });

  it("reads again after a subscription was lost, and each time where one is refused", async () => {
    await hue();
    tell("subscribed");
    await hue();
    tell("lost");
    hold(2);
    assert.equal(await hue(), 2);
    listeners[0]?.subscribed?.();
    hold(3);
    assert.equal(await hue(), 3);
    hold(4);
    assert.equal(await hue(), 4);
  });

  it("follows nobody where it could not be read", async () => {
    fails = true;
    await assert.rejects(hue());
    assert.deepEqual(listeners, []);
    fails = false;
    await hue();
    assert.equal(listeners.length, 2);
    lastValues.unfollow();
    assert.deepEqual(listeners, []);
  });
});
