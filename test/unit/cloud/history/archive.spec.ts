import assert from "node:assert/strict";
import { Archive } from "../../../../cloud/history/archive";
import { retentionWarnings } from "../../../../cloud/history/retention-warnings";
import type { HistoryPlan } from "../../../../cloud/history/history-query";
import { Points, type RawPoint } from "../../../../cloud/history/points";
import { type PageReader, pointsOf } from "../../../../cloud/history/page-reader";

const thing = "00000000-0000-4000-8000-000000000000";
const day = 86_400_000;

/** A number in [0, 1) that is the same each time the specs run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const point = (propertyId: string, timestamp: number, value: unknown): RawPoint => ({
  propertyId,
  timestamp,
  time: new Date(timestamp).toISOString(),
  value,
});

function planOf(ids: readonly string[], to: number, from = 0): HistoryPlan {
  const properties = ids.map((id) => ({ id, name: id, type: "INT", permission: "READ_ONLY" }));
  const variables = properties.map((property) => ({ property, name: property.id, aggregation: "", statistics: [] }));
  return {
    thing: { id: thing, name: "House", properties },
    variables,
    from,
    to,
    mode: "raw",
    interval: 0,
    leftOut: [],
  };
}

/** What a run over stored points reads: all of it in one page, in order of time. */
function reading(cloud: readonly RawPoint[], starts: ReadonlyMap<string, number>, to: number): PageReader {
  const from = (id: string): number => starts.get(id) ?? Infinity;
  const found = cloud.filter(({ propertyId, timestamp }) => timestamp >= from(propertyId) && timestamp < to);
  const pages = [found.sort((one, other) => one.timestamp - other.timestamp)];
  return {
    signal: undefined,
    next: () => Promise.resolve(Points.of(pages.pop() ?? [])),
    readAhead: () => undefined,
    close: () => undefined,
  };
}

describe("Archive", () => {
  /** Runs once in batches; an interruption comes after so many. Gives what was delivered. */
  const run = async (
    archive: Archive,
    cloud: readonly RawPoint[],
    plan: HistoryPlan,
    { lookBack = 100, batch = 10, most = Infinity } = {},
  ): Promise<RawPoint[]> => {
    const archiving = archive.begin(plan, lookBack);
    const given: RawPoint[] = [];
    let part: RawPoint[] = [];
    let batches = 0;
    for await (const one of pointsOf(archiving.fresh(reading(cloud, archiving.starts, plan.to)))) {
      part.push(one);
      if (part.length < batch) continue;
      if (++batches > most) return given;
      archiving.commit(part);
      given.push(...part);
      part = [];
    }
    if (batches >= most) return given;
    archiving.commit(part);
    archiving.finish();
    return [...given, ...part];
  };
  const told = (points: readonly RawPoint[]): string[] =>
    points.map(({ propertyId, time, value }) => `${propertyId} ${time} ${JSON.stringify(value)}`).sort();
  const again = (archive: Archive): Archive => {
    const copy = new Archive();
    copy.restore(JSON.parse(JSON.stringify(archive)));
    return copy;
  };

  it("gives each point once, whatever comes late, alike, at one time, or in between, and wherever it is interrupted", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const next = random(seed);
      const pick = (most: number): number => Math.floor(next() * most);
      const cloud: RawPoint[] = [];
      const given: RawPoint[] = [];
      let archive = new Archive();
      let now = 1_000;
      for (let round = 0; round < 12; round++) {
        const ids = ["a", "b", "c", "d"].slice(0, 2 + pick(3));
        for (const id of ids) {
          const since = now - pick(90);
          for (let count = pick(40); count > 0; count--) cloud.push(point(id, since + pick(90), pick(3)));
        }
        now += 91;
        const most = next() < 0.5 ? pick(4) : Infinity;
        // What comes late does so by less than the look-back.
        given.push(...(await run(archive, cloud, planOf(["a", "b", "c", "d"], now), { lookBack: 200, most })));
        archive = again(archive);
      }
      given.push(...(await run(archive, cloud, planOf(["a", "b", "c", "d"], now + 1_000), { lookBack: 200 })));
      assert.deepEqual(told(given), told(cloud), `seed ${seed}`);
    }
  });

  it("begins with a variable that is new where the first run would", async () => {
    const archive = new Archive();
    const cloud = [point("a", 50, 1), point("a", 500, 2)];
    await run(archive, cloud, planOf(["a"], 1_000, 40));
    cloud.push(point("b", 39, 1), point("b", 40, 2));
    assert.deepEqual(told(await run(archive, cloud, planOf(["a", "b"], 1_000, 40))), told(cloud.slice(3)));
  });

  it("keeps the beginning of a variable without values, however the window moves", async () => {
    const archive = new Archive();
    await run(archive, [], planOf(["a"], 1_000, 500));
    assert.equal(archive.toJSON()["a"]?.reached, 1_000);
    const cloud = [point("a", 600, 1)];
    assert.equal((await run(archive, cloud, planOf(["a"], 3_000, 2_000))).length, 1);
  });

  it("remembers no more than ten thousand points of a variable, and gives none twice", async () => {
    const archive = new Archive();
    const cloud = Array.from({ length: 30_000 }, (_, index) => point("a", Math.floor(index / 2), index));
    const all = await run(archive, cloud, planOf(["a"], 20_000), { lookBack: 1e6, batch: 1_000 });
    assert.equal(all.length, 30_000);
    const { a } = archive.toJSON();
    assert.ok(a !== undefined && a.given.length <= 10_000 && a.given.length > 9_990, `${a?.given.length}`);
    cloud.push(point("a", 20, "lost"), point("a", 12_000, "late"), point("a", 14_999, "last"));
    const values = (await run(archive, cloud, planOf(["a"], 20_000), { lookBack: 1e6 })).map(({ value }) => value);
    assert.deepEqual(values, ["late", "last"]);
  });

  it("remembers long values by their hash", async () => {
    const archive = new Archive();
    const text = "x".repeat(10_000);
    const cloud = [point("a", 1, `${text}1`), point("a", 1, `${text}2`)];
    await run(archive, cloud, planOf(["a"], 10));
    assert.ok(JSON.stringify(archive).length < 400);
    assert.equal((await run(again(archive), [...cloud, point("a", 1, `${text}3`)], planOf(["a"], 10))).length, 1);
  });

  it("forgets variables that the thing no longer has, and everything where it is told to", async () => {
    const archive = new Archive();
    archive.restore({ elsewhere: { thing: "another", start: 1, reached: 2, given: [] } });
    await run(archive, [point("a", 1, 1), point("b", 1, 1)], planOf(["a", "b"], 10));
    await run(archive, [], planOf(["a"], 20));
    assert.deepEqual(Object.keys(archive.toJSON()), ["elsewhere", "a"]);
    archive.forget();
    assert.deepEqual(archive.toJSON(), {});
  });

  it("takes what is no position for nothing", () => {
    const archive = new Archive();
    for (const json of [
      undefined,
      null,
      7,
      [],
      {
        a: null,
        b: {},
        c: { thing, start: "1", reached: 2, given: [] },
        d: { thing, start: 1, reached: NaN, given: [] },
      },
    ])
      archive.restore(json);
    assert.deepEqual(archive.toJSON(), {});
    archive.restore({ e: { thing, start: 1, reached: 2, last: "3", given: [["t", "1"], ["t"], 5] } });
    assert.deepEqual(archive.toJSON(), { e: { thing, start: 1, reached: 2, given: [["t", "1"]] } });
  });
});

describe("gapsOf", () => {
  const now = Date.parse("2026-03-10T00:00:00Z");
  const read = (name: string, days: number): { name: string; reached: number } => ({ name, reached: now - days * day });

  it("tells what was deleted unread, and what soon will be", () => {
    assert.deepEqual(retentionWarnings([read("a", 0.1), read("b", 88.9)], 90, now), {});
    assert.deepEqual(retentionWarnings([read("a", 1), read("b", 89.5), read("c", 89.1)], 90, now), {
      near: "History of b, c was read up to 2025-12-10T12:00:00.000Z only, and is soon deleted: the plan keeps 90 days. Run the archive more often.",
    });
    assert.deepEqual(retentionWarnings([read("a", 1), read("b", 2), read("c", 0.95)], 1, now), {
      lost: "History of b from 2026-03-08T00:00:00.000Z to 2026-03-09T00:00:00.000Z was deleted before it was read: the plan keeps 1 day. Run the archive more often.",
      near: "History of a, c was read up to 2026-03-09T00:00:00.000Z only, and is soon deleted: the plan keeps 1 day. Run the archive more often.",
    });
    const many = Array.from({ length: 8 }, (_, index) => read(`v${index}`, 20));
    assert.match(retentionWarnings(many, 10, now).lost ?? "", /^History of v0, v1, v2, v3, v4 and 3 more from/);
  });
});
