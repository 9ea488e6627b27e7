/**
 * What a cluster costs the copy that speaks: CPU per value of one property in over 20 things, in turns without a cluster
 * and in one on a Redis of its own. What several copies bring that share the things: bench/cluster-spread.ts.
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

/** Compares a copy in a cluster with one that is in none. */
export async function compareCluster(job: Job, measure: Measure): Promise<void> {
  const redis = await startRedis();
  if (redis === undefined) {
    console.log("There is no redis-server here (apt-get install redis-server): a cluster can't be measured.");
    return;
  }
  const results: Record<"without" | "with", number[]> = { without: [], with: [] };
  try {
    for (let round = 0; round < rounds; round++) {
      results.without.push(await measure(job));
      results.with.push(await measure({ ...job, cluster: redis.url }));
    }
  } finally {
    redis.stop();
  }
  const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
  const share = (100 * median(results.without)) / median(results.with);
  console.log(`CPU per value, median of ${rounds} rounds (all: ${JSON.stringify(results)})`);
  console.log(
    `  without a cluster ${median(results.without).toFixed(1)} µs, in one ${median(results.with).toFixed(1)} µs`,
  );
  console.log(`  throughput of one copy in a cluster: ${share.toFixed(0)} % of that without`);
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
