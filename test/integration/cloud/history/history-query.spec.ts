import assert from "node:assert/strict";
import { type HistoryRequest, planHistory, readHistory } from "../../../../cloud/history/history-query";
import { createRest, type KnownThing, type Property, type Rest } from "../../../../cloud/rest/index";
import type { RawPoint } from "../../../../cloud/history/points";
import { pointsOf } from "../../../../cloud/history/page-reader";
import { splitWindow } from "../../../../cloud/history/aggregate-reader";
import { type House, startHouse } from "../../../support/simulated-account";
import { rejection } from "../../../support/rejection";

const now = Date.parse("2026-03-10T12:00:00Z");
const start = Date.parse("2026-03-01T00:00:00Z");
const minute = 60_000;
const wish: HistoryRequest = {
  variable: "",
  from: start,
  to: "now",
  mode: "raw",
  interval: 300,
  aggregation: "",
  needsNumbers: false,
};
const property = (name: string, type: string, more: Partial<Property> = {}): Property => ({
  id: `id of ${name}`,
  name: `The ${name}`,
  variable_name: name,
  type,
  permission: "READ_WRITE",
  ...more,
});
const thing: KnownThing = {
  id: "T",
  name: "House",
  properties: [
    property("temperature", "FLOAT"),
    property("relay", "STATUS"),
    property("message", "CHARSTRING"),
    property("place", "LOCATION"),
    property("secret", "INT", { persist: false }),
  ],
};

describe("planHistory", () => {
  const plan = (more: Partial<HistoryRequest> = {}): ReturnType<typeof planHistory> =>
    planHistory(thing, { ...wish, ...more }, now);
  const names = (more: Partial<HistoryRequest>): string[] => plan(more).variables.map(({ name }) => name);
  const refuses = (more: Partial<HistoryRequest>, code: string, message: RegExp): void => {
    assert.throws(() => plan(more), { code, message });
  };

  it("leaves out what can't be read where all are asked for, and says so", () => {
    assert.deepEqual(names({}), ["temperature", "relay", "message", "place"]);
    assert.deepEqual(names({ mode: "sample" }), ["temperature", "relay", "message", "place"]);
    assert.deepEqual(names({ needsNumbers: true }), ["temperature", "relay"]);
    const { variables, leftOut } = plan({ mode: "aggregate" });
    assert.deepEqual(
      variables.map(({ name, aggregation }) => [name, aggregation]),
      [
        ["temperature", "AVG"],
        ["relay", "BOOL_OR"],
      ],
    );
    assert.equal(leftOut.length, 3);
    assert.match(leftOut[2] ?? "", /no history of secret/);
  });

  it("is an error where one is asked for that can't be read", () => {
    refuses({ variable: "secret" }, "invalid_input", /keeps no history of secret/);
    refuses({ variable: "message", mode: "aggregate" }, "invalid_input", /message is of type CHARSTRING/);
    refuses({ variable: "place", needsNumbers: true }, "invalid_input", /place is of type LOCATION/);
    refuses({ variable: "nothing" }, "not_found", /no variable "nothing"/);
    assert.throws(() => planHistory({ ...thing, properties: [] }, wish, now), { code: "invalid_input" });
  });

  it("checks mode, interval and aggregation", () => {
    refuses({ mode: "all" }, "invalid_input", /mode is "all", but expected is one of raw, aggregate, sample, buckets/);
    for (const interval of [0, 1.5, 86_401, "often", "", null, {}])
      refuses({ mode: "aggregate", interval }, "invalid_input", /interval is .* whole seconds from 1 to 86400/);
    refuses({ mode: "sample", interval: 59 }, "invalid_input", /interval is "59".* from 60 to 86400/);
    refuses({ mode: "aggregate", aggregation: "MEDIAN" }, "invalid_input", /aggregation is "MEDIAN".*AVG, MIN/);
    assert.equal(plan({ mode: "aggregate", interval: "60", aggregation: "max" }).variables[1]?.aggregation, "MAX");
    assert.equal(plan({ interval: "never looked at" }).mode, "raw");
  });
});

describe("planHistory for buckets", () => {
  const plan = (more: Partial<HistoryRequest> = {}): ReturnType<typeof planHistory> =>
    planHistory(thing, { ...wish, mode: "buckets", ...more }, now);

  it("takes the mean of numbers and the last of all else, where nothing is said", () => {
    const { variables, width, interval } = plan({ interval: "day" });
    assert.deepEqual(
      variables.map(({ name, statistics, aggregation }) => [name, statistics, aggregation]),
      [
        ["temperature", ["MEAN"], ""],
        ["relay", ["LAST"], ""],
        ["message", ["LAST"], ""],
        ["place", ["LAST"], ""],
      ],
    );
    assert.deepEqual([width, interval], ["day", 0]);
  });

  it("leaves out what has no numbers where they are needed, and says what to do", () => {
    const names = (more: Partial<HistoryRequest>): string[] => plan(more).variables.map(({ name }) => name);
    assert.deepEqual(names({ aggregation: "COUNT,MIN" }), ["temperature", "relay"]);
    assert.deepEqual(names({ aggregation: "count,first" }), ["temperature", "relay", "message", "place"]);
    assert.deepEqual(names({ aggregation: "FIRST", needsNumbers: true }), ["temperature", "relay"]);
    assert.deepEqual(names({ needsNumbers: true }), ["temperature", "relay"]);
    assert.deepEqual(names({ aggregation: "COUNT", needsNumbers: true }), ["temperature", "relay", "message", "place"]);
    for (const [more, message] of [
      [
        { variable: "message", aggregation: "MAX" },
        /message is of type CHARSTRING.*aggregation .* COUNT, FIRST or LAST/,
      ],
      [
        { variable: "place", aggregation: "LAST", needsNumbers: true },
        /place is of type LOCATION.*aggregation .* COUNT/,
      ],
      [{ aggregation: "AVG" }, /aggregation is "AVG"/],
      [{ interval: "year" }, /interval is "year"/],
    ] as const)
      assert.throws(() => plan(more), { code: "invalid_input", message });
  });
});

describe("splitWindow", () => {
  it("makes parts of at most a thousand intervals that meet at the intervals' ends", () => {
    const parts = [...splitWindow({ from: start + 7, to: start + 2_500 * minute }, minute)];
    assert.deepEqual(
      parts.map(({ from, to }) => [from - start, to - start]),
      [
        [7, 1_000 * minute],
        [1_000 * minute, 2_000 * minute],
        [2_000 * minute, 2_500 * minute],
      ],
    );
    assert.deepEqual([...splitWindow({ from: start, to: start }, minute)], []);
  });
});

describe("readHistory against the simulator", () => {
  let house: House;
  let rest: Rest;
  let warnings: string[];

  beforeEach(async () => {
    warnings = [];
    house = await startHouse({
      variables: { temperature: "FLOAT", relay: "STATUS", message: "CHARSTRING", lamp: "HOME_COLORED_LIGHT" },
      simulator: { choices: { retentionDays: 36_500 } },
    });
    rest = createRest({ ...house.account, requestsPerSecond: 1_000 });
  });
  afterEach(async () => {
    rest.close();
    await house.stop();
  });

  const store = (variable: string, offset: number, value: number | string | boolean | null): void => {
    house.simulator.store.propertyNamed(house.thingId, variable)?.history.push({ time: start + offset, value });
  };
  const read = async (more: Partial<HistoryRequest>, signal = new AbortController().signal): Promise<RawPoint[]> => {
    const known = await rest.directory.thing(house.thingId);
    const plan = planHistory(known, { ...wish, to: start + 4_000 * minute, ...more }, now);
    const points: RawPoint[] = [];
    const onWarning = (text: string): number => warnings.push(text);
    const reader = readHistory(plan, { client: rest.client, signal, onWarning });
    for await (const point of pointsOf(reader)) points.push(point);
    return points;
  };
  const calls = (): number => house.simulator.observed.requests.filter(({ path }) => path.includes("/series/")).length;

  it("condenses a window of any length, over several pages", async () => {
    for (let index = 0; index < 5_000; index++) store("temperature", index * 30_000, index);
    const points = await read({ variable: "temperature", mode: "aggregate", interval: 60, aggregation: "MAX" });
    assert.deepEqual(
      points.map(({ timestamp, value }) => [(timestamp - start) / minute, value]),
      Array.from({ length: 2_500 }, (_, index) => [index, 2 * index + 1]),
    );
    assert.equal(calls(), 4);
  });

  it("condenses all variables of a thing in one call, in order of time, whatever the order of the answer", async () => {
    house.simulator.store.choices.seriesOrder = "DESC";
    store("temperature", 0, 20);
    store("temperature", minute, 22);
    store("relay", minute, false);
    store("relay", 10 * minute, true);
    store("message", 0, "not a number");
    const points = await read({ mode: "aggregate" });
    assert.deepEqual(
      points.map(({ propertyId, timestamp, value }) => [propertyId, (timestamp - start) / minute, value]),
      [
        [house.propertyIds["temperature"], 0, 21],
        [house.propertyIds["relay"], 0, 0],
        [house.propertyIds["relay"], 10, 1],
      ],
    );
    assert.equal(calls(), 1);
  });

  it("samples texts and objects, without nulls", async () => {
    for (let index = 0; index < 100; index++) store("message", index * 30_000, index % 4 > 1 ? null : `text ${index}`);
    const points = await read({ variable: "message", mode: "sample", interval: 60 });
    assert.equal(points.length, 25);
    assert.deepEqual(points.map(({ value }) => value).slice(0, 2), ["text 1", "text 5"]);
  });

  it("condenses to buckets here, over several pages, text too", async () => {
    for (let index = 0; index < 2_500; index++) store("temperature", index * minute, index);
    store("message", 30 * minute, "one");
    store("message", 90 * minute, "two");
    const points = await read({ mode: "buckets", interval: 31 * 86_400, aggregation: "COUNT,FIRST,LAST" });
    assert.deepEqual(
      points.map(({ propertyId, value }) => [propertyId, value]),
      [
        [house.propertyIds["temperature"], { count: 2_500, first: 0, last: 2_499 }],
        [house.propertyIds["message"], { count: 2, first: "one", last: "two" }],
      ],
    );
  });

  it("names the variable where one instant holds more than the cloud can give", async () => {
    for (let index = 0; index < 1_100; index++) store("temperature", 0, index);
    assert.equal((await read({ variable: "temperature" })).length, 1_000);
    assert.match(warnings.join(), /history of temperature has more values at 2026-03-01T00:00:00Z/);
  });

  it("gives nothing for an empty window, without asking", async () => {
    assert.deepEqual(await read({ to: start }), []);
    assert.deepEqual(await read({ to: start, mode: "aggregate" }), []);
    assert.equal(calls(), 0);
  });

  it("is an error where the variable was deleted meanwhile", async () => {
    await rest.directory.thing(house.thingId);
    house.simulator.store.deleteThing(house.thingId);
    await rejection(read({ variable: "temperature", mode: "aggregate" }), "not_found", /not found/);
    await rejection(read({ variable: "temperature" }), "not_found");
  });

  it("stops with its signal", async () => {
    const controller = new AbortController();
    controller.abort();
    await rejection(read({ variable: "temperature", mode: "aggregate" }, controller.signal), "cancelled");
  });
});
