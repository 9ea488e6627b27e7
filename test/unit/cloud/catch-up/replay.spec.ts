import assert from "node:assert/strict";
import type { StoredValue } from "../../../../cloud/catch-up/sequence-alignment";
import type { Clock } from "../../../../cloud/core/clock";
import { changedValues } from "../../../../cloud/catch-up/present-values";
import { replayOutage } from "../../../../cloud/catch-up/replay";
import type { BufferedValue, ReplayContext } from "../../../../cloud/catch-up/replay-context";
import type { CallAnswer, CallInput, Operation, Property } from "../../../../cloud/rest/index";
import { SeenValues } from "../../../../cloud/catch-up/seen-values";

/** A value on its way: when the cloud stored it, and when it came here by our clock (undefined: it was missed). */
interface Event {
  variable: string;
  value: number;
  /** The time that history has. */
  stored: number;
  /** The timestamp that a flow gets. */
  timestamp: number;
  at: number;
  phase: "before" | "gap" | "after";
}

interface World {
  /** How far the cloud's clock is ahead of ours, in milliseconds. */
  skew: number;
  /** What is known of it. */
  clockSkew: number;
  /** Length of the gap. */
  gap: number;
  /** Milliseconds between the values of a variable. */
  interval: number;
  /** How many different values there are. */
  values: number;
  /** The sender's clock against the cloud's; undefined: it sends no time. */
  ownTime?: number;
  /** How late history is. */
  lag?: number;
}

const start = Date.parse("2026-05-01T12:00:00Z");
const lostAt = start + 120_000;
const readAfter = 15_000;

let seed = 1;
const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
const between = (low: number, high: number): number => Math.floor(low + random() * (high - low));
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

/** Everything that the boards sent in a world; times by our clock, unless said. */
function events(world: World, names: readonly string[]): Event[] {
  const backAt = lostAt + world.gap;
  const all: Event[] = [];
  for (const variable of names) {
    let value = between(0, 5);
    let at = start + between(0, world.interval);
    while (at < backAt + readAfter) {
      value = world.values === Infinity ? value + 1 : between(0, world.values);
      const phase = at < lostAt ? "before" : at < backAt ? "gap" : "after";
      const arrival = at + between(15, 60);
      const stored = world.ownTime === undefined ? at + world.skew : at + world.skew + world.ownTime;
      const timestamp = world.ownTime === undefined ? arrival : stored;
      all.push({ variable, value, stored, timestamp, at: arrival, phase });
      at += Math.max(1, Math.floor(world.interval * (0.7 + 0.6 * random())));
    }
  }
  return all.sort((a, b) => a.at - b.at);
}

/** Catches up in a world; gives what comes out and the warnings. */
async function play(world: World, names: readonly string[], all: readonly Event[]) {
  const backAt = lostAt + world.gap;
  const seen = new SeenValues();
  seen.since = start;
  let now = backAt + readAfter;
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    random: () => 0.5,
    after: (milliseconds, work) => {
      setImmediate(() => {
        now += milliseconds;
        work();
      });
      return () => undefined;
    },
  };
  for (const { variable, value, timestamp, at, phase } of all) {
    if (phase === "before") seen.note(variable, { value, timestamp, at, isStored: false });
  }
  const call = (_operation: Operation, { body }: CallInput = {}): Promise<CallAnswer> => {
    const { requests } = body as { requests: { q: string; from: string; to: string; series_limit: number }[] };
    const responses = requests.map(({ q, from, to, series_limit: limit }) => {
      const points = all
        .filter(({ variable, stored, at }) => {
          const isThere = at + (world.lag ?? 0) <= now;
          return q === `property.${variable}` && stored >= Date.parse(from) && stored < Date.parse(to) && isThere;
        })
        .sort((a, b) => a.stored - b.stored)
        .slice(0, limit);
      const times = points.map(({ stored }) => new Date(stored).toISOString());
      return { query: q, status: "ok", times, values: points.map(({ value }) => value) };
    });
    return Promise.resolve({ status: 200, body: { responses } });
  };
  const emitted: StoredValue[] = [];
  const warnings: string[] = [];
  const property = (id: string): Property => ({
    id,
    name: id,
    variable_name: id,
    type: "INT",
    permission: "READ_ONLY",
  });
  const buffered = all
    .filter(({ phase }) => phase === "after")
    .map(({ variable, value, timestamp, at }): BufferedValue => {
      return { live: { variable, value, timestamp, direction: "reported", own: false }, at };
    });
  const context: ReplayContext = {
    client: { call },
    clockSkewMs: world.clockSkew,
    clock,
    signal: new AbortController().signal,
    seen,
    renewSeen: () => Promise.resolve(),
    buffered,
    lostAgainAt: () => undefined,
    onlineAt: backAt,
    delayMs: readAfter,
    stored: names.map(property),
    present: () => [],
    emit: (value) => emitted.push(value),
    warn: (message) => warnings.push(message),
  };
  await replayOutage(context);
  return { emitted, warnings };
}

/** How many values of the gap were lost, and how many others came out. */
async function judge(world: World, names = ["a", "b", "c"]): Promise<{ lost: number; repeated: number }> {
  const all = events(world, names);
  const { emitted } = await play(world, names, all);
  const key = ({ variable, time }: { variable: string; time: number }): string => `${variable} ${time}`;
  const wanted = new Set(
    all.filter(({ phase }) => phase === "gap").map(({ variable, stored }) => key({ variable, time: stored })),
  );
  const given = emitted.map(({ variable, timestamp }) => key({ variable, time: timestamp }));
  assert.deepEqual(
    emitted.map(({ timestamp }) => timestamp),
    emitted.map(({ timestamp }) => timestamp).sort((a, b) => a - b),
  );
  const repeated = given.filter((one) => !wanted.has(one)).length + given.length - new Set(given).size;
  return { lost: [...wanted].filter((one) => !given.includes(one)).length, repeated };
}

const gaps = [1_000, 10_000, 100_000, 2_000_000];
const intervals = [500, 2_000, 9_000];
const describeWorld = (world: World, round: number): string => `round ${round}: ${JSON.stringify(world)}`;

describe("replayOutage", () => {
  beforeEach(() => (seed = 42));

  it("is exact where values differ, whatever the clocks say", async () => {
    for (let round = 0; round < 20; round++) {
      const skew = pick([0, 30, -40, 7_000, -7_000, 100_000, -100_000]);
      const world = { skew, clockSkew: 0, gap: pick(gaps), interval: pick(intervals), values: Infinity };
      assert.deepEqual(await judge(world), { lost: 0, repeated: 0 }, describeWorld(world, round));
    }
  });

  it("is exact where values repeat, if the clocks agree within the half of their distance", async () => {
    for (let round = 0; round < 20; round++) {
      const world = { skew: 0, clockSkew: 0, gap: pick(gaps), interval: pick(intervals), values: pick([1, 2, 3]) };
      assert.deepEqual(await judge(world), { lost: 0, repeated: 0 }, describeWorld(world, round));
    }
  });

  it("loses nothing where the clocks are known to differ, and repeats little", async () => {
    let repeats = 0;
    for (let round = 0; round < 20; round++) {
      const skew = pick([5_000, -5_000, 500_000, -500_000]);
      const clockSkew = skew + between(-500, 500);
      const world = { skew, clockSkew, gap: pick(gaps), interval: pick(intervals), values: pick([1, 2, 3]) };
      const { lost, repeated } = await judge(world);
      assert.equal(lost, 0, describeWorld(world, round));
      repeats += repeated;
    }
    assert.ok(repeats / 20 < 15, `${repeats / 20} repeats in an outage`);
  });

  it("rather repeats than loses where equal values are closer than the clocks are known", async () => {
    for (let round = 0; round < 20; round++) {
      const skew = pick([60_000, -60_000]);
      const clockSkew = skew + pick([-450, 450]);
      const world = { skew, clockSkew, gap: 10_000, interval: 500, values: 1 };
      const { lost, repeated } = await judge(world, ["a"]);
      assert.equal(lost, 0, describeWorld(world, round));
      assert.ok(repeated <= 8, describeWorld(world, round));
    }
  });

  it("is exact where the sender's times are far off", async () => {
    for (let round = 0; round < 20; round++) {
      const ownTime = pick([-18_000_000, 3_600_000, -90_000, 0]);
      const world = {
        skew: pick([0, 200]),
        clockSkew: 0,
        gap: pick(gaps),
        interval: pick(intervals),
        values: pick([1, 3, Infinity]),
        ownTime,
      };
      assert.deepEqual(await judge(world), { lost: 0, repeated: 0 }, describeWorld(world, round));
    }
  });

  it("reads again until history has caught up", async () => {
    for (let round = 0; round < 20; round++) {
      const world = { skew: 0, clockSkew: 0, gap: 20_000, interval: 500, values: Infinity, lag: 40_000 };
      assert.deepEqual(await judge(world), { lost: 0, repeated: 0 }, describeWorld(world, round));
    }
  });

  it("says so where history does not catch up", async () => {
    const world = { skew: 0, clockSkew: 0, gap: 20_000, interval: 500, values: Infinity, lag: 1e9 };
    const { warnings } = await play(world, ["a"], events(world, ["a"]));
    assert.deepEqual(warnings, ["History does not have the newest values of a yet."]);
  });
});

describe("changedValues", () => {
  const at = Date.parse("2026-05-01T12:00:00Z");
  const seen = new SeenValues();
  seen.since = at - 60_000;
  for (const [value, before] of [
    [1, 30_000],
    [2, 10_000],
  ] as const) {
    seen.note("a", { value, timestamp: at - before, at: at - before, isStored: false });
  }
  const isChanged = (name: string, value: unknown, updated: number, clockSkew = 0): boolean => {
    const time = new Date(at + updated).toISOString();
    const property = {
      id: name,
      name,
      type: "INT",
      permission: "READ_ONLY",
      last_value: value,
      value_updated_at: time,
    };
    return changedValues([property], seen, clockSkew).length === 1;
  };

  it("has what differs or is later, and nothing that was seen", () => {
    assert.equal(isChanged("a", 2, -10_040), false, "the last one seen");
    assert.equal(isChanged("a", 2, -5_000), true, "the same again");
    assert.equal(isChanged("a", 3, -5_000), true, "another");
    assert.equal(isChanged("a", 3, -10_500), true, "another, by a slow clock");
    assert.equal(isChanged("a", 1, -30_040), false, "one from before the last, since the cloud lags");
    assert.equal(isChanged("a", 2, 49_990, 60_000), false, "the last one seen, by a clock known to be fast");
    assert.equal(isChanged("b", 7, -61_000), false, "from before anything was followed");
    assert.equal(isChanged("b", 7, -5_000), true, "a variable never seen");
    assert.equal(isChanged("b", null, -5_000), false);
  });
});
