import assert from "node:assert/strict";
import { type RunningCluster, startCluster } from "../support/cluster";
import { describeLongRounds } from "../support/redis";
import { startRedisCluster, startSentinels } from "../support/redis-sets";
import { until } from "../support/wait";

const rate = 50;
const count = 600;

/**
 * Reports values, and lets something happen to the engine on the way. Where not all come it tells what is known.
 * @param view returns what the servers of the engine know
 */
async function reportThrough(cluster: RunningCluster, view: () => string, happen: () => Promise<void>): Promise<void> {
  try {
    await reportAll(cluster, happen);
  } catch (cause) {
    const told = cluster.copies.map((copy, index) => {
      const lines = copy.log().split("\n");
      const values = copy.received("values").length;
      const colours = copy.received("statuses").map(({ payload, at }) => `${String(payload)} ${String(at)}`);
      return [`Copy ${index}, ${values} values`, colours.join(), ...lines.filter((line) => !line.includes("[debug]"))];
    });
    const missing = `Missing: ${cluster.outcome().missing(1, count).join(" ")}`;
    throw new Error([missing, view(), ...told.flat()].join("\n"), { cause });
  }
}

async function reportAll(cluster: RunningCluster, happen: () => Promise<void>): Promise<void> {
  await cluster.settled();
  const done = cluster.report(1, count, rate);
  await until("some values", () => cluster.outcome().values.length > 60);
  await happen();
  await done;
  await until("the last value", () => cluster.outcome().values.includes(count));
  await cluster.settled();
}

function told(title: string, cluster: RunningCluster): void {
  const { values, doubled, silenceMs } = cluster.outcome();
  process.stdout.write(`      ${title}: ${values.length} values, ${doubled} doubled, silence ${silenceMs} ms\n`);
}

/** No two copies ever spoke at once: their times lie one wholly behind the other, grant by grant. */
function assertOneSpeaker(cluster: RunningCluster): void {
  const spoken = cluster.copies
    .flatMap((copy, index) =>
      copy.received("values").map((value) => ({
        copy: index,
        at: Number(value["at"]),
        epoch: (value["cluster"] as { epoch: number }).epoch,
      })),
    )
    .sort((a, b) => a.epoch - b.epoch || a.at - b.at);
  for (const [index, { copy, epoch }] of spoken.entries()) {
    const before = spoken[index - 1];
    if (before !== undefined && before.epoch === epoch) assert.equal(before.copy, copy);
  }
}

describeLongRounds("several Node-REDs on a Redis that fails over", () => {
  it("lose nothing when sentinels promote the replica", async () => {
    const redis = await startSentinels();
    const cluster = await startCluster({ copies: 2, ttl: 2, redis: { ...redis.master, url: redis.url } });
    await reportThrough(
      cluster,
      () => redis.view(),
      async () => {
        await redis.master.kill();
        await until("another master", () => redis.masterPort() === redis.replica.port);
      },
    );
    told("sentinels", cluster);
    assert.deepEqual(cluster.outcome().missing(1, count), []);
    assert.ok(cluster.outcome().doubled <= rate / 2, `${cluster.outcome().doubled} doubled`);
    assertOneSpeaker(cluster);
  }).timeout(120_000);

  it("lose nothing when a Redis Cluster replaces the node that has their keys", async () => {
    const redis = await startRedisCluster();
    const [first] = redis.nodes;
    assert.ok(first);
    const cluster = await startCluster({ copies: 2, ttl: 2, redis: { ...first, url: redis.url } });
    await reportThrough(
      cluster,
      () => redis.view(),
      async () => {
        const keys = redis.nodes.flatMap((node) => node.cli("KEYS", "*lease:0*").split("\n"));
        const holder = redis.holderOf(keys.find((key) => key !== "") ?? "");
        await holder.kill();
      },
    );
    told("Redis Cluster", cluster);
    assert.deepEqual(cluster.outcome().missing(1, count), []);
    assert.ok(cluster.outcome().doubled <= rate / 2, `${cluster.outcome().doubled} doubled`);
    assertOneSpeaker(cluster);
  }).timeout(120_000);
});
