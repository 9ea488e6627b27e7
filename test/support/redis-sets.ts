import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { onFreePort } from "./free-port";
import { askRedis, type RedisServer, startRedis } from "./redis";
import { startServer } from "./server-process";
import { stopLater } from "./stop";
import { until } from "./wait";

/** A replica that has nothing yet can replace nobody, and else gets it only seconds after it has asked. */
const quickReplicas = ["--repl-diskless-sync-delay", "0"];

/** A master and a replica that three sentinels watch. */
export interface WatchedRedis {
  /** The address for a cluster node. */
  url: string;
  master: RedisServer;
  replica: RedisServer;
  /** The port of the present master, as the sentinels say. */
  masterPort(): number;
  /** Returns what all of them know, to read where something has gone wrong. */
  view(): string;
}

/** Starts them; they end with the test. A master that is away for a second is replaced. */
export async function startSentinels(): Promise<WatchedRedis> {
  const master = await startRedis(...quickReplicas);
  const replica = await startRedis(...quickReplicas, "--replicaof", "127.0.0.1", String(master.port));
  await until("the replica", () => hasAll(replica));
  const ports: number[] = [];
  for (let made = 0; made < 3; made++) ports.push(await startSentinel(master.port));
  const [first = 0] = ports;
  await until("sentinels that know each other and the replica", () =>
    ports.every((port) => {
      const known = askRedis(port, "SENTINEL", "master", "main").split("\n");
      const fact = (name: string): string => known[known.indexOf(name) + 1] ?? "";
      return fact("num-other-sentinels") === "2" && fact("num-slaves") === "1";
    }),
  );
  return {
    url: `redis-sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(",")}/0#main`,
    master,
    replica,
    masterPort: () => Number(askRedis(first, "SENTINEL", "get-master-addr-by-name", "main").split("\n")[1]),
    view: () => viewOf([master, replica], "INFO", "replication"),
  };
}

async function startSentinel(masterPort: number): Promise<number> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "sentinel-"));
  const file = path.join(folder, "sentinel.conf");
  const watch = [`sentinel monitor main 127.0.0.1 ${masterPort} 2`, "sentinel down-after-milliseconds main 1000"];
  const lines = ["bind 127.0.0.1", `dir ${folder}`, ...watch, "sentinel failover-timeout main 5000"];
  const [port, sentinel] = await onFreePort(async (port) => {
    await writeFile(file, [`port ${port}`, ...lines].join("\n"));
    return startServer("redis-server", [file, "--sentinel"], /Sentinel ID is/);
  });
  stopLater(async () => {
    await sentinel.kill();
    await rm(folder, { recursive: true, force: true });
  });
  return port;
}

/** A Redis Cluster of three masters with a replica each. */
export interface RedisClusterSet {
  url: string;
  nodes: RedisServer[];
  /** The node that has a key. */
  holderOf(key: string): RedisServer;
  /** Returns what all of them know, to read where something has gone wrong. */
  view(): string;
}

/** Starts it; it ends with the test. Each node agrees with all others, and each replica has all that its master has. */
export async function startRedisCluster(): Promise<RedisClusterSet> {
  const settings = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1500", ...quickReplicas];
  const nodes: RedisServer[] = [];
  for (let made = 0; made < 6; made++) nodes.push(await startRedis(...settings));
  const places = nodes.map(({ port, busPort }) => `127.0.0.1:${port}@${busPort}`);
  execFileSync("redis-cli", ["--cluster", "create", ...places, "--cluster-replicas", "1", "--cluster-yes"], {
    stdio: "pipe",
  });
  await until("the cluster", () => {
    if (!nodes.every((node) => node.cli("CLUSTER", "INFO").includes("cluster_state:ok"))) return false;
    const roles = new Set(
      nodes.map((node) =>
        rolesIn(node)
          .map(({ port, role }) => `${port} ${role}`)
          .join(),
      ),
    );
    return roles.size === 1 && nodes.filter((node) => hasAll(node)).length === 3;
  });
  return {
    url: `redis-cluster://${nodes
      .slice(0, 3)
      .map(({ port }) => `127.0.0.1:${port}`)
      .join(",")}`,
    nodes,
    holderOf: (key) => holderOf(nodes, key),
    view: () => viewOf(nodes, "CLUSTER", "NODES"),
  };
}

/** Returns whether a server is a replica that has all that its master has. */
function hasAll(server: RedisServer): boolean {
  return server.cli("INFO", "replication").includes("master_link_status:up");
}

/** A node of a Redis Cluster, as another one sees it. */
interface SeenNode {
  port: number;
  role: "master" | "replica" | "gone";
  slots: string[];
}

function rolesIn(server: RedisServer): SeenNode[] {
  const seen = server.cli("CLUSTER", "NODES").split("\n");
  return seen
    .map((line) => {
      const [, place = "", flags = "", , , , , , ...slots] = line.split(" ");
      const role = flags.includes("fail") ? "gone" : flags.includes("master") ? "master" : "replica";
      return { port: Number(/:(\d+)@/.exec(place)?.[1]), role, slots } as const;
    })
    .sort((a, b) => a.port - b.port);
}

function holderOf(nodes: readonly RedisServer[], key: string): RedisServer {
  const running = nodes.find((node) => node.isRunning());
  const slot = Number(running?.cli("CLUSTER", "KEYSLOT", key));
  const isWithin = (range: string): boolean => {
    const [from = NaN, to = from] = range.split("-").map(Number);
    return from <= slot && slot <= to;
  };
  const seen = running === undefined ? [] : rolesIn(running);
  const holder = seen.find(({ role, slots }) => role === "master" && slots.some(isWithin));
  const found = nodes.find(({ port }) => port === holder?.port);
  if (found === undefined) throw new Error(`Nobody has slot ${slot}.`);
  return found;
}

function viewOf(servers: readonly RedisServer[], ...command: string[]): string {
  return servers.map((one) => `${one.port}: ${one.isRunning() ? one.cli(...command) : "killed"}`).join("\n\n");
}
