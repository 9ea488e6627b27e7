/**
 * Measures things in Home Assistant: 50 things with 10 variables each, by the node in a Node-RED and core mqtt nodes to a
 * real mosquitto. How long until all entities are there, how large they are, and how many values a second come through.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import mqtt, { type MqttClient } from "mqtt";
import { type Simulator, startSimulator } from "../../simulator";
import { encodeSenml } from "../../simulator/codec/senml";
import { freePort } from "../../test/support/free-port";

const thingCount = 50;
const variableCount = 10;
const valueCount = Number(process.env.BENCH_VALUES ?? 20_000);
const timeoutMs = 120_000;
/** The broker, of Debian's package of that name. */
const program = "mosquitto";

/** Measures, and prints what came out. Needs Debian's mosquitto. */
export async function benchHomeAssistant(): Promise<void> {
  const simulator = await startSimulator({ faults: { requestsPerSecond: null, tokenLifetime: 3_600 } });
  const things = seed(simulator);
  const broker = await startBroker();
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`);
  const child = fork(path.join(__dirname, "polling-flow.ts"), { execArgv: process.execArgv });
  try {
    await measure(simulator, things, client, child, broker.port);
  } finally {
    child.kill("SIGKILL");
    await client.endAsync(true);
    broker.stop();
    await simulator.stop();
  }
}

function seed(simulator: Simulator): string[] {
  const past = Date.now() - 60_000;
  return Array.from({ length: thingCount }, (_, index) => {
    const { id } = simulator.store.createThing({ name: `Thing ${index}` }, { userId: simulator.userId });
    for (let variable = 0; variable < variableCount; variable++) {
      const name = `v${variable}`;
      simulator.store.createProperty(id, { name, variable_name: name, type: "FLOAT", permission: "READ_WRITE" });
      simulator.store.record(id, name, variable, past);
    }
    return id;
  });
}

async function startBroker(): Promise<{ port: number; stop: () => void }> {
  const port = await freePort();
  const folder = mkdtempSync(path.join(tmpdir(), "bench-mosquitto-"));
  const config = path.join(folder, "mosquitto.conf");
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 100000\n`);
  const child = spawn(program, ["-c", config], { stdio: "ignore" });
  child.once("error", () => console.log("There is no mosquitto here: apt-get install mosquitto"));
  await sleep(500);
  const stop = (): void => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  return { port, stop };
}

async function measure(
  simulator: Simulator,
  things: readonly string[],
  client: MqttClient,
  child: ChildProcess,
  port: number,
): Promise<void> {
  let entities = 0;
  let largest = 0;
  let states = 0;
  let last = "";
  client.on("message", (topic, payload) => {
    if (topic.endsWith("/config")) {
      const { cmps } = JSON.parse(payload.toString()) as { cmps: object };
      entities += Object.keys(cmps).length;
      largest = Math.max(largest, payload.length);
    } else if (/^arduino\/[0-9a-f]{32}\/v\d+$/.test(topic)) {
      states++;
      last = payload.toString();
    }
  });
  await deploy(client, child, simulator, port);
  const deployed = performance.now();
  const total = thingCount * variableCount;
  await until(() => entities >= total);
  const entitiesMs = performance.now() - deployed;
  await until(() => states >= total);
  const statesMs = performance.now() - deployed;
  console.log(
    `${thingCount} things, ${total} variables: all entities ${(entitiesMs / 1000).toFixed(1)} s after the deploy, ` +
      `all states after ${(statesMs / 1000).toFixed(1)} s; the largest device message has ${largest} bytes`,
  );
  states = 0;
  const started = performance.now();
  await feed(simulator, things);
  // The newest value of a variable takes the place of an older one that waits; the last one always comes.
  await until(() => last === String(valueCount - 0.5));
  const seconds = (performance.now() - started) / 1000;
  const rate = Math.round(states / seconds);
  console.log(`${states} of ${valueCount} values came to the broker in ${seconds.toFixed(1)} s: ${rate} a second`);
}

async function deploy(client: MqttClient, child: ChildProcess, simulator: Simulator, port: number): Promise<void> {
  await client.subscribeAsync(["homeassistant/#", "arduino/#"]);
  child.send({ cloud: cloudOf(simulator), nodes: flow(port) });
  await once(child, "message", { signal: AbortSignal.timeout(timeoutMs) });
}

function cloudOf(simulator: Simulator): object {
  const { restUrl: baseUrl, brokerUrl, clientId, clientSecret } = simulator;
  return { baseUrl, brokerUrl, clientId, clientSecret };
}

function flow(port: number): object[] {
  return [
    {
      id: "broker",
      type: "mqtt-broker",
      broker: "127.0.0.1",
      port: String(port),
      autoConnect: true,
      protocolVersion: 4,
    },
    { id: "ha", type: "arduino-cloud-home-assistant", write: true, availability: true, wires: [["mqtt"]] },
    { id: "mqtt", type: "mqtt out", topic: "", qos: "", retain: "", broker: "broker", wires: [] },
  ];
}

/** Reports values, each another one, a burst for each turn of the clock. */
async function feed(simulator: Simulator, things: readonly string[]): Promise<void> {
  for (let sent = 0; sent < valueCount; sent++) {
    const thing = things[sent % things.length] ?? "";
    const variable = `v${Math.floor(sent / things.length) % variableCount}`;
    simulator.inject(`/a/t/${thing}/e/o`, encodeSenml([{ variable, value: sent + 0.5 }], "cpp"));
    if (sent % 10 === 9) await sleep(1);
  }
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error("Not all came in time.");
    await sleep(5);
  }
}
