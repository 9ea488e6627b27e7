import assert from "node:assert/strict";
import type { MqttClient } from "mqtt";
import { encodeSenml } from "../../simulator/codec/senml";
import { malformedPayload, malformedVectors } from "../support/senml/vectors";
import { accountOf, flowTab, propertyIn, sink, watchers } from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";
import { type NodeRed, startNodeRed } from "../support/node-red";

describe("malformed bytes on the wire, in a real Node-RED", function () {
  this.timeout(60_000);
  let house: House;
  let red: NodeRed;
  let device: MqttClient;

  before(async () => {
    house = await startHouse({ variables: { good: "INT" } });
    device = await house.device();
    red = await startNodeRed();
    await red.deploy([
      flowTab,
      accountOf(house),
      ...watchers,
      propertyIn(house, "heard", { property: "good" }),
      sink("heard"),
      propertyIn(house, "everything"),
      sink("everything"),
    ]);
    await until("the subscription", () =>
      house.simulator.observed.connections.some((client) => client.kind === "user" && client.subscriptions.length > 0),
    );
  });

  it("loses no good value between all the malformed ones", async () => {
    const topic = `/a/t/${house.thingId}/e/o`;
    for (const [index, vector] of malformedVectors.entries()) {
      await device.publishAsync(topic, malformedPayload(vector), { qos: 1 });
      const good = encodeSenml([{ variable: "good", value: index }], "cpp");
      await device.publishAsync(topic, Buffer.from(good), { qos: 1 });
    }
    const last = malformedVectors.length - 1;
    await until("all good values", () => red.received("heard").length >= malformedVectors.length);
    await until("the last one at the other node too", () =>
      red.received("everything").some(({ topic, payload }) => topic === "good" && payload === last),
    );
    assert.deepEqual(
      red.received("heard").map(({ payload }) => payload),
      malformedVectors.map((_vector, index) => index),
    );
    red.check();
  });

  it("delivered from them what stands beside the bad record, in order", () => {
    // The messages of one vector stand between the good value before it and its own.
    const heard = red.received("everything").map(({ topic, payload }) => [topic, payload] as [string, unknown]);
    for (const [index, { name, expect, deliver }] of malformedVectors.entries()) {
      const from = heard.findIndex(([topic, payload]) => topic === "good" && payload === index - 1) + 1;
      const to = heard.findIndex(([topic, payload]) => topic === "good" && payload === index);
      const between = heard.slice(from, to);
      if (expect === "reject") assert.deepEqual(between, [], name);
      if (expect === "skip-record" && deliver !== undefined) assert.deepEqual(between, deliver, name);
    }
  });

  it("warned about them, but not of each", () => {
    const warnings = red.log().match(/malformed message/g) ?? [];
    assert.ok(warnings.length >= 1 && warnings.length < 5, `${warnings.length} warnings`);
  });
});
