import assert from "node:assert/strict";
import { CloudAccount } from "../../../../cloud/account";
import { clusterSettings } from "../../../support/cluster-settings";
import { describeWithRedis, startRedis } from "../../../support/redis";
import { startHouse } from "../../../support/simulated-account";
import { stopLater } from "../../../support/stop";
import { until } from "../../../support/wait";

describeWithRedis("what repeats in several copies", () => {
  it("is done by the one that speaks, without a connection to the broker too, and goes on elsewhere when that one leaves", async () => {
    const redis = await startRedis();
    const house = await startHouse();
    const done: string[] = [];
    const copies = ["a", "b"].map((name) => {
      const account = new CloudAccount(
        house.account,
        { onMalformed: () => assert.fail(), onFault: () => assert.fail() },
        { cluster: clusterSettings(redis.url, { ttlMs: 20_000 }) },
      );
      const close = stopLater(() => account.close());
      const end = account.polling.repeat(20, () => {
        done.push(name);
        return Promise.resolve();
      });
      return { name, account, close, end };
    });
    await until("one that works", () => done.length >= 5);
    const [first] = done;
    assert.deepEqual([...new Set(done)], [first]);
    const speaker = copies.find(({ name }) => name === first);
    speaker?.end();
    await speaker?.close();
    await until("the other one", () => done.at(-1) !== first);
    for (const { end } of copies) end();
  });
});
