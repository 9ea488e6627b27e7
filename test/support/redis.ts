import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { freePort } from "./free-port";
import { stopLater } from "./stop";
import { until } from "./wait";

/** A real redis-server of its own, on a free port. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Runs redis-cli with these arguments; gives what it prints. */
  cli(...args: string[]): string;
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

/** Starts one; it ends with the test or file. `args` are more arguments of redis-server. */
export async function startRedis(...args: string[]): Promise<RedisServer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "redis-"));
  const port = await freePort();
  const cli = (...commands: string[]): string =>
    execFileSync("redis-cli", ["-p", String(port), ...commands], { encoding: "utf8", stdio: "pipe" }).trim();
  let child: ChildProcess | undefined;
  const begin = async (): Promise<void> => {
    const settings = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes"];
    child = spawn("redis-server", [...settings, "--appendfsync", "everysec", "--save", "", ...args], {
      stdio: "ignore",
    });
    await until("an answer of Redis", () => isListening(port));
  };
  const kill = async (): Promise<void> => {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  await begin();
  const stop = stopLater(async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    cli,
    kill,
    restart: async (withDisk = true) => {
      await kill();
      if (!withDisk) await rm(path.join(folder, "appendonlydir"), { recursive: true, force: true });
      await begin();
    },
    stop,
  };
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
