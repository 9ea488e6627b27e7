import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { freePort, onFreePort } from "./free-port";
import { type ServerProcess, startServer } from "./server-process";
import { stopLater } from "./stop";
import { found } from "./wait";

/** A real redis-server of its own, on a free port. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** The port for other nodes of a Redis Cluster. */
  readonly busPort: number;
  /** Runs redis-cli with these arguments; gives what it prints. */
  cli(...args: string[]): string;
  /** Whether it has not been killed. */
  isRunning(): boolean;
  /** Kills it at once. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what it has kept on disk or without. */
  restart(withDisk?: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Whether the machine has a redis-server (Debian's package of that name). */
const hasRedis = ((): boolean => {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/** `describe` for specs that need a redis-server: without one they are skipped, and say so. */
export function describeWithRedis(title: string, suite: (this: Mocha.Suite) => void): void {
  if (hasRedis) describe(title, suite);
  else describe.skip(`${title} (skipped: there is no redis-server here, apt-get install redis-server)`, suite);
}

/** Whether what takes minutes is run: CLUSTER_ROUNDS says how often, and otherwise it is left out. */
const hasLongRounds = Number(process.env["CLUSTER_ROUNDS"] ?? 0) > 0;

/** `describeWithRedis` for what takes minutes: run with CLUSTER_ROUNDS=1 or more. */
export function describeLongRounds(title: string, suite: (this: Mocha.Suite) => void): void {
  if (hasLongRounds) describeWithRedis(title, suite);
  else describe.skip(`${title} (skipped: CLUSTER_ROUNDS=1 runs it)`, suite);
}

/** Runs redis-cli against a port with these arguments; returns what it prints. */
export function askRedis(port: number, ...commands: string[]): string {
  return execFileSync("redis-cli", ["-p", String(port), ...commands], { encoding: "utf8", stdio: "pipe" }).trim();
}

/** Starts one; it ends with the test or file. `args` are more arguments of redis-server. */
export async function startRedis(...args: string[]): Promise<RedisServer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "redis-"));
  const settings = ["--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--appendfsync", "everysec"];
  // Others do not know of that port, before Redis 7.
  const isNode = args.includes("--cluster-enabled");
  const begin = (atPort: number, atBus: number): Promise<ServerProcess | undefined> => {
    const ports = ["--port", String(atPort), ...(isNode ? ["--cluster-port", String(atBus)] : [])];
    return startServer("redis-server", [...ports, ...settings, "--save", "", ...args], /Ready to accept connections/);
  };
  const [port, { busPort, first }] = await onFreePort(async (port) => {
    const busPort = await freePort();
    const first = await begin(port, busPort);
    return first && { busPort, first };
  });
  let running = first;
  const stop = stopLater(async () => {
    await running.kill();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    busPort,
    cli: (...commands) => askRedis(port, ...commands),
    isRunning: () => running.isRunning(),
    kill: () => running.kill(),
    restart: async (withDisk = true) => {
      await running.kill();
      if (!withDisk) await rm(path.join(folder, "appendonlydir"), { recursive: true, force: true });
      // Its clients know it by its port.
      running = await found("a redis-server at its port", () => begin(port, busPort));
    },
    stop,
  };
}
