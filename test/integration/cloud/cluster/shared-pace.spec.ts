import assert from "node:assert/strict";
import { CloudAccount } from "../../../../cloud/account";
import { findOperation } from "../../../../cloud/rest/index";
import { describeWithRedis, startRedis } from "../../../support/redis";
import { type House, startHouse } from "../../../support/simulated-account";
import { stopLater } from "../../../support/stop";
import { until } from "../../../support/wait";

function copyOf(house: House, url: string): CloudAccount {
  const account = new CloudAccount(
    house.account,
    { onMalformed: () => assert.fail(), onFault: () => assert.fail() },
    {
      cluster: {
        name: "pace",
        url,
        user: "",
        password: "",
        ttlMs: 1_000,
        holdMs: 60_000,
        whenEngineDown: "hold",
      },
    },
  );
  stopLater(() => account.close());
  return account;
}

/** The most requests that lie within any second. */
function mostInASecond(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.max(...sorted.map((from) => sorted.filter((at) => at >= from && at < from + 1_000).length));
}

/** Makes so many requests from each copy, and returns when all are answered. */
async function ask(copies: readonly CloudAccount[], count: number): Promise<void> {
  const operation = findOperation("devices_v2#list");
  assert.ok(operation);
  const calls = copies.flatMap(({ rest }) => Array.from({ length: count }, () => rest.client.call(operation)));
  await Promise.all(calls);
}

describeWithRedis("the pace of several copies", () => {
  const answered = ({ simulator }: House): { status: number; at: number }[] =>
    simulator.observed.requests.filter(({ path }) => path.endsWith("/devices"));

  it("stays together below the limit, with no request refused", async () => {
    const redis = await startRedis();
    const house = await startHouse();
    house.simulator.faults.requestsPerSecond = 10;
    const copies = [copyOf(house, redis.url), copyOf(house, redis.url), copyOf(house, redis.url)];
    for (const { cluster } of copies) cluster?.start();
    await until("the engine", () => copies.every(({ cluster }) => cluster?.copies === 3));
    await ask(copies, 12);
    assert.deepEqual([...new Set(answered(house).map(({ status }) => status))], [200]);
    assert.ok(mostInASecond(answered(house).map(({ at }) => at)) <= 10);
  });

  it("is an equal part each while there is no engine", async () => {
    const redis = await startRedis();
    const house = await startHouse();
    house.simulator.faults.requestsPerSecond = 10;
    const copies = [copyOf(house, redis.url), copyOf(house, redis.url)];
    for (const { cluster } of copies) cluster?.start();
    await until("the engine", () => copies.every(({ cluster }) => cluster?.copies === 2));
    await redis.kill();
    await until("no engine", () => copies.every(({ cluster }) => cluster?.engine === undefined));
    await ask(copies, 8);
    assert.ok(mostInASecond(answered(house).map(({ at }) => at)) <= 10);
  });
});
