import assert from "node:assert/strict";
import { describeWithRedis, startRedis } from "../support/redis";
import { type RunningCluster, startCluster } from "../support/cluster";
import { until } from "../support/wait";

/** Values a second. */
const rate = 50;
/** How often each is done: the figures of a release are of 20 rounds. */
const rounds = Number(process.env["CLUSTER_ROUNDS"] ?? 1);
/** What all may take longer, on whatever machine, where it is not about figures; still less than a lease lasts. */
const slackMs = rounds > 1 ? 0 : 2_000;
/** How many values come in so many milliseconds. */
const valuesIn = (milliseconds: number): number => (rate * milliseconds) / 1_000;

/** What the rounds have found, for who looks at figures. */
function tell(title: string, cluster: RunningCluster): void {
  const { values, doubled, silenceMs } = cluster.outcome();
  if (rounds > 1)
    process.stdout.write(`      ${title}: ${values.length} values, ${doubled} doubled, silence ${silenceMs} ms\n`);
}

/** Waits until the flow has had the value that was reported last. */
async function arrived(cluster: RunningCluster, last: number): Promise<void> {
  await until(`the value ${last}`, () => cluster.outcome().values.includes(last));
}

describeWithRedis("several Node-REDs on one account", () => {
  for (let round = 1; round <= rounds; round++) {
    it("lose nothing when the one that speaks is killed", async () => {
      const cluster = await startCluster({ copies: 2, ttl: 2 });
      const speaker = await cluster.settled();
      const done = cluster.report(1, 400, rate);
      await until("some values", () => cluster.outcome().values.length > 60 + Math.random() * 60);
      speaker.signal("SIGKILL");
      await done;
      await arrived(cluster, 400);
      const { missing, doubled, silenceMs, isInOrder } = cluster.outcome();
      tell("killed", cluster);
      assert.deepEqual(missing(1, 400), []);
      assert.ok(doubled <= valuesIn(500 + slackMs), `${doubled} doubled`);
      assert.ok(silenceMs <= 3_000 + slackMs, `${silenceMs} ms of silence`);
      assert.ok(isInOrder);
    });

    it("do again what the one that was killed had not done", async () => {
      // The flow says that it is done with a value two seconds after it began.
      const work = `setTimeout(() => { global.get("tell")("done", { payload: msg.payload }); node.done(); }, 2000);`;
      const cluster = await startCluster({ copies: 2, ttl: 2, listens: { ack: "done" }, work });
      const speaker = await cluster.settled();
      const done = cluster.report(1, 200, rate);
      await until("work that is done", () => speaker.received("done").length > 20);
      speaker.signal("SIGKILL");
      await done;
      const finished = (): Set<number> =>
        new Set(cluster.copies.flatMap((copy) => copy.received("done").map(({ payload }) => Number(payload))));
      await until("all work done", () => finished().size === 200);
      tell("killed at work", cluster);
      const { doubled, isInOrder } = cluster.outcome();
      // At most what came in two seconds, and in the moments after which is marked.
      assert.ok(doubled > rate && doubled <= valuesIn(2_600 + slackMs), `${doubled} done again`);
      assert.ok(isInOrder);
    });

    it("give the word away at a clean stop, without a double", async () => {
      const cluster = await startCluster({ copies: 2, ttl: 5 });
      const speaker = await cluster.settled();
      const done = cluster.report(1, 300, rate);
      await until("some values", () => cluster.outcome().values.length > 60);
      await speaker.stop();
      await done;
      await arrived(cluster, 300);
      const { missing, doubled, silenceMs, isInOrder } = cluster.outcome();
      tell("stopped", cluster);
      assert.deepEqual(missing(1, 300), []);
      assert.equal(doubled, 0);
      assert.ok(silenceMs < 500 + slackMs, `${silenceMs} ms of silence`);
      assert.ok(isInOrder);
    });

    it("are never two that speak, when one sleeps and wakes up", async () => {
      const cluster = await startCluster({ copies: 2, ttl: 4 });
      const speaker = await cluster.settled();
      const done = cluster.report(1, 500, rate);
      await until("some values", () => cluster.outcome().values.length > 60);
      speaker.signal("SIGSTOP");
      await until("another speaker", () => cluster.outcome().values.at(-1)! > 300);
      speaker.signal("SIGCONT");
      await done;
      await arrived(cluster, 500);
      const epochs = cluster.copies.map((copy) => copy.received("values").map((value) => epochOf(value)));
      tell("slept", cluster);
      assert.deepEqual(cluster.outcome().missing(1, 500), []);
      assert.ok(cluster.outcome().doubled <= valuesIn(500 + slackMs), `${cluster.outcome().doubled} doubled`);
      // Each copy spoke under a grant of its own, one wholly before the other.
      assert.deepEqual(
        epochs.map((own) => new Set(own).size),
        [1, 1],
      );
    });

    for (const withDisk of [true, false]) {
      it(`keep values while Redis is away, and go on when it is back ${withDisk ? "with" : "without"} its disk`, async () => {
        const redis = await startRedis();
        const cluster = await startCluster({ copies: 2, ttl: 2, redis });
        await cluster.settled();
        const done = cluster.report(1, 600, rate);
        await until("some values", () => cluster.outcome().values.length > 60);
        await redis.kill();
        await until("silence", () => silenceOf(cluster) > 1_500);
        await redis.restart(withDisk);
        await done;
        await arrived(cluster, 600);
        await cluster.settled();
        const { missing, doubled, isInOrder } = cluster.outcome();
        tell(`Redis killed, ${withDisk ? "with" : "without"} disk`, cluster);
        assert.deepEqual(missing(1, 600), []);
        assert.equal(doubled, 0);
        assert.ok(isInOrder);
      });
    }
  }
});

function epochOf(value: Record<string, unknown>): unknown {
  return (value["cluster"] as { epoch: number }).epoch;
}

/** How long nothing has come, by now. */
function silenceOf({ copies }: RunningCluster): number {
  return Date.now() - Math.max(...copies.flatMap((copy) => copy.received("values").map(({ at }) => Number(at))));
}
