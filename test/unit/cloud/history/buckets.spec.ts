import assert from "node:assert/strict";
import {
  bucketAt,
  type BucketWidth,
  inBuckets,
  parseBucketWidth,
  parseStatistics,
  statistics,
  type Statistic,
} from "../../../../cloud/history/buckets";
import type { RawPoint } from "../../../../cloud/history/points";

const hour = 3_600_000;
const at = (time: string): number => Date.parse(time);
const point = (propertyId: string, time: string, value: unknown): RawPoint => ({
  propertyId,
  time,
  timestamp: at(time),
  value,
});

describe("parseBucketWidth", () => {
  it("takes whole seconds up to a leap year, and spans of the calendar", () => {
    for (const [given, width] of [
      [1, 1],
      ["900", 900],
      [" 60 ", 60],
      [31_622_400, 31_622_400],
      ["day", "day"],
      ["Week", "week"],
      ["month", "month"],
    ] as const)
      assert.equal(parseBucketWidth(given), width);
    for (const given of [0, 1.5, -1, 31_622_401, "year", "often", "", " ", null, undefined, {}, Infinity, "0x10x"])
      assert.throws(() => parseBucketWidth(given), {
        code: "invalid_input",
        message: /interval is .*whole seconds from 1 to 31622400, or one of day, week, month/,
      });
  });
});

describe("parseStatistics", () => {
  it("takes one or several, in any case and order, once each", () => {
    assert.deepEqual(parseStatistics(""), []);
    assert.deepEqual(parseStatistics("mean"), ["MEAN"]);
    assert.deepEqual(parseStatistics("last, MIN  max,min"), ["MIN", "MAX", "LAST"]);
    assert.throws(() => parseStatistics("MIN,MEDIAN"), {
      code: "invalid_input",
      message: /aggregation is "MIN,MEDIAN".*one or several of MIN, MAX, MEAN, COUNT, FIRST, LAST/,
    });
  });
});

describe("bucketAt", () => {
  const zone = process.env["TZ"];
  afterEach(() => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  });
  const hoursOf = (time: string, width: BucketWidth): [string, number] => {
    const { start, end } = bucketAt(at(time), width);
    assert.ok(start <= at(time) && at(time) < end);
    return [new Date(start).toISOString(), (end - start) / hour];
  };

  it("counts seconds from 1970 on, in any time zone, also before", () => {
    process.env["TZ"] = "Asia/Kolkata";
    assert.deepEqual(hoursOf("2026-03-01T13:59:59.999Z", 7_200), ["2026-03-01T12:00:00.000Z", 2]);
    assert.deepEqual(hoursOf("1969-12-31T23:00:01Z", 7_200), ["1969-12-31T22:00:00.000Z", 2]);
  });

  it("knows days of 23 and 25 hours, weeks from Monday on, and leap days", () => {
    process.env["TZ"] = "Europe/Rome";
    assert.deepEqual(hoursOf("2026-03-29T00:30:00Z", "day"), ["2026-03-28T23:00:00.000Z", 23]);
    assert.deepEqual(hoursOf("2026-10-25T01:30:00Z", "day"), ["2026-10-24T22:00:00.000Z", 25]);
    assert.deepEqual(hoursOf("2026-10-25T23:00:00Z", "day"), ["2026-10-25T23:00:00.000Z", 24]);
    assert.deepEqual(hoursOf("2026-03-29T12:00:00Z", "week"), ["2026-03-22T23:00:00.000Z", 167]);
    assert.deepEqual(hoursOf("2026-01-01T12:00:00Z", "week"), ["2025-12-28T23:00:00.000Z", 168]);
    assert.deepEqual(hoursOf("2024-02-29T12:00:00Z", "month"), ["2024-01-31T23:00:00.000Z", 29 * 24]);
    assert.deepEqual(hoursOf("2026-10-31T23:30:00Z", "month"), ["2026-10-31T23:00:00.000Z", 30 * 24]);
    assert.deepEqual(hoursOf("2026-12-31T12:00:00Z", "month"), ["2026-11-30T23:00:00.000Z", 31 * 24]);
  });

  it("knows days that have no midnight, or two", () => {
    process.env["TZ"] = "Asia/Beirut";
    assert.deepEqual(hoursOf("2026-03-29T12:00:00Z", "day"), ["2026-03-28T22:00:00.000Z", 23]);
    process.env["TZ"] = "America/Havana";
    assert.deepEqual(hoursOf("2026-11-01T12:00:00Z", "day"), ["2026-11-01T04:00:00.000Z", 25]);
  });

  it("leaves no gap and no overlap over two years of hours", () => {
    for (const name of ["Europe/Rome", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia"]) {
      process.env["TZ"] = name;
      for (const width of ["day", "week", "month"] as const) {
        let before = bucketAt(at("2011-06-01T00:00:00Z"), width);
        for (let time = before.start; time < at("2013-06-01T00:00:00Z"); time += hour) {
          const span = bucketAt(time, width);
          assert.ok(span.start <= time && time < span.end, `${name} ${width} ${new Date(time).toISOString()}`);
          if (span.start !== before.start) assert.equal(span.start, before.end, `${name} ${width}`);
          before = span;
        }
      }
    }
  });
});

describe("inBuckets", () => {
  const condense = async (
    points: readonly RawPoint[],
    width: BucketWidth,
    wanted: Record<string, readonly Statistic[]>,
  ): Promise<[string, string, unknown][]> => {
    async function* source(): AsyncGenerator<RawPoint[]> {
      for (let at = 0; at < points.length; at += 2) yield await Promise.resolve(points.slice(at, at + 2));
    }
    const found: [string, string, unknown][] = [];
    for await (const page of inBuckets(source(), width, new Map(Object.entries(wanted)))) {
      for (const { time, timestamp, propertyId, value } of page) {
        assert.equal(timestamp, at(time));
        found.push([time, propertyId, value]);
      }
    }
    return found;
  };

  it("gives one value for one statistic, and an object for several", async () => {
    const values = [3, 1, 2].map((value, index) => point("a", `2026-03-01T00:00:0${index}Z`, value));
    const each = await Promise.all(statistics.map((statistic) => condense(values, 60, { a: [statistic] })));
    assert.deepEqual(
      each.map(([row]) => row),
      [1, 3, 2, 3, 3, 2].map((value) => ["2026-03-01T00:00:00Z", "a", value]),
    );
    assert.deepEqual(await condense(values, 60, { a: statistics }), [
      ["2026-03-01T00:00:00Z", "a", { min: 1, max: 3, mean: 2, count: 3, first: 3, last: 2 }],
    ]);
  });

  it("leaves out empty buckets, and keeps several variables in order of time", async () => {
    const points = [
      point("b", "2026-03-01T00:00:59.999Z", "x"),
      point("a", "2026-03-01T00:01:00Z", 1),
      point("b", "2026-03-01T00:01:30Z", "y"),
      point("a", "2026-03-01T01:00:10.5Z", 5),
    ];
    assert.deepEqual(await condense(points, 60, { a: ["MEAN"], b: ["LAST", "COUNT"] }), [
      ["2026-03-01T00:00:00Z", "b", { last: "x", count: 1 }],
      ["2026-03-01T00:01:00Z", "a", 1],
      ["2026-03-01T00:01:00Z", "b", { last: "y", count: 1 }],
      ["2026-03-01T01:00:00Z", "a", 5],
    ]);
    assert.deepEqual(await condense([], "day", { a: ["MEAN"] }), []);
  });

  it("counts switches as 1 and 0, and computes with what flows get of a float32", async () => {
    const switched = [true, false, true, true].map((value, index) => point("s", `2026-03-01T00:00:0${index}Z`, value));
    assert.deepEqual(await condense(switched, 60, { s: statistics }), [
      ["2026-03-01T00:00:00Z", "s", { min: 0, max: 1, mean: 0.75, count: 4, first: true, last: true }],
    ]);
    const floats = [21.299999237060547, 21.5].map((value, index) => point("f", `2026-03-01T00:00:0${index}Z`, value));
    assert.deepEqual(await condense(floats, 60, { f: ["MIN", "MEAN"] }), [
      ["2026-03-01T00:00:00Z", "f", { min: 21.3, mean: 21.4 }],
    ]);
  });

  it("says nothing that it can't of values without numbers", async () => {
    const texts = [point("t", "2026-03-01T00:00:00Z", "one"), point("t", "2026-03-01T00:00:01Z", { lat: 1, lon: 2 })];
    assert.deepEqual(await condense(texts, 60, { t: statistics }), [
      ["2026-03-01T00:00:00Z", "t", { count: 2, first: "one", last: { lat: 1, lon: 2 } }],
    ]);
    assert.deepEqual(await condense(texts, 60, { t: ["MEAN"] }), []);
  });
});
