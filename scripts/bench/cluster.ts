/**
 * What a cluster costs the copy that speaks: CPU per value of property in nodes over 20 things, in turns without a cluster
 * and in one on a Redis of its own. Once with as many values as the copy can take, which says how many it takes with the
 * same CPU (its throughput), and once with a thousand a second, where it mostly sleeps and each wake-up counts.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "./protocol";

/** Measures one job; returns the microseconds of CPU that each value took. */
type Measure = (job: Job) => Promise<number>;

const rounds = Number(process.env.BENCH_ROUNDS ?? 5);

/** The loads that are measured: the name, values at once, and how many times as many values as elsewhere. */
const loads = [
  ["all that it can take", 100, 5],
  ["1,000 a second", 1, 1],
] as const;

/** Compares a copy in a cluster with one that is in none. */
export async function compareCluster(job: Job, measure: Measure): Promise<void> {
  const redis = await startRedis();
  if (redis === undefined) {
    console.log("There is no redis-server here (apt-get install redis-server): a cluster can't be measured.");
    return;
  }
  try {
    for (const [name, burst, times] of loads) {
      const loaded = { ...job, burst, messages: times * job.messages, warmUp: times * job.warmUp };
      await compareLoad(name, loaded, redis.url, measure);
    }
  } finally {
    redis.stop();
  }
}

async function compareLoad(name: string, job: Job, cluster: string, measure: Measure): Promise<void> {
  const results: Record<"without" | "with", number[]> = { without: [], with: [] };
  for (let round = 0; round < rounds; round++) {
    // What the machine does meanwhile falls on the one and the other alike.
    const order = round % 2 === 0 ? (["without", "with"] as const) : (["with", "without"] as const);
    for (const one of order) results[one].push(await measure(one === "with" ? { ...job, cluster } : job));
  }
  const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
  const [without, within] = [median(results.without), median(results.with)];
  console.log(`Values: ${name}. CPU per value, median of ${rounds} rounds (all: ${JSON.stringify(results)})`);
  console.log(`  without a cluster ${without.toFixed(1)} µs, in one ${within.toFixed(1)} µs`);
  console.log(
    `  values that one copy takes with the same CPU: ${((100 * without) / within).toFixed(0)} % of those without`,
  );
}

/** Starts a Redis on a free port; undefined where there is none on this machine. */
export async function startRedis(): Promise<{ url: string; stop: () => void } | undefined> {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  const folder = mkdtempSync(path.join(tmpdir(), "arduino-cloud-bench-redis-"));
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes"];
  const child: ChildProcess = spawn("redis-server", settings, { stdio: "ignore" });
  await sleep(500);
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: () => {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
