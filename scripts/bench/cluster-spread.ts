/**
 * What it brings that several copies share the things: the time in which one, two and three Node-REDs do a given number of
 * values, with a flow that takes 5 ms for each, one after another. The flow waits these 5 ms, as one that writes to a
 * database does: three copies that computed all the time would want three cores.
 */
import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { slotOf, spreadSlots } from "../../cloud/cluster/slots";
import { encodeSenml } from "../../simulator/codec/senml";
import type { Simulator } from "../../simulator";
import type { Cloud } from "./runtime";
import type { SpreadReport } from "./spread-protocol";

const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const workMs = 5;
const thingsPerSlot = 4;
const valuesPerThing = 50;
/** So many values come before those that count, while Node.js still compiles. */
const warmUp = 800;
const timeoutMs = 120_000;
/** Times as quick as one copy that so many have to be. */
const bars = new Map([
  [2, 1.8],
  [3, 2.5],
]);

/** A copy, and what it has told. */
interface Copy {
  child: ChildProcess;
  part: number;
  done: number[];
}

/** Compares one, two and three copies. */
export async function compareSpread(simulator: Simulator, cloud: Cloud): Promise<void> {
  const things = seed(simulator);
  const perSecond = new Map<number, number[]>([1, 2, 3].map((copies) => [copies, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [copies, results] of perSecond) results.push(await measure(simulator, cloud, things, copies));
  }
  const median = (values: readonly number[] = []): number =>
    [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
  const alone = median(perSecond.get(1));
  console.log(`Values a second with ${workMs} ms of work each, one after another; median of ${rounds} rounds`);
  for (const [copies, results] of perSecond) {
    const times = median(results) / alone;
    const bar = bars.has(copies) ? `, at least ${bars.get(copies)} is wanted` : "";
    const all = results.map((value) => value.toFixed(0)).join(", ");
    console.log(`  ${copies} copies: ${median(results).toFixed(0)} (${all}), ${times.toFixed(2)} times one${bar}`);
  }
}

/** Makes as many things for each slot, which is a matter of chance with real ones. */
function seed(simulator: Simulator): string[] {
  const bySlot = Array.from({ length: spreadSlots }, (): string[] => []);
  while (bySlot.some((things) => things.length < thingsPerSlot)) {
    const { id } = simulator.store.createThing({ name: "A shared thing" }, { userId: simulator.userId });
    const things = bySlot[slotOf(id, spreadSlots)] ?? [];
    if (things.length === thingsPerSlot) {
      simulator.store.deleteThing(id, true);
      continue;
    }
    things.push(id);
    simulator.store.createProperty(id, { name: "value", variable_name: "value", type: "INT", persist: false });
  }
  return bySlot.flat();
}

/** Lets so many copies do all values; returns how many they did in a second. */
async function measure(simulator: Simulator, cloud: Cloud, things: readonly string[], count: number): Promise<number> {
  const copies = Array.from({ length: count }, () => start(cloud));
  const doneCount = (): number => copies.reduce((sum, { done }) => sum + done.length, 0);
  try {
    const [least, most] = [Math.floor(spreadSlots / count), Math.ceil(spreadSlots / count)];
    const isShared = (): boolean =>
      copies.every(({ part }) => part >= least && part <= most) &&
      copies.reduce((sum, { part }) => sum + part, 0) === spreadSlots;
    await until("equal shares", isShared);
    await until("all subscriptions", () => isSubscribed(simulator, things, count));
    const began = performance.now();
    let [countedFrom, alreadyDone] = [began, 0];
    const total = things.length * valuesPerThing;
    // As fast as the flows could do them if nothing else took time: a little too fast.
    for (let value = 0; value < total; value++) {
      const payload = encodeSenml([{ variable: "value", value }], "cpp");
      simulator.inject(`/a/t/${things[value % things.length] ?? ""}/e/o`, payload);
      const dueAt = began + (value * workMs) / count;
      if (performance.now() < dueAt) await sleep(dueAt - performance.now());
      if (value !== warmUp) continue;
      countedFrom = performance.now();
      alreadyDone = doneCount();
    }
    await until("all values", () => doneCount() >= total);
    const tookMs = performance.now() - countedFrom;
    const kinds = new Set(copies.flatMap(({ done }) => done)).size;
    if (kinds !== total || doneCount() !== total) {
      throw new Error(`Of ${total} values ${kinds} were done, ${doneCount() - kinds} of them twice.`);
    }
    return (1_000 * (total - alreadyDone)) / tookMs;
  } finally {
    for (const { child } of copies) child.kill("SIGTERM");
    await until("the ends", () => copies.every(({ child }) => child.exitCode !== null || child.signalCode !== null));
  }
}

function isSubscribed(simulator: Simulator, things: readonly string[], copies: number): boolean {
  const topics = new Map<string, number>();
  const open = simulator.observed.connections.flatMap(({ subscriptions }) => subscriptions);
  for (const topic of open) topics.set(topic, (topics.get(topic) ?? 0) + 1);
  return things.every((thing) => (topics.get(`/a/t/${thing}/e/o`) ?? 0) >= copies);
}

function start(cloud: Cloud): Copy {
  const child = fork(path.join(__dirname, "spread-copy.ts"), { execArgv: process.execArgv });
  const copy: Copy = { child, part: 0, done: [] };
  child.on("message", (message: SpreadReport) => {
    if (message.kind === "part") copy.part = message.part;
    else copy.done.push(message.value);
  });
  child.send({ cloud, workMs });
  return copy;
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`There were no ${what} in time.`);
    await sleep(5);
  }
}
