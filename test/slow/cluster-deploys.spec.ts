import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeSenml } from "../../simulator/codec/senml";
import { type RunningCluster, startCluster } from "../support/cluster";
import { describeLongRounds } from "../support/redis";
import { until } from "../support/wait";

/** Milliseconds between two values, and between the deploys of two copies at the least and at the most. */
const everyMs = 20;
const gapMs = [20, 900] as const;
/** So long a copy that starts waits for its token, as with the real service. */
const loginMs = 300;
const deploys = 60 * Number(process.env["CLUSTER_ROUNDS"] ?? 1);

/** Reports numbers all the time; returns what ends it, and tells how many there were and how many nobody could hear. */
function reportOn({ house }: RunningCluster): () => { count: number; unheard: number } {
  const { simulator, thingId } = house;
  const topic = `/a/t/${thingId}/e/o`;
  let [count, unheard] = [0, 0];
  const timer = setInterval(() => {
    count++;
    const isHeard = simulator.observed.connections.some(({ subscriptions }) => subscriptions.includes(topic));
    if (!isHeard) unheard++;
    simulator.store.record(thingId, "counter", count, Date.now());
    simulator.inject(topic, Buffer.from(encodeSenml([{ variable: "counter", value: count }], "cpp")));
  }, everyMs);
  return () => {
    clearInterval(timer);
    return { count, unheard };
  };
}

/** Deploys one copy after the other, a moment apart, whether or not the one before is done. */
async function deployAgainAndAgain(cluster: RunningCluster): Promise<void> {
  const under: Promise<void>[] = [];
  for (let number = 0; number < deploys; number++) {
    const place = number % cluster.copies.length;
    await under[place];
    const copy = cluster.copies[place];
    if (copy !== undefined) under[place] = cluster.deploy(copy);
    await sleep(gapMs[0] + Math.random() * (gapMs[1] - gapMs[0]));
  }
  await Promise.all(under);
}

describeLongRounds("several Node-REDs that are deployed a moment apart, again and again", function () {
  this.timeout(120_000 + deploys * 2_000);

  for (const catchUp of ["none", "all"]) {
    it(`lose no more than what none of them hears, and give nothing twice, with catch-up ${catchUp}`, async () => {
      const cluster = await startCluster({ copies: 2, ttl: 2, listens: { catchUp, catchUpDelay: "0.3" } });
      await cluster.settled();
      cluster.house.simulator.faults.rest.push({ match: "token", times: Infinity, delayMs: loginMs });
      const end = reportOn(cluster);
      await until("the first value", () => cluster.outcome().values.length > 0);
      await deployAgainAndAgain(cluster);
      await cluster.settled();
      const { count, unheard } = end();
      await until("the last value", () => cluster.outcome().values.includes(count));
      const [first = 1] = cluster.outcome().values;
      const { doubled, missing } = cluster.outcome();
      const lost = missing(first, count).length;
      const told = `${deploys} deploys, ${count} values: ${unheard} unheard, ${lost} lost, ${doubled} doubled`;
      process.stdout.write(`      ${told}\n`);
      // What was heard only by one that was deployed before it could speak is lost, too.
      assert.ok(lost <= (catchUp === "all" ? 0 : unheard + count / 20), told);
      assert.equal(doubled, 0, told);
    });
  }
});
