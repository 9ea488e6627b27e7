import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { RawReader, readRaw } from "../../../../cloud/history/raw-reader";
import { Points, type RawRead } from "../../../../cloud/history/points";
import { pointBatches, pagesOf } from "../../../../cloud/history/page-reader";
import { collect, FakeSeries, inRuns, start } from "../../../support/fake-history";
import { rejection } from "../../../support/rejection";
import { settle } from "../../../support/wait";

const steady = (count: number, step = 10): { time: number; value: number }[] =>
  Array.from({ length: count }, (_, index) => ({ time: start + index * step, value: index }));
const readOf = (service: FakeSeries, signal?: AbortSignal): RawRead => ({
  client: service,
  windows: service.windows,
  onOverflow: () => undefined,
  ...(signal && { signal }),
});

const readRawPages = (read: RawRead): AsyncGenerator<Points, void, undefined> => pagesOf(new RawReader(read));

describe("pages of raw values are read ahead", () => {
  it("one page while the caller works, and never more", async () => {
    const service = new FakeSeries({ a: steady(5_500) });
    const pages = readRawPages(readOf(service));
    for (let page = 1; page <= 5; page++) {
      assert.equal((await pages.next()).value?.length, page === 1 ? 1_000 : 999);
      await settle();
      assert.equal(service.calls.length, page + 1);
    }
    await pages.return();
    await settle();
    assert.equal(service.calls.length, 6);
  });

  it("and stops at once with its signal, without another request", async () => {
    const service = new FakeSeries({ a: steady(9_000) });
    service.gate = 1;
    const controller = new AbortController();
    const pages = readRawPages(readOf(service, controller.signal));
    await pages.next();
    const waiting = pages.next();
    controller.abort();
    await rejection(waiting, "cancelled");
    assert.deepEqual(await pages.next(), { value: undefined, done: true });
    service.open();
    await settle();
    assert.equal(service.calls.length, 2);
  });

  it("and gives nothing of what it holds once it is aborted", async () => {
    const service = new FakeSeries({ a: steady(9_000) });
    for (const read of [readRaw, readRawPages]) {
      const controller = new AbortController();
      const reading = read(readOf(service, controller.signal));
      await reading.next();
      await settle();
      controller.abort();
      await rejection(reading.next(), "cancelled");
    }
  });

  it("and ends the request when the caller has enough", async () => {
    const service = new FakeSeries({ a: steady(9_000) });
    service.gate = 1;
    for await (const points of readRawPages(readOf(service))) {
      assert.equal(points.length, 1_000);
      break;
    }
    service.open();
    await settle();
    assert.equal(service.calls.length, 2);
  });

  it("and gives what came before a failure first", async () => {
    const service = new FakeSeries({ a: steady(3_000), b: steady(3_000) });
    let calls = 0;
    const client: RawRead["client"] = {
      call: (...given) => (++calls > 1 ? Promise.reject(new Error("broken")) : service.call(...given)),
    };
    let count = 0;
    const reading = (async () => {
      for await (const points of readRawPages({ ...readOf(service), client })) {
        count += points.length;
        await settle();
      }
    })();
    await assert.rejects(reading, { message: "broken" });
    // Up to where one of the two has no more.
    assert.equal(count, 1_999);
    assert.equal(calls, 2);
  });

  it("for all variables in one call, as far as they keep step", async () => {
    const names = Array.from({ length: 10 }, (_, index) => `v${index}`);
    const service = new FakeSeries(Object.fromEntries(names.map((name) => [name, steady(5_000)])));
    const points = await collect(readRaw(readOf(service)));
    assert.equal(points.length, 50_000);
    assert.ok(points.every(({ timestamp }, index) => index === 0 || timestamp >= points[index - 1]!.timestamp));
    assert.ok(service.calls.length <= 7, `${service.calls.length} calls: ${service.calls.join()}`);
  });

  it("at most two pages of any variable, however unlike they are", async () => {
    const series = {
      quick: steady(12_000, 1),
      slow: steady(1_200, 10),
      late: steady(2_500, 1).map((point) => ({ ...point, time: point.time + 5_000 })),
      ...Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`more${index}`, steady(3_000, index + 1)])),
    };
    const service = new FakeSeries(series);
    const given = new Map<string, number>();
    let last = -Infinity;
    for await (const points of readRawPages(readOf(service))) {
      await settle();
      for (const [id, answered] of service.answered) {
        const held = answered - (given.get(id) ?? 0);
        assert.ok(held <= 2_004, `${held} points of ${id} are held`);
      }
      for (const { propertyId, timestamp } of points) {
        given.set(propertyId, (given.get(propertyId) ?? 0) + 1);
        assert.ok(timestamp >= last);
        last = timestamp;
      }
    }
    for (const [id, points] of Object.entries(series)) assert.equal(given.get(id), points.length, id);
  });
});

describe("pages of raw values for a caller that is slower than the service", () => {
  it("waits, and memory stays flat", async () => {
    const service = new FakeSeries({ a: steady(21_000) });
    const heap = heapMeter();
    const sizes: number[] = [];
    for await (const points of readRawPages(readOf(service))) {
      assert.ok(points.length <= 1_000);
      await settle();
      assert.ok(service.calls.length <= sizes.length + 2);
      sizes.push(heap());
    }
    const growth = Math.max(...sizes.slice(5)) - Math.max(...sizes.slice(0, 5));
    assert.ok(growth < 2 * 2 ** 20, `grew by ${growth} bytes: ${sizes.join()}`);
  });
});

describe("pages of raw values in runs of one time", () => {
  for (const { longest, most } of [
    { longest: 1, most: 1.05 },
    { longest: 100, most: 1.05 },
    { longest: 900, most: 1.4 },
  ]) {
    it(`of up to ${longest}: every point once, with at most ${most} times the queries of a cursor`, async () => {
      const points = inRuns(200_000, longest);
      const service = new FakeSeries({ a: points });
      const read: unknown[] = [];
      for await (const page of readRawPages(readOf(service))) {
        for (const { timestamp, value } of page) read.push(timestamp, value);
      }
      assert.deepEqual(
        read,
        points.flatMap(({ time, value }) => [time, value]),
      );
      const ratio = service.elements / (points.length / 1_000);
      assert.ok(ratio <= most, `${ratio.toFixed(3)} times`);
    });
  }

  it("gives every point once of several variables that share times", async () => {
    const series = { a: inRuns(20_000, 900, 1), b: inRuns(15_000, 60, 1), c: inRuns(9_000, 400, 7) };
    const points = await collect(readRaw(readOf(new FakeSeries(series))));
    for (const [id, expected] of Object.entries(series)) {
      const own = points.filter(({ propertyId }) => propertyId === id);
      assert.deepEqual(
        own.map(({ timestamp, value }) => [timestamp, value]),
        expected.map(({ time, value }) => [time, value]),
        id,
      );
    }
  });
});

describe("batchesOf", () => {
  const sizes = async (count: number, size: number, limit = 0): Promise<unknown[]> => {
    const given: unknown[] = [];
    for await (const { length, isLast } of pointBatches(new RawReader(readOf(serviceOf(count))), size, limit)) {
      given.push(length, ...(isLast ? ["last"] : []));
    }
    return given;
  };
  const serviceOf = (count: number): FakeSeries => new FakeSeries({ a: steady(count) });

  it("gives batches of one size, and knows the last", async () => {
    assert.deepEqual(await sizes(0, 1_000), [0, "last"]);
    assert.deepEqual(await sizes(1_000, 1_000), [1_000, "last"]);
    assert.deepEqual(await sizes(2_000, 1_000), [1_000, 1_000, "last"]);
    assert.deepEqual(await sizes(2_500, 1_100), [1_100, 1_100, 300, "last"]);
    assert.deepEqual(await sizes(700, 300), [300, 300, 100, "last"]);
    assert.deepEqual(await sizes(1_001, 5_000), [1_001, "last"]);
  });

  it("gives no more than the limit, and reads no more", async () => {
    assert.deepEqual(await sizes(2_500, 1_000, 1_500), [1_000, 500, "last"]);
    assert.deepEqual(await sizes(2_500, 1_000, 1_000), [1_000, "last"]);
    assert.deepEqual(await sizes(2_500, 400, 700), [400, 300, "last"]);
    const service = serviceOf(5_000);
    for await (const { isLast } of pointBatches(new RawReader(readOf(service)), 1_000, 1_000)) assert.ok(isLast);
    assert.equal(service.calls.length, 1);
  });

  it("loses and repeats nothing", async () => {
    const points = inRuns(12_000, 300);
    const values: unknown[] = [];
    for await (const { parts } of pointBatches(new RawReader(readOf(new FakeSeries({ a: points }))), 1_000)) {
      for (const { value } of Points.in(parts)) values.push(value);
    }
    assert.deepEqual(
      values,
      points.map(({ value }) => value),
    );
  });

  it("reads no more than the page that shows whether a batch is the last", async () => {
    const service = serviceOf(9_000);
    let batches = 0;
    for await (const batch of pointBatches(new RawReader(readOf(service)), 1_000)) {
      batches += Number(batch.length > 0);
      await settle();
      assert.equal(service.calls.length, batches + 1);
    }
  });

  it("ends between two batches when it is aborted", async () => {
    const controller = new AbortController();
    const batches = pointBatches(new RawReader(readOf(serviceOf(900), controller.signal)), 300);
    await batches.next();
    controller.abort();
    await rejection(batches.next(), "cancelled");
  });
});

/** Gives what tells the bytes in use after everything unused is gone. */
function heapMeter(): () => number {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  return () => {
    gc();
    return process.memoryUsage().heapUsed;
  };
}
