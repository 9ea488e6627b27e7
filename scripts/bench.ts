/**
 * Measures what property in costs: CPU per message against a bare MQTT.js client, deploy time, memory and REST requests
 * of 1,000 nodes; and counts the requests of nodes that poll. All in one run on one machine, in turns, so that only the
 * ratios count. Then reads a long history (bench/history.ts), weighs what the package adds to a Node-RED (bench/weight.ts), and
 * shows 500 variables in Home Assistant (bench/home-assistant.ts). `npm run bench` does all, `npm run bench -- messages`,
 * `history`, `weight`, `home-assistant`, `cluster` (with `cluster-spread`), `catch-up` one of these.
 */
import { execFileSync, fork } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Simulator, startSimulator } from "../simulator";
import { encodeSenml } from "../simulator/codec/senml";
import { answer } from "./bench/answer";
import { compareCluster, startRedis } from "./bench/cluster";
import { compareSpread } from "./bench/cluster-spread";
import { benchHistory } from "./bench/history";
import { benchHomeAssistant } from "./bench/home-assistant";
import { comparePaired } from "./bench/paired";
import { countPolling } from "./bench/polling";
import type { Job, Report } from "./bench/protocol";
import { benchWeight } from "./bench/weight";
import { npmCommand } from "./npm";

const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const thingCount = 20;
const variableCount = 50;
/** The candidates that are measured in turns: the name, its program in bench/, and how many nodes it has. */
const candidates = [
  ["bare", "bare", 0],
  ["floor", "floor", 0],
  ["one", "flow", 1],
  ["thousand", "flow", 1_000],
] as const;

const cache = path.resolve(__dirname, "../.cache/bench");

/** Installs cbor-x, which stays out of the project's dependencies: its optional native parts break installs. */
function installCborX(): string {
  const folder = path.join(cache, "node_modules", "cbor-x");
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    const [npm, ...first] = npmCommand();
    const options = ["--prefix", cache, "--omit=optional", "--no-package-lock"];
    execFileSync(npm, [...first, "install", ...options, "cbor-x@1"], { stdio: "ignore" });
  }
  return folder;
}

async function main(): Promise<void> {
  const benches = {
    messages: benchMessages,
    history: benchHistory,
    weight: benchWeight,
    "home-assistant": benchHomeAssistant,
    cluster: benchCluster,
    "cluster-spread": benchSpread,
    "catch-up": benchCatchUp,
  };
  const only = process.argv[2];
  if (only !== undefined && !Object.hasOwn(benches, only)) {
    throw new Error(`There is no benchmark "${only}", only: ${Object.keys(benches).join(", ")}.`);
  }
  for (const [name, run] of Object.entries(benches)) {
    if (only === undefined || name === only || name.startsWith(`${only}-`)) await run();
  }
}

async function startCloud(): Promise<{ simulator: Simulator; common: Omit<Job, "nodes"> }> {
  const simulator = await startSimulator({
    choices: { cloudQos: 1 },
    faults: { tokenLifetime: 3_600, requestsPerSecond: null },
  });
  const common: Omit<Job, "nodes"> = {
    baseUrl: simulator.restUrl,
    brokerUrl: simulator.brokerUrl,
    clientId: simulator.clientId,
    clientSecret: simulator.clientSecret,
    userId: simulator.userId,
    token: (await simulator.tokens.mint({ userId: simulator.userId })).accessToken,
    things: seed(simulator),
    variables: Array.from({ length: variableCount }, (_, index) => `v${index}`),
    messages: 10_000,
    warmUp: 3_000,
  };
  return { simulator, common };
}

async function benchCluster(): Promise<void> {
  const { simulator, common } = await startCloud();
  await compareCluster({ ...common, nodes: 20 });
  await simulator.stop();
}

async function benchCatchUp(): Promise<void> {
  const { simulator, common } = await startCloud();
  const job = { ...common, nodes: 20 };
  await comparePaired("catch up", job, { ...job, catchUp: "all" });
  await simulator.stop();
}

async function benchSpread(): Promise<void> {
  const redis = await startRedis();
  if (redis === undefined) return;
  const simulator = await startSimulator({ faults: { tokenLifetime: 3_600, requestsPerSecond: null } });
  const { restUrl: baseUrl, brokerUrl, clientId, clientSecret } = simulator;
  try {
    await compareSpread(simulator, { baseUrl, brokerUrl, clientId, clientSecret, cluster: redis.url });
  } finally {
    await simulator.stop();
    redis.stop();
  }
}

async function benchMessages(): Promise<void> {
  const cborX = installCborX();
  const { simulator, common } = await startCloud();
  const results: Record<string, number[]> = { bare: [], floor: [], one: [], thousand: [] };
  const memory: string[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const [name, script, nodes] of candidates) {
      const before = simulator.observed.requests.length;
      const { microseconds, ready } = await run(simulator, script, { ...common, nodes }, cborX);
      results[name]?.push(microseconds);
      if (name === "thousand") memory.push(describeDeploy(ready, simulator.observed.requests.slice(before)));
    }
  }
  const polling = await countPolling(simulator, common, common.things);
  await simulator.stop();
  print(results, memory);
  console.log("Nodes that poll:");
  for (const line of polling) console.log(`  ${line}`);
}

/** Says what a deploy took, and how many requests that were not for a token. */
function describeDeploy(
  { deployMs = 0, heapBytes = 0, rssBytes = 0 }: Extract<Report, { kind: "ready" }>,
  requests: readonly { path: string }[],
): string {
  const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  const asked = requests.filter((request) => !request.path.includes("token")).length;
  return (
    `deploy ${Math.round(deployMs)} ms, heap +${megabytes(heapBytes)} MB, ` +
    `resident +${megabytes(rssBytes)} MB, ${asked} REST request(s)`
  );
}

function seed(simulator: Simulator): string[] {
  return Array.from({ length: thingCount }, (_, index) => {
    const { id } = simulator.store.createThing({ name: `Thing ${index}` }, { userId: simulator.userId });
    for (let variable = 0; variable < variableCount; variable++) {
      const name = `v${variable}`;
      simulator.store.createProperty(id, { name, variable_name: name, type: "FLOAT", persist: false });
    }
    return id;
  });
}

async function run(
  simulator: Simulator,
  script: string,
  job: Job,
  cborX: string,
): Promise<{ microseconds: number; ready: Extract<Report, { kind: "ready" }> }> {
  const child = fork(path.join(__dirname, "bench", `${script}.ts`), { execArgv: [...process.execArgv, "--expose-gc"] });
  try {
    child.send({ job, cborX });
    const ready = await answer(child, "ready");
    const done = answer(child, "done");
    await feed(simulator, job);
    return { microseconds: (await done).microsecondsPerMessage, ready };
  } finally {
    child.kill("SIGKILL");
  }
}

/**
 * Publishes a message every millisecond or so, as many boards send them, over all things and variables that are listened
 * to.
 */
async function feed(simulator: Simulator, job: Job): Promise<void> {
  const nodes = job.nodes < 1_000 && job.nodes > 0 ? job.nodes : 1_000;
  for (let sent = 0; sent < job.warmUp + job.messages; sent++) {
    const node = sent % nodes;
    const thing = job.things[node % job.things.length] ?? "";
    const variable = job.variables[Math.floor(node / job.things.length)] ?? "";
    const payload = encodeSenml([{ variable, value: 20 + (sent % 1000) / 10 }], "cpp");
    simulator.inject(`/a/t/${thing}/e/o`, payload);
    await sleep(1);
  }
}

function print(results: Record<string, number[]>, memory: string[]): void {
  const median = (values: number[] = []): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
  const bare = median(results.bare);
  console.log(`CPU per message, median of ${rounds} rounds (all: ${JSON.stringify(results)})`);
  for (const [name, values] of Object.entries(results)) {
    console.log(
      `  ${name.padEnd(9)} ${median(values).toFixed(1)} µs  ${(median(values) / bare).toFixed(2)} times bare`,
    );
  }
  console.log("1,000 property in nodes over 20 things:");
  for (const line of memory) console.log(`  ${line}`);
}

main().catch((reason: unknown) => {
  console.error(reason);
  process.exit(1);
});
