import assert from "node:assert/strict";
import { CloudAccount } from "../../cloud/account";
import type { ClusterSettings } from "../../cloud/cluster/cluster-settings";
import { findOperation } from "../../cloud/rest/index";
import { clusterSettings } from "../support/cluster-settings";
import { describeLongRounds, startRedis } from "../support/redis";
import { type House, startHouse } from "../support/simulated-account";
import { stopLater } from "../support/stop";
import { until } from "../support/wait";

const perSecond = 10;
const requests = 600;

function accountOf(house: House, cluster?: ClusterSettings): CloudAccount {
  const events = { onMalformed: () => assert.fail(), onFault: () => assert.fail() };
  const account = new CloudAccount(house.account, events, { cluster });
  stopLater(() => account.close());
  return account;
}

/** Makes requests, evenly from all accounts; returns the seconds until all are answered. */
async function ask(accounts: readonly CloudAccount[]): Promise<number> {
  const operation = findOperation("devices_v2#list");
  assert.ok(operation);
  const began = performance.now();
  const each = Array.from({ length: requests / accounts.length });
  await Promise.all(accounts.flatMap(({ rest }) => each.map(() => rest.client.call(operation))));
  return (performance.now() - began) / 1_000;
}

/** The requests that arrived, and the most that did within any second. */
function arrived({ simulator }: House): { statuses: number[]; most: number } {
  const seen = simulator.observed.requests.filter(({ path }) => path.endsWith("/devices"));
  const times = seen.map(({ at }) => at).sort((a, b) => a - b);
  const most = Math.max(...times.map((from, index) => times.findLastIndex((at) => at < from + 1_000) - index + 1));
  return { statuses: [...new Set(seen.map(({ status }) => status))], most };
}

describeLongRounds("the requests of three copies", () => {
  it("are together about as fast as those of one", async () => {
    const redis = await startRedis();
    const [shared, alone] = [await startHouse(), await startHouse()];
    for (const { simulator } of [shared, alone]) simulator.faults.requestsPerSecond = perSecond;
    const copies = Array.from({ length: 3 }, () => accountOf(shared, clusterSettings(redis.url)));
    for (const { cluster } of copies) cluster?.start();
    await until("all copies", () => copies.every(({ cluster }) => cluster?.copies === 3));
    const [together, one] = await Promise.all([ask(copies), ask([accountOf(alone)])]);
    const { statuses, most } = arrived(shared);
    const figures = `${requests} requests: ${together.toFixed(1)} s over three copies, ${one.toFixed(1)} s over one`;
    process.stdout.write(
      `      ${figures}; at most ${most} in a second (one copy: ${arrived(alone).most}), answers ${statuses.join()}\n`,
    );
    assert.deepEqual(statuses, [200], figures);
    assert.ok(most <= perSecond, `${most} in a second`);
    assert.ok(together <= one * 1.05, figures);
  }).timeout(180_000);
});
