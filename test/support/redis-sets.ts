import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { freePort } from "./free-port";
import { type RedisServer, startRedis } from "./redis";
import { stopLater } from "./stop";
import { until } from "./wait";

/** A master and a replica that three sentinels watch. */
export interface WatchedRedis {
  /** The address for a cluster node. */
  url: string;
  master: RedisServer;
  replica: RedisServer;
  /** The port of the present master, as the sentinels say. */
  masterPort(): number;
}

function ask(port: number, ...commands: string[]): string {
  return execFileSync("redis-cli", ["-p", String(port), ...commands], { encoding: "utf8", stdio: "pipe" }).trim();
}

/** Starts them; they end with the test. A master that is away for a second is replaced. */
export async function startSentinels(): Promise<WatchedRedis> {
  const master = await startRedis();
  const replica = await startRedis("--replicaof", "127.0.0.1", String(master.port));
  await until("the replica", () => ask(replica.port, "INFO", "replication").includes("master_link_status:up"));
  const ports: number[] = [];
  for (let made = 0; made < 3; made++) ports.push(await startSentinel(master.port));
  const [first = 0] = ports;
  await until("sentinels that know each other and the replica", () =>
    ports.every((port) => {
      const known = ask(port, "SENTINEL", "master", "main").split("\n");
      const fact = (name: string): string => known[known.indexOf(name) + 1] ?? "";
      return fact("num-other-sentinels") === "2" && fact("num-slaves") === "1";
    }),
  );
  return {
    url: `redis-sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(",")}/0#main`,
    master,
    replica,
    masterPort: () => Number(ask(first, "SENTINEL", "get-master-addr-by-name", "main").split("\n")[1]),
  };
}

async function startSentinel(masterPort: number): Promise<number> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "sentinel-"));
  const port = await freePort();
  const file = path.join(folder, "sentinel.conf");
  const lines = [`port ${port}`, "bind 127.0.0.1", `dir ${folder}`, `sentinel monitor main 127.0.0.1 ${masterPort} 2`];
  const limits = ["sentinel down-after-milliseconds main 1000", "sentinel failover-timeout main 5000"];
  await writeFile(file, [...lines, ...limits].join("\n"));
  const child = spawn("redis-server", [file, "--sentinel"], { stdio: "ignore" });
  stopLater(async () => {
    child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });
  await until("a sentinel", () => {
    try {
      return ask(port, "PING") === "PONG";
    } catch {
      return false;
    }
  });
  return port;
}

/** A Redis Cluster of three masters with a replica each. */
export interface RedisClusterSet {
  url: string;
  nodes: RedisServer[];
  /** The node that has a key. */
  holderOf(key: string): RedisServer;
}

/** Starts it; it ends with the test. */
export async function startRedisCluster(): Promise<RedisClusterSet> {
  const settings = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1500"];
  const nodes: RedisServer[] = [];
  for (let made = 0; made < 6; made++) nodes.push(await startRedis(...settings));
  const places = nodes.map(({ port }) => `127.0.0.1:${port}`);
  execFileSync("redis-cli", ["--cluster", "create", ...places, "--cluster-replicas", "1", "--cluster-yes"], {
    stdio: "pipe",
  });
  await until("the cluster", () =>
    nodes.every(({ port }) => ask(port, "CLUSTER", "INFO").includes("cluster_state:ok")),
  );
  return {
    url: `redis-cluster://${places.slice(0, 3).join(",")}`,
    nodes,
    holderOf: (key) => {
      const slot = Number(ask(nodes[0]?.port ?? 0, "CLUSTER", "KEYSLOT", key));
      const lines = ask(nodes[0]?.port ?? 0, "CLUSTER", "NODES").split("\n");
      const line = lines.find((text) => {
        const [, , flags = "", , , , , , ...ranges] = text.split(" ");
        const isWithin = (range: string): boolean => {
          const [from = NaN, to = from] = range.split("-").map(Number);
          return from <= slot && slot <= to;
        };
        return flags.includes("master") && ranges.some(isWithin);
      });
      const port = Number(/:(\d+)@/.exec(line ?? "")?.[1]);
      const found = nodes.find((node) => node.port === port);
      if (found === undefined) throw new Error(`Nobody has slot ${slot}.`);
      return found;
    },
  };
}
