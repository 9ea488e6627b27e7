import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import type { JsonValue } from "../../simulator/store/store";
import { arduinoClient, refused, type ArduinoClient } from "./support/arduino-client";

interface Element {
  status: string;
  message: string;
  query: string;
  times: Date[];
  values: JsonValue[];
  count_values: number;
  interval?: number;
  aggregation?: string;
  property_name?: string;
}

const start = Date.parse("2026-01-01T00:00:00Z");
const at = (milliseconds: number): string => new Date(start + milliseconds).toISOString();

describe("simulator REST: series", () => {
  let simulator: Simulator;
  let client: ArduinoClient;
  let thingId: string;
  let numbers: string;
  let switchId: string;
  let texts: string;

  before(async () => {
    simulator = await startSimulator({ faults: { requestsPerSecond: null }, choices: { retentionDays: 100_000 } });
    client = await arduinoClient(simulator);
    const { store, userId } = simulator;
    thingId = store.createThing({ name: "thing" }, { userId }).id;
    numbers = store.createProperty(thingId, { name: "n", type: "FLOAT" }).id;
    switchId = store.createProperty(thingId, { name: "b", type: "STATUS" }).id;
    texts = store.createProperty(thingId, { name: "s", type: "CHARSTRING" }).id;
    for (let second = 0; second < 1500; second += 1) store.record(thingId, "n", second, start + second * 1000);
    for (const second of [0, 1, 2]) store.record(thingId, "b", second === 1, start + second * 1000 + 500);
    store.record(thingId, "s", "hello", start + 250);
  });
  after(() => simulator.stop());

  const raw = async (request: object): Promise<Element[]> =>
    (await client.series.seriesV2BatchQueryRaw({ resp_version: 1, requests: [request] })).responses as Element[];
  const only = <T>(list: T[]): T => {
    assert.equal(list.length, 1);
    return list[0]!;
  };

  it("answers raw samples, the newest first by default, 1000 at most", async () => {
    const newest = only(await raw({ q: `property.${numbers}` }));
    assert.deepEqual([newest.count_values, newest.values[0], newest.values.at(-1)], [1000, 1499, 500]);
    assert.equal(newest.times.length, 1000);
    const oldest = only(await raw({ q: `property.${numbers}`, sort: "ASC", series_limit: 86_400 }));
    assert.deepEqual([oldest.count_values, oldest.values[0]], [1000, 0]);
    assert.deepEqual(oldest.times[999], new Date(start + 999_000));
  });

  it("takes from as included and to as excluded", async () => {
    const part = only(await raw({ q: `property.${numbers}`, from: at(2000), to: at(5000), sort: "ASC" }));
    assert.deepEqual(part.values, [2, 3, 4]);
  });

  it("answers a thing query with one element per property, cut together", async () => {
    const all = await raw({ q: `thing.${thingId}`, sort: "ASC" });
    assert.deepEqual(
      all.map(({ query, count_values: count }) => [query, count]),
      [
        [`property.${numbers}`, 1500],
        [`property.${switchId}`, 3],
        [`property.${texts}`, 1],
      ],
    );
    const cut = await raw({ q: `thing.${thingId}`, sort: "ASC", series_limit: 4 });
    assert.deepEqual(
      cut.map(({ values }) => values),
      [[0, 1], [false], ["hello"]],
    );
  });

  it("puts null samples between when so chosen", async () => {
    simulator.choices.nullSampleEvery = 2;
    const part = only(await raw({ q: `property.${numbers}`, to: at(4000), sort: "ASC" }));
    simulator.choices.nullSampleEvery = 0;
    assert.deepEqual(part.values, [0, 1, null, 2, 3, null]);
    assert.equal(part.count_values, 6);
  });

  it("says in the element that an id is unknown, or answers 404 when so chosen", async () => {
    const stranger = only(await raw({ q: "property.7fe6ae4b-45ba-4d3c-9d3e-6c1e3ff40a31" }));
    assert.deepEqual([stranger.status, stranger.count_values], ["error", 0]);
    assert.match(stranger.message, /not found/);
    simulator.choices.unknownSeriesIsElement = false;
    assert.equal(await refused(raw({ q: "thing.7fe6ae4b-45ba-4d3c-9d3e-6c1e3ff40a31" }), 404), "");
    simulator.choices.unknownSeriesIsElement = true;
    await refused(raw({ q: "device.7fe6ae4b-45ba-4d3c-9d3e-6c1e3ff40a31" }), 400);
    await refused(raw({ q: `property.${numbers}`, from: "yesterday" }), 400);
    simulator.choices.cutSeriesLimit = false;
    await refused(raw({ q: `property.${numbers}`, series_limit: 1001 }), 400);
    simulator.choices.cutSeriesLimit = true;
  });

  it("aggregates numbers and booleans", async () => {
    const ask = async (request: object): Promise<Element[]> => {
      const window = { from: at(0), to: at(120_000), interval: 60 };
      const body = { resp_version: 0, requests: [{ ...window, ...request }] };
      return (await client.series.seriesV2BatchQuery(body)).responses as Element[];
    };
    const q = `property.${numbers}`;
    const average = only(await ask({ q }));
    assert.deepEqual([average.values, average.interval, average.aggregation], [[29.5, 89.5], 60, "AVG"]);
    const expected: [string, number[]][] = [
      ["MIN", [0, 60]],
      ["MAX", [59, 119]],
      ["SUM", [1770, 5370]],
      ["COUNT", [60, 60]],
      ["PCT_50", [29, 89]],
      ["PCT_95", [56, 116]],
      ["BOOL_AND", [0, 1]],
    ];
    for (const [aggregation, values] of expected) {
      assert.deepEqual(only(await ask({ q, aggregation })).values, values, aggregation);
    }
    const either = only(await ask({ q: `property.${switchId}` }));
    assert.deepEqual([either.values, either.aggregation], [[1], "BOOL_OR"]);
    assert.equal(only(await ask({ q: `property.${texts}` })).status, "error");
    assert.equal((await ask({ q: `thing.${thingId}` })).length, 2);
    await refused(ask({ q, from: undefined }), 400);
    await refused(ask({ q, interval: 86_401 }), 400);
    await refused(ask({ q, aggregation: "MEDIAN" }), 400);
  });

  it("samples any kind", async () => {
    const ask = async (request: object): Promise<Element> => {
      const body = { resp_version: 1, requests: [{ from: at(0), to: at(180_000), interval: 60, ...request }] };
      return only((await client.series.seriesV2BatchQuerySampling(body)).responses as Element[]);
    };
    assert.deepEqual((await ask({ q: `property.${numbers}` })).values, [59, 119, 179]);
    assert.deepEqual((await ask({ q: `property.${texts}` })).values, ["hello"]);
    await refused(ask({ q: `property.${texts}`, interval: 59 }), 400);
  });

  it("gives the last stored sample", async () => {
    const body = { requests: [{ property_id: numbers, thing_id: thingId }] };
    const answer = await client.series.seriesV2BatchQueryRawLastValue(body);
    const last = only(answer.responses as Element[]);
    assert.deepEqual([answer.status, last.count_values, last.values], ["ok", 1, [1499]]);
    assert.deepEqual(last.times, [new Date(start + 1_499_000)]);
    const strange = { requests: [{ property_id: numbers, thing_id: numbers }] };
    await refused(client.series.seriesV2BatchQueryRawLastValue(strange), 404);
  });

  it("takes the order for a CSV export", async () => {
    const body = { from: at(0), to: at(1), properties: [numbers] };
    await client.series.seriesV2HistoricData(body);
    assert.equal(simulator.observed.requests.at(-1)?.status, 202);
    await refused(client.series.seriesV2HistoricData({ ...body, properties: [] }), 400);
  });

  it("bins one numeric variable", async () => {
    const { properties } = client;
    const points = async (options: Record<string, unknown>): Promise<number[]> => {
      const answer = await properties.propertiesV2Timeseries(thingId, numbers, options);
      return (answer.data as { value: number }[]).map(({ value }) => value);
    };
    const window = { from: at(0), to: at(1_500_000) };
    assert.deepEqual(await points({ ...window, interval: 300, aggregation: "COUNT" }), [300, 300, 300, 300, 300]);
    assert.deepEqual(await points({ ...window, interval: 900, aggregation: "MIN", desc: true }), [900, 0]);
    assert.equal((await points(window)).length, 750);
    assert.equal((await points({ ...window, interval: 1 })).length, 1000);
    await refused(properties.propertiesV2Timeseries(thingId, texts), 400);
    await refused(properties.propertiesV2Timeseries(thingId, numbers, { aggregation: "BOOL_OR" }), 400);
    await refused(properties.propertiesV2Timeseries(thingId, numbers, { from: "1700-01-01T00:00:00Z" }), 400);
  });
});
