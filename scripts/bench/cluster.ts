/**
 * What a cluster costs the copy that speaks: property in nodes over 20 things, without a cluster and in one on a Redis of its
 * own. Once with as many values as the copy can take, which tells its throughput, and once with a thousand a second, where it
 * mostly sleeps and each wake-up counts.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { comparePaired } from "./paired";
import type { Job } from "./protocol";

/** Compares a copy in a cluster with one that is in none. */
export async function compareCluster(plain: Job): Promise<void> {
  const redis = await startRedis();
  if (redis === undefined) {
    console.log("There is no redis-server here (apt-get install redis-server): a cluster can't be measured.");
    return;
  }
  try {
    const other = { ...plain, cluster: redis.url };
    await comparePaired("a cluster", plain, other);
    await comparePaired("a cluster", plain, other, 1_000);
  } finally {
    redis.stop();
  }
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
