import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import mqtt, { type MqttClient } from "mqtt";
import { onFreePort } from "./free-port";
import { type ServerProcess, startServer } from "./server-process";
import { stopLater } from "./stop";
import { found } from "./wait";

/** Debian puts it where only root's path leads. */
const program = ["mosquitto", "/usr/sbin/mosquitto"].find((name) => spawnSync(name, ["-h"]).error === undefined);

/** A real broker, and a client that sees what it keeps and relays. */
export interface Mosquitto {
  port: number;
  /** What the broker keeps, by topic, as text. */
  kept: ReadonlyMap<string, string>;
  /** Publishes as Home Assistant does. */
  publish(topic: string, payload: string, retain?: boolean): Promise<void>;
  /** Ends the broker and all that it keeps. */
  down(): Promise<void>;
  /** Starts it again on the same port. */
  up(): Promise<void>;
  stop(): Promise<void>;
}

/** Returns whether there is a mosquitto; else says so where the spec is skipped. */
export function hasMosquitto(): boolean {
  if (program !== undefined) return true;
  process.stdout.write("Skipped, since there is no mosquitto here: apt-get install mosquitto\n");
  return false;
}

/** Starts a broker on a free port; it ends with the test or file. */
export async function startMosquitto(): Promise<Mosquitto> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "mosquitto-"));
  const config = path.join(folder, "mosquitto.conf");
  const begin = async (port: number): Promise<ServerProcess | undefined> => {
    await writeFile(config, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n`);
    return startServer(program ?? "mosquitto", ["-c", config], /mosquitto version \S+ running/);
  };
  const kept = new Map<string, string>();
  let client: MqttClient;
  const follow = async (): Promise<void> => {
    client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, protocolVersion: 5 });
    client.on("message", (topic, payload, { retain }) => {
      if (!retain) return;
      if (payload.length === 0) kept.delete(topic);
      else kept.set(topic, payload.toString());
    });
    await client.subscribeAsync("#", { qos: 1, rap: true });
  };
  const down = async (): Promise<void> => {
    await client.endAsync(true);
    await broker.kill("SIGTERM");
    kept.clear();
  };
  const [port, first] = await onFreePort(begin);
  let broker = first;
  await follow();
  const stop = stopLater(async () => {
    await down();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    port,
    kept,
    publish: async (topic, payload, retain = false) => {
      await client.publishAsync(topic, payload, { qos: 1, retain });
    },
    up: async () => {
      // Its clients know it by its port.
      broker = await found("the broker at its port", () => begin(port));
      await follow();
    },
    down,
    stop,
  };
}
