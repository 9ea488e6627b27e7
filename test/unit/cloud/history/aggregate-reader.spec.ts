import assert from "node:assert/strict";
import type { RestClient } from "../../../../cloud/rest/index";
import { type AggregateRead, AggregateReader } from "../../../../cloud/history/aggregate-reader";
import { pagesOf } from "../../../../cloud/history/page-reader";
import { rejection } from "../../../support/rejection";
import { settle } from "../../../support/wait";

const start = Date.parse("2026-03-01T00:00:00Z");
const minute = 60_000;

interface Asked {
  q: string;
  from: string;
  to: string;
}

/** Gives one point for each minute since 1970 that begins before the end of what is asked for, as the service does. */
function service(failing = Infinity): { client: Pick<RestClient, "call">; calls: Asked[][] } {
  const calls: Asked[][] = [];
  const call: RestClient["call"] = (_operation, input) => {
    const { requests } = input?.body as { requests: Asked[] };
    calls.push(requests);
    if (calls.length > failing) return Promise.reject(new Error("broken"));
    const responses = requests.map(({ q, from, to }) => {
      const times: string[] = [];
      for (let bin = Math.floor(Date.parse(from) / minute); bin * minute < Date.parse(to); bin++) {
        times.push(new Date(bin * minute).toISOString());
      }
      return { query: q, status: "ok", times, values: times.map((_, index) => index) };
    });
    return Promise.resolve({ status: 200, body: { responses } });
  };
  return { client: { call }, calls };
}
const readOf = (client: AggregateRead["client"], more: Partial<AggregateRead> = {}): AggregateRead => ({
  ...{ client, mode: "aggregate", queries: [{ propertyId: "p" }], interval: 60 },
  ...{ from: start + 7_000, to: start + 3_500 * minute },
  ...more,
});

describe("BinnedReader", () => {
  it("reads one page ahead, and never more", async () => {
    const { client, calls } = service();
    let pages = 0;
    for await (const page of pagesOf(new AggregateReader(readOf(client)))) {
      assert.ok(page.length <= 1_000);
      await settle();
      assert.equal(calls.length, Math.min(4, ++pages + 1));
    }
    assert.deepEqual([pages, calls.length], [4, 4]);
  });

  it("gives every bin once, also where pages meet, for any number of variables", async () => {
    const { client, calls } = service();
    const queries = Array.from({ length: 12 }, (_, index) => ({ propertyId: `p${index}` }));
    const seen = new Map<string, number[]>();
    let last = -Infinity;
    for await (const page of pagesOf(new AggregateReader(readOf(client, { queries })))) {
      for (const { propertyId, timestamp } of page) {
        assert.ok(timestamp >= last);
        last = timestamp;
        if (!seen.has(propertyId)) seen.set(propertyId, []);
        seen.get(propertyId)?.push((timestamp - start) / minute);
      }
    }
    const expected = Array.from({ length: 3_500 }, (_, index) => index);
    for (const { propertyId } of queries) assert.deepEqual(seen.get(propertyId), expected);
    assert.equal(calls.length, 8);
  });

  it("stops with its signal, and gives what came before a failure first", async () => {
    const controller = new AbortController();
    const { client, calls } = service();
    const reader = new AggregateReader(readOf(client, { signal: controller.signal }));
    assert.equal((await reader.next()).length, 1_000);
    reader.readAhead();
    controller.abort();
    await rejection(reader.next(), "cancelled");
    assert.equal(calls.length, 2);
    const broken = new AggregateReader(readOf(service(1).client));
    assert.equal((await broken.next()).length, 1_000);
    broken.readAhead();
    await settle();
    await assert.rejects(broken.next(), { message: "broken" });
  });
});
