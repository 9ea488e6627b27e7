import assert from "node:assert/strict";
import { CloudAccount } from "../../../../cloud/account";
import { clusterSettings } from "../../../support/cluster-settings";
import { describeWithRedis, startRedis } from "../../../support/redis";
import { startHouse } from "../../../support/simulated-account";
import { stopLater } from "../../../support/stop";
import { until } from "../../../support/wait";

describeWithRedis("work that copies do in turn", () => {
  it("is never done by two at once, and goes on where one fails or there is no Redis", async () => {
    const house = await startHouse();
    const redis = await startRedis();
    const events = { onMalformed: () => assert.fail(), onFault: () => assert.fail() };
    const join = (ttlMs: number): CloudAccount => {
      const account = new CloudAccount(house.account, events, { cluster: clusterSettings(redis.url, { ttlMs }) });
      stopLater(() => account.close());
      return account;
    };
    // So long a lease is kept on a slow machine, and so long an answer of Redis is waited for.
    const copies = [1, 2].map(() => join(20_000));
    for (const { cluster } of copies) cluster?.start();
    // Without Redis it is done all the same, also by a copy that does not reach it yet.
    const known = ["speaking", "standing-by"];
    await until("Redis", () => copies.every(({ cluster }) => known.includes(cluster?.state.name ?? "")));
    const { signal } = new AbortController();
    let present = 0;
    let most = 0;
    const work = async (): Promise<string> => {
      most = Math.max(most, ++present);
      // Others would come in here.
      await copies[0]?.rest.directory.things({ maxAgeMs: 0 });
      present--;
      return "done";
    };
    const fail = (): Promise<string> => Promise.reject(new Error("a fault"));
    const runs = copies.flatMap((copy) => [work, fail, work].map((one) => copy.inTurn("ensure", signal, one)));
    const outcomes = await Promise.allSettled(runs);
    assert.equal(most, 1);
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 4);

    const brief = join(1_000);
    assert.equal(await brief.inTurn("ensure", signal, work), "done");
    await redis.kill();
    await until("no Redis", () => brief.cluster?.state.name === "no-engine");
    assert.equal(await brief.inTurn("ensure", signal, () => Promise.resolve("done")), "done");
  });
});
