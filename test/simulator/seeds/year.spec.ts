import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../../simulator/index";
import type { Property } from "../../../simulator/store/models";
import type { JsonValue } from "../../../simulator/json";
import { samplesOf } from "../../../simulator/store/samples";
import { Bulk } from "../../../simulator/store/bulk";
import { fill, runs, seedYear } from "../../../simulator/seeds/year";
import { tokenOf } from "../support/arduino-client";

const end = Date.parse("2026-03-01T00:00:00Z");
const minute = 60_000;

interface Element {
  times: string[];
  values: JsonValue[];
}

describe("simulator: a year of history", () => {
  let simulator: Simulator;
  let token: string;
  let garden: Property[];

  before(async function () {
    this.timeout(60_000);
    simulator = await startSimulator({ faults: { requestsPerSecond: null }, year: { end } });
    token = await tokenOf(simulator);
    garden = [...simulator.store.things.values()][0]?.properties ?? [];
  });
  after(() => simulator.stop());

  const ask = async (path: string, requests: object[]): Promise<Element[]> => {
    const response = await fetch(`${simulator.restUrl}/iot/v2/series/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ resp_version: 1, requests }),
    });
    assert.equal(response.status, 200);
    return ((await response.json()) as { responses: Element[] }).responses;
  };
  const variable = (name: string): Property => garden.find((property) => property.variable_name === name)!;
  const query = (name: string, more: object = {}): object => ({ q: `property.${variable(name).id}`, ...more });
  const values = (name: string): number[] => {
    const samples = samplesOf(variable(name));
    return Array.from({ length: samples.length }, (_, index) => Number(samples.valueAt(index)));
  };
  const mean = (numbers: number[]): number => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

  it("has ten variables with a value a minute, in less than 300 MB", () => {
    assert.equal(garden.length, 10);
    const buffers = new Map<unknown, number>();
    for (const { bulk } of garden) {
      assert.equal(bulk?.length, 525_600);
      assert.ok(bulk.timeAt(0) < bulk.timeAt(1) && bulk.timeAt(525_599) <= end);
      buffers.set(bulk.times.buffer, bulk.times.byteLength);
      if (ArrayBuffer.isView(bulk.values)) buffers.set(bulk.values.buffer, bulk.values.byteLength);
    }
    const bytes = [...buffers.values()].reduce((sum, size) => sum + size, 0);
    assert.ok(bytes < 300e6, `${bytes} bytes`);
  });

  it("has seasons, days, nights and a tank that is filled", () => {
    const temperatures = values("temperature");
    const month = 30 * 1_440;
    // The year begins on the 1st of March.
    assert.ok(mean(temperatures.slice(4 * month, 5 * month)) > mean(temperatures.slice(10 * month, 11 * month)) + 10);
    assert.ok(temperatures.every((value) => value > -20 && value < 45));
    const at = (hour: number): number[] => values("light").filter((_, index) => index % 1_440 === hour * 60);
    assert.ok(at(0).every((value) => value === 0) && mean(at(12)) > 10_000);
    assert.ok(values("humidity").every((value) => value >= 15 && value <= 100));
    const [levels, pump] = [values("level"), values("pump")];
    assert.ok(Math.min(...new Set(levels)) >= 18 && Math.max(...new Set(levels)) <= 95);
    assert.ok(pump.some((on, index) => on === 1 && index > 0 && levels[index]! > levels[index - 1]!));
    assert.equal(typeof variable("rain").last_value, "boolean");
  });

  it("is the same for the same seed, and other weather for another", () => {
    const { store, userId } = simulator;
    const temperatures = [2, 2, 3].map((seed) => {
      const thing = store.things.get(seedYear(store, { userId }, { end, days: 2, seed }));
      return thing?.properties[0]?.bulk?.values;
    });
    assert.deepEqual(temperatures[0], temperatures[1]);
    assert.notDeepEqual(temperatures[0], temperatures[2]);
  });

  it("answers pages from anywhere, in both directions", async () => {
    const samples = samplesOf(variable("temperature"));
    const from = new Date(samples.timeAt(300_000)).toISOString();
    const [ascending] = await ask("batch_query_raw", [query("temperature", { from, sort: "ASC" })]);
    assert.deepEqual(ascending?.times.slice(0, 2).map(Date.parse), [samples.timeAt(300_000), samples.timeAt(300_001)]);
    assert.equal(ascending.values.length, 1_000);
    assert.deepEqual(ascending.values.at(-1), samples.valueAt(300_999));
    const [newest] = await ask("batch_query_raw", [query("temperature", { series_limit: 3 })]);
    assert.deepEqual(
      newest?.times.map(Date.parse),
      [525_599, 525_598, 525_597].map((index) => samples.timeAt(index)),
    );
  });

  it("condenses and samples a year by the day", async () => {
    const window = { from: new Date(end - 364 * 1_440 * minute).toISOString(), to: new Date(end).toISOString() };
    const days = { ...window, interval: 86_400, series_limit: 1_000 };
    const [counts] = await ask("batch_query", [query("rain", { ...days, aggregation: "COUNT" })]);
    assert.deepEqual([counts?.values.length, new Set(counts?.values)], [364, new Set([1_440])]);
    const [samples] = await ask("batch_query_sampling", [query("pump", days)]);
    assert.equal(samples?.values.length, 364);
  });

  it("goes on with live values, and takes late ones where they belong", async () => {
    const { store } = simulator;
    const thingId = variable("battery").thing_id;
    assert.ok(store.record(thingId, "battery", 1, end + minute));
    const [newest] = await ask("batch_query_raw", [query("battery", { series_limit: 2 })]);
    assert.deepEqual(newest?.values[0], 1);
    assert.ok(store.record(thingId, "battery", 2, end - 90.5 * minute));
    const window = { from: new Date(end - 92 * minute).toISOString(), to: new Date(end - 89 * minute).toISOString() };
    const [late] = await ask("batch_query_raw", [query("battery", { ...window, sort: "ASC" })]);
    assert.equal(late?.values.length, 4);
    assert.ok(late.values.includes(2));
    const body = JSON.stringify({ requests: [{ property_id: variable("battery").id, thing_id: thingId }] });
    const answer = await fetch(`${simulator.restUrl}/iot/v2/series/batch_query_raw/lastvalue`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body,
    });
    const { responses } = (await answer.json()) as { responses: Element[] };
    assert.deepEqual(responses[0]?.values, [1]);
  });

  it("comes by the control interface too, and shows in no answer", async () => {
    const before = simulator.store.things.size;
    const answer = await fetch(`${simulator.controlUrl}/year`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ days: 1, end }),
    });
    assert.equal(answer.status, 200);
    assert.equal(simulator.store.things.size, before + 1);
    const headers = { authorization: `Bearer ${token}` };
    const things = await fetch(`${simulator.restUrl}/iot/v2/things?show_properties=true`, { headers });
    const text = await things.text();
    assert.match(text, /"Garden"/);
    assert.doesNotMatch(text, /"bulk"|"history"/);
  });
});

describe("simulator: runs of samples", () => {
  it("share one time each, and are the same for the same options", () => {
    const options = { count: 50_000, longest: 900, start: end };
    const bulk = runs(options);
    assert.deepEqual(bulk, runs(options));
    assert.notDeepEqual(bulk, runs({ ...options, seed: 2 }));
    const lengths = new Map<number, number>();
    for (const time of bulk.times) lengths.set(time, (lengths.get(time) ?? 0) + 1);
    const all = [...lengths.values()];
    assert.ok(Math.max(...all) > 700 && Math.max(...all) <= 900 && Math.min(...all) < 100);
    assert.ok(bulk.times.every((time, index) => index === 0 || time >= bulk.timeAt(index - 1)));
  });

  it("need as many values as times", () => {
    assert.throws(() => new Bulk(new Float64Array(2), [1]), /2 times, but 1 values/);
    const property = { history: [{ time: 1, value: 1 }] } as Property;
    fill(property, new Bulk(new Float64Array([5]), ["text"]));
    assert.deepEqual([property.history, property.last_value], [[], "text"]);
  });
});
