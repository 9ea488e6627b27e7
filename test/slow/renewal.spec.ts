import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { MqttClient } from "mqtt";
import { encodeSenml } from "../../simulator/codec/senml";
import { accountOf, flowTab, propertyIn, propertyOut, sink, watchers } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";
import { type NodeRed, startNodeRed } from "../support/node-red";
import { assertNoSecrets } from "../support/secrets";

/** Tokens of ten seconds, and a value every 20 ms each way for a minute. */
const lifetime = 10;
const pause = 20;
const duration = 60_000;

describe("the renewal of the session, in a real Node-RED", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  let device: MqttClient;

  before(async () => {
    house = await startHouse({
      variables: { fast: "INT", steady: "FLOAT", back: "INT" },
      simulator: { faults: { tokenLifetime: lifetime } },
    });
    device = await house.device();
    red = await startNodeRed();
    await red.deploy([
      flowTab,
      accountOf(house, { messagesPerSecond: 100 }),
      ...watchers,
      propertyIn(house, "heard"),
      sink("heard"),
      propertyOut("out", { thing: "House", property: "back" }),
    ]);
    await until("the subscription", () =>
      house.simulator.observed.connections.some((client) => client.kind === "user" && client.subscriptions.length > 0),
    );
  });
  after(async () => {
    try {
      await assertNoSecrets(red, house);
    } finally {
      await red.stop();
      await house.stop();
    }
  });

  it("loses no value and repeats none, either way, for a minute", async () => {
    const topic = `/a/t/${house.thingId}/e/o`;
    const end = performance.now() + duration;
    let count = 0;
    let written = 0;
    while (performance.now() < end) {
      // The steady one has the same bytes each time, so that nothing but their number tells the messages apart.
      const value = count % 2 === 0 ? { variable: "fast", value: count } : { variable: "steady", value: 0.5 };
      await device.publishAsync(topic, Buffer.from(encodeSenml([value], "cpp")), { qos: 1 });
      if (count % 10 === 0) red.send("out", { payload: written++ });
      count++;
      await sleep(pause);
    }
    await until("all values", () => red.received("heard").length >= count);
    await until("all writes", () => house.writes().length >= written);
    await sleep(300);
    const heard = red.received("heard");
    const fast = heard.filter((message) => message.topic === "fast").map(({ payload }) => payload);
    const sent = Array.from({ length: Math.ceil(count / 2) }, (_, index) => 2 * index);
    assert.deepEqual(fast, sent);
    assert.equal(heard.length, count);
    assert.deepEqual(
      house.writes().map(({ value }) => value),
      Array.from({ length: written }, (_, index) => index),
    );
    const sessions = new Set(
      house.simulator.observed.connects
        .filter(({ clientId }) => clientId.includes(":"))
        .map(({ clientId }) => clientId),
    );
    assert.ok(sessions.size >= 5, `only ${sessions.size} sessions in a minute`);
    red.check();
  });
});
