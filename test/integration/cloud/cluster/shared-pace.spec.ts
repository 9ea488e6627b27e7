import assert from "node:assert/strict";
import { CloudAccount } from "../../../../cloud/account";
import type { ClusterEngine } from "../../../../cloud/cluster/engine";
import { RedisEngine } from "../../../../cloud/cluster/redis-engine";
import { SharedPace } from "../../../../cloud/cluster/shared-pace";
import { systemClock } from "../../../../cloud/core/clock";
import { findOperation } from "../../../../cloud/rest/index";
import { FakeClock } from "../../../support/fake-clock";
import { clusterSettings } from "../../../support/cluster-settings";
import { describeWithRedis, startRedis } from "../../../support/redis";
import { startHouse } from "../../../support/simulated-account";
import { stopLater } from "../../../support/stop";
import { until } from "../../../support/wait";

const perSecond = 10;
const nobody = (): void => undefined;

/** A permission to send: it was given between these two, whatever the machine did meanwhile. */
interface Permission {
  after: number;
  before: number;
}

/** Returns an engine that writes down when it has given permission. */
function watched(engine: ClusterEngine, given: Permission[]): ClusterEngine {
  return {
    pace: async (limit: number) => {
      const after = performance.now();
      const waitMs = await engine.pace(limit);
      if (waitMs === 0) given.push({ after, before: performance.now() });
      return waitMs;
    },
  } as ClusterEngine;
}

describeWithRedis("the pace of several copies", () => {
  it("stays together below the limit", async () => {
    const redis = await startRedis();
    const given: Permission[] = [];
    const settings = clusterSettings(redis.url);
    const turns = await Promise.all(
      [1, 2, 3].map(async () => {
        let isUp = false;
        const engine = new RedisEngine(settings, "pace", { onUp: () => (isUp = true), onDown: nobody, onTold: nobody });
        stopLater(() => engine.close());
        await until("a connection", () => isUp);
        const cluster = { start: nobody, engine: watched(engine, given), copies: 3, tell: () => Promise.resolve() };
        return new SharedPace({ clock: systemClock, cluster, requestsPerSecond: perSecond });
      }),
    );
    const { signal } = new AbortController();
    await Promise.all(turns.flatMap((pace) => Array.from({ length: 12 }, () => pace.turn(signal))));
    assert.equal(given.length, 36);
    const times = given.sort((a, b) => a.before - b.before);
    for (const [index, { before }] of times.slice(perSecond).entries()) {
      const { after = 0 } = times[index] ?? {};
      assert.ok(before - after >= 1_000, `${perSecond + 1} requests within ${before - after} ms`);
    }
  });

  it("is an equal part each while there is no engine", async () => {
    const clock = new FakeClock();
    const times: number[] = [];
    const cluster = { start: nobody, engine: undefined, copies: 2, tell: () => Promise.resolve() };
    const { signal } = new AbortController();
    for (let copy = 0; copy < 2; copy++) {
      const pace = new SharedPace({ clock, cluster, requestsPerSecond: perSecond });
      for (let count = 0; count < 20; count++) void pace.turn(signal).then(() => times.push(clock.monotonic()));
    }
    await clock.advance(10_000);
    assert.equal(times.length, 40);
    for (const [index, at] of times.slice(perSecond).entries()) assert.ok(at - (times[index] ?? 0) >= 1_000);
  });

  it("is asked for each request of an account", async () => {
    const redis = await startRedis();
    const house = await startHouse();
    const account = new CloudAccount(
      house.account,
      { onMalformed: () => assert.fail(), onFault: () => assert.fail() },
      { cluster: clusterSettings(redis.url) },
    );
    stopLater(() => account.close());
    account.cluster?.start();
    await until("the engine", () => account.cluster?.state.name === "speaking");
    const permissions = (): number => Number(/cmdstat_zadd:calls=(\d+)/.exec(redis.cli("INFO", "commandstats"))?.[1]);
    const operation = findOperation("devices_v2#list");
    assert.ok(operation);
    await account.rest.client.call(operation);
    const before = permissions();
    await Promise.all(Array.from({ length: 5 }, () => account.rest.client.call(operation)));
    assert.equal(permissions() - before, 5);
  });
});
