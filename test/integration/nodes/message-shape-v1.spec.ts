import assert from "node:assert/strict";
import { encodeWrite } from "../../../cloud/codec/senml-encode";
import { arduinoClient } from "../../simulator/support/arduino-client";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type TestRuntime, load, type Received } from "../../support/node-helper";

const written = Date.parse("2026-11-01T12:00:00.250Z");

/** Messages of the shape that Arduino's own nodes give them, for flows that came from there. */
describe("the old message shape", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse({ simulator: { choices: { retentionDays: 36_500 } } });
    // A display name that is not the variable name.
    house.simulator.store.propertyNamed(house.thingId, "temperature")!.name = "Room temperature";
  });

  const start = async (type: string, more: object): Promise<TestRuntime> => {
    const about = { account: "account", thing: house.thingId, property: "temperature", compatible: true };
    const node = { id: "node", type: `arduino-cloud-${type}`, ...about, wires: [["out"]], ...more };
    return (bench = await load(house, [node, { id: "out", type: "helper" }]));
  };
  /** All but what Node-RED adds. */
  const arrived = async (): Promise<Received> => {
    const { _msgid: id, ...message } = (await bench.arrived("out"))[0]!;
    assert.equal(typeof id, "string");
    return message;
  };

  it("property in: topic is the display name, and nothing else is on the message", async () => {
    await start("property-in", {});
    await until("the subscription", () =>
      house.simulator.observed.connections.some(({ subscriptions }) => [...subscriptions].length > 0),
    );
    house.simulator.inject(`/a/t/${house.thingId}/e/o`, encodeWrite({ property: "temperature", value: 21.5 }));
    const { timestamp, ...message } = await arrived();
    assert.deepEqual(message, { topic: "Room temperature", payload: 21.5 });
    assert.equal(typeof timestamp, "number");
  });

  it("property get: a new message, and the time as the client of the old package gives it", async () => {
    house.simulator.store.record(house.thingId, "temperature", 21.5, written);
    await start("property-get", { property: house.propertyIds.temperature });
    bench.node("node").receive({ topic: "old", mine: true, parts: { index: 1 } });
    const { properties } = await arduinoClient(house.simulator);
    const old = await properties.propertiesV2Show(house.thingId, house.propertyIds.temperature!);
    assert.equal(old.name, "Room temperature");
    assert.deepEqual(old.value_updated_at, new Date(written));
    assert.deepEqual(await arrived(), {
      topic: old.name,
      payload: old.last_value,
      timestamp: old.value_updated_at,
    });
  });

  it("property get: so too when it reads by itself, and without a time where there is none", async () => {
    await start("property-get", { repeat: 60 });
    assert.deepEqual(await arrived(), { topic: "Room temperature", payload: null });
  });

  it("property get: what the old nodes could not ask for has the usual shape", async () => {
    await start("property-get", { property: "" });
    bench.node("node").receive({ mine: true });
    const { mine, payload, source } = await arrived();
    assert.deepEqual([mine, Object.keys(payload as object).includes("temperature"), source], [true, true, "get"]);
  });

  it("history: a chart of Dashboard 1 in whole seconds, of texts too", async () => {
    for (const [variable, ...values] of [
      ["temperature", 1.5, 2.5],
      ["message", "a"],
    ] as const) {
      const { history } = house.simulator.store.propertyNamed(house.thingId, variable)!;
      for (const [index, value] of values.entries()) history.push({ time: written + index * 1000, value });
    }
    const window = { from: "2026-11-01T00:00:00Z", to: "2026-11-02T00:00:00Z" };
    await start("history", { ...window, output: "chart", name: "My chart" });
    bench.node("node").receive({ topic: "old", mine: true });
    const first = written - 250;
    assert.deepEqual(await arrived(), {
      topic: "My chart",
      payload: [
        {
          series: [],
          data: [
            [
              { x: first, y: 1.5 },
              { x: first + 1000, y: 2.5 },
            ],
          ],
        },
      ],
    });
    await bench.unload();
    await start("history", { ...window, output: "chart", property: "message" });
    bench.node("node").receive({});
    assert.deepEqual(await arrived(), { topic: "message", payload: [{ series: [], data: [[{ x: first, y: "a" }]] }] });
  });

  it("history: other outputs have the usual shape", async () => {
    await start("history", { from: "-1h", to: "now", output: "rows" });
    bench.node("node").receive({ mine: true });
    assert.deepEqual(await arrived(), { mine: true, payload: [], complete: true });
  });
});
