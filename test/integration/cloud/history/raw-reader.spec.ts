import assert from "node:assert/strict";
import { createRest, type CallAnswer, type CallInput, type Operation, type Rest } from "../../../../cloud/rest/index";
import { readRaw } from "../../../../cloud/history/raw-reader";
import type { RawPoint, SeriesWindow } from "../../../../cloud/history/points";
import { type House, startHouse } from "../../../support/simulated-account";
import { rejection } from "../../../support/rejection";

const start = Date.parse("2026-03-01T00:00:00Z");
const iso = (offset: number): string => new Date(start + offset).toISOString();

async function collect(points: AsyncIterable<RawPoint>): Promise<RawPoint[]> {
  const all: RawPoint[] = [];
  for await (const point of points) all.push(point);
  return all;
}

describe("readRaw against the simulator", () => {
  let house: House;
  let rest: Rest;

  beforeEach(async () => {
    house = await startHouse({
      variables: { a: "INT", b: "INT", message: "CHARSTRING" },
      simulator: { choices: { retentionDays: 36_500 } },
    });
    rest = createRest({ ...house.account, requestsPerSecond: 1_000 });
  });
  afterEach(async () => {
    rest.close();
    await house.stop();
  });

  const store = (variable: string, offset: number, value: number | string | null): void => {
    const property = house.simulator.store.propertyNamed(house.thingId, variable);
    property?.history.push({ time: start + offset, value });
  };
  const window = (variable: string, from = iso(0), to = iso(1e9)): SeriesWindow => ({
    propertyId: house.propertyIds[variable] ?? variable,
    from,
    to,
  });
  const calls = (): number => house.simulator.observed.requests.filter(({ path }) => path.includes("/series/")).length;

  function read(windows: SeriesWindow[], overflows: string[] = []): Promise<RawPoint[]> {
    const onOverflow = (_propertyId: string, time: string): number => overflows.push(time);
    return collect(readRaw({ client: rest.client, windows, onOverflow }));
  }

  it("gives every point once when runs of one instant lie across the ends of pages", async () => {
    // 2,600 points, seven to each instant, most of them with equal values.
    const expected: number[] = [];
    for (let index = 0; index < 2_600; index++) {
      const value = index % 7 === 3 ? index : 1;
      store("a", Math.floor(index / 7) * 10, value);
      expected.push(value);
    }
    assert.deepEqual(
      (await read([window("a")])).map(({ value }) => value),
      expected,
    );
    assert.equal(calls(), 3);
  });

  it("reads several variables in one call, in order of time, each from its own start", async () => {
    for (let index = 0; index < 1_500; index++) store("a", index * 2, index);
    for (let index = 0; index < 10; index++) store("b", index * 200 + 1, index);
    store("message", 5, "early");
    store("message", 15, "late");
    const points = await read([window("a"), window("b"), window("message", iso(10), iso(2_000))]);
    assert.equal(points.length, 1_500 + 10 + 1);
    const times = points.map(({ timestamp }) => timestamp);
    assert.deepEqual(
      times,
      [...times].sort((one, other) => one - other),
    );
    assert.equal(calls(), 2, "the second call is for the long series alone");
  });

  it("skips nulls, and stops where nothing is left", async () => {
    for (let index = 0; index < 1_000; index++) store("a", index, index % 2 === 0 ? null : index);
    const points = await read([window("a"), window("b")]);
    assert.equal(points.length, 500);
    assert.deepEqual(await read([]), []);
  });

  it("says so where one instant holds more than the API can give, and goes on behind it", async () => {
    store("a", 0, -1);
    for (let index = 0; index < 1_200; index++) store("a", 50, index);
    store("a", 51, -2);
    const overflows: string[] = [];
    const values = (await read([window("a")], overflows)).map(({ value }) => value);
    assert.deepEqual(overflows, ["2026-03-01T00:00:00.05Z"]);
    assert.deepEqual([values[0], values.at(-1), values.length], [-1, -2, 1_002]);
  });

  it("is an error where a property is unknown or the service refuses", async () => {
    const unknown = "00000000-0000-4000-8000-000000000000";
    await rejection(read([window("a"), window(unknown)]), "not_found", /no history of property 0000.*not found/);
    house.simulator.faults.rest.push({ match: "batch_query_raw", status: 403 });
    await rejection(read([window("a")]), "forbidden");
  });

  it("stops with its signal", async () => {
    const controller = new AbortController();
    for (let index = 0; index < 3_000; index++) store("a", index, index);
    const { signal } = controller;
    const points = readRaw({ client: rest.client, windows: [window("a")], signal, onOverflow: () => undefined });
    await points.next();
    controller.abort();
    await rejection(collect(points), "cancelled");
    assert.ok(calls() <= 2, "one page, and one ahead");
  });
});

describe("readRaw on answers of its own", () => {
  type Page = Record<string, unknown> | null;
  const windows = [{ propertyId: "P", from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" }];

  /** Answers from a function of the requested start. */
  function reading(answer: (from: string) => Page): Promise<RawPoint[]> {
    const call = (_operation: Operation, { body }: CallInput = {}): Promise<CallAnswer> => {
      const [request] = (body as { requests: { from: string }[] }).requests;
      const page = answer(request!.from);
      const response = page === null ? null : { responses: [{ query: "property.p", status: "ok", ...page }] };
      return Promise.resolve({ status: 200, body: response });
    };
    return collect(readRaw({ client: { call }, windows, onOverflow: () => undefined }));
  }
  const nano = (nanoseconds: number): string => `2026-01-01T00:00:00.${String(nanoseconds).padStart(9, "0")}Z`;

  it("keeps points of one millisecond apart, even where the service rounds the start", async () => {
    const all = Array.from({ length: 2_500 }, (_, index) => ({ time: nano(index * 3_000), value: index % 3 }));
    const points = await reading((from) => {
      const rounded = `${from.slice(0, 19)}.${(from.slice(20, -1) || "0").padEnd(3, "0").slice(0, 3)}000000Z`;
      const page = all.filter(({ time }) => time >= rounded).slice(0, 1_000);
      return { times: page.map(({ time }) => time), values: page.map(({ value }) => value) };
    });
    assert.deepEqual(
      points.map(({ time, value }) => ({ time, value })),
      all,
    );
  });

  it("takes null for nothing at first, for a fault later", async () => {
    assert.deepEqual(await reading(() => null), []);
    const full = {
      times: Array.from({ length: 1_000 }, (_, at) => nano(at)),
      values: new Array<number>(1_000).fill(1),
    };
    let pages = 0;
    await rejection(
      reading(() => (pages++ === 0 ? full : null)),
      "server_error",
      /holds nothing/,
    );
  });

  it("is an error where the service does not go on, or gives no times", async () => {
    const times = Array.from({ length: 1_000 }, (_, at) => nano(at));
    await rejection(
      reading(() => ({ times, values: times })),
      "server_error",
      /does not go on/,
    );
    await rejection(
      reading(() => ({ times: ["yesterday"], values: [1] })),
      "server_error",
      /"yesterday" .* is not a time/,
    );
    await rejection(
      reading(() => ({ status: "error", message: "" })),
      "server_error",
      /no history of property P: error/,
    );
  });
});
