import assert from "node:assert/strict";
import { CloudAccount } from "../../../../cloud/account";
import type { Cluster } from "../../../../cloud/cluster/cluster";
import type { ClusterEngine } from "../../../../cloud/cluster/engine";
import { RedisEngine } from "../../../../cloud/cluster/redis-engine";
import { SharedPace } from "../../../../cloud/cluster/shared-pace";
import { sleep, systemClock } from "../../../../cloud/core/clock";
import { findOperation } from "../../../../cloud/rest/index";
import { FakeClock } from "../../../support/fake-clock";
import { clusterSettings } from "../../../support/cluster-settings";
import { describeWithRedis, startRedis } from "../../../support/redis";
import { startHouse } from "../../../support/simulated-account";
import { stopLater } from "../../../support/stop";
import { until } from "../../../support/wait";

const perSecond = 10;
const nobody = (): void => undefined;

/** The cluster that a pace needs, of so many copies. */
function clusterOf(
  engine: ClusterEngine | undefined,
  copies: number,
): Pick<Cluster, "start" | "tell" | "listen"> & {
  engine: ClusterEngine | undefined;
  copies: number;
} {
  return { start: nobody, engine, copies, tell: () => Promise.resolve(), listen: () => () => true };
}

/** A moment that the engine has given: it is between these two, whatever the machine did meanwhile. */
interface GivenMoment {
  after: number;
  before: number;
}

/** Returns an engine that writes down the moments that it gives. */
function watched(engine: ClusterEngine, given: GivenMoment[]): ClusterEngine {
  return {
    pace: async (limit: number) => {
      const askedAt = performance.now();
      const waitMs = await engine.pace(limit);
      given.push({ after: askedAt + waitMs, before: performance.now() + waitMs });
      return waitMs;
    },
  } as ClusterEngine;
}

describeWithRedis("the pace of several copies", () => {
  it("stays together below the limit", async () => {
    const redis = await startRedis();
    const given: GivenMoment[] = [];
    const settings = clusterSettings(redis.url);
    const turns = await Promise.all(
      [1, 2, 3].map(async () => {
        let isUp = false;
        const engine = new RedisEngine(settings, "pace", { onUp: () => (isUp = true), onDown: nobody, onTold: nobody });
        stopLater(() => engine.close());
        await until("a connection", () => isUp);
        const cluster = clusterOf(watched(engine, given), 3);
        return new SharedPace({ clock: systemClock, cluster, requestsPerSecond: perSecond });
      }),
    );
    const { signal } = new AbortController();
    await Promise.all(turns.flatMap((pace) => Array.from({ length: 12 }, () => pace.turn(signal))));
    const moments = given.sort((a, b) => a.before - b.before);
    assert.ok(moments.length >= 36);
    for (const [index, { before }] of moments.slice(perSecond).entries()) {
      const { after = 0 } = moments[index] ?? {};
      assert.ok(before - after >= 1_000, `${perSecond + 1} requests within ${before - after} ms`);
    }
  });

  it("gives another moment to a request that has missed its own, and to all when the service has refused one", async () => {
    const clock = new FakeClock();
    const asked: number[] = [];
    let delaysMs = [5, 5, 200, 5];
    const engine = {
      pace: async () => {
        asked.push(clock.monotonic());
        const [delayMs = 5, ...more] = delaysMs;
        delaysMs = more;
        await sleep(clock, delayMs);
        return 0;
      },
    } as unknown as ClusterEngine;
    const cluster = clusterOf(engine, 1);
    let pause: (milliseconds: string) => void = nobody;
    const listen = (_topic: string, listener: typeof pause): (() => boolean) => {
      pause = listener;
      return () => true;
    };
    const pace = new SharedPace({ clock, cluster: { ...cluster, listen }, requestsPerSecond: perSecond });
    const { signal } = new AbortController();
    const sent: number[] = [];
    for (let count = 0; count < 3; count++) void pace.turn(signal).then(() => sent.push(clock.monotonic()));
    await clock.advance(1_000);
    assert.deepEqual(asked, [0, 5, 10, 210]);
    assert.deepEqual(sent, [5, 10, 215]);
    pause("3000");
    void pace.turn(signal).then(() => sent.push(clock.monotonic()));
    await clock.advance(5_000);
    assert.equal(sent.at(-1), 4_005);
  });

  it("is an equal part each while there is no engine", async () => {
    const clock = new FakeClock();
    const times: number[] = [];
    const { signal } = new AbortController();
    for (let copy = 0; copy < 3; copy++) {
      const pace = new SharedPace({ clock, cluster: clusterOf(undefined, 3), requestsPerSecond: perSecond });
      for (let count = 0; count < 12; count++) void pace.turn(signal).then(() => times.push(clock.monotonic()));
    }
    await clock.advance(10_000);
    assert.equal(times.length, 36);
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
    const engine = account.cluster?.engine;
    const operation = findOperation("devices_v2#list");
    assert.ok(operation && engine);
    const pace = engine.pace.bind(engine);
    let asked = 0;
    engine.pace = (limit) => {
      asked++;
      return pace(limit);
    };
    await Promise.all(Array.from({ length: 5 }, () => account.rest.client.call(operation)));
    assert.ok(asked >= 5);
  });
});
