/** Counts the requests of nodes that poll. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Simulator } from "../../simulator";
import type { Cloud } from "./runtime";

/** Seconds between two readings of a node, and how many such spans are watched. */
const interval = 10;
const spans = 3;
const getNodes = 1_000;
const statusNodes = 200;

/**
 * Measures polling: returns a line for each kind of node, its requests per interval, beside those that each node by
 * itself would make.
 */
export async function countPolling(simulator: Simulator, cloud: Cloud, things: string[]): Promise<string[]> {
  const readers = Array.from({ length: getNodes }, (_, index) => ({
    id: `get${index}`,
    type: "arduino-cloud-property-get",
    thing: things[index % things.length],
    property: `v${Math.floor(index / things.length)}`,
    repeat: String(interval),
  }));
  const watchers = Array.from({ length: statusNodes }, (_, index) => ({
    id: `status${index}`,
    type: "arduino-cloud-device-status",
    device: "",
    interval: String(interval),
    staleAfter: "0",
  }));
  return [
    await count(simulator, cloud, `${getNodes} property get on ${things.length} things`, readers),
    await count(simulator, cloud, `${statusNodes} device status`, watchers),
  ];
}

async function count(simulator: Simulator, cloud: Cloud, what: string, nodes: object[]): Promise<string> {
  const child = fork(path.join(__dirname, "polling-flow.ts"), { execArgv: process.execArgv });
  try {
    child.send({ cloud, nodes });
    await ready(child);
    // The readings at the start are over by then, and no beat is near.
    await sleep((interval * 1_000) / 2);
    const requests: number[] = [];
    for (let span = 0; span < spans; span++) {
      const before = asked(simulator);
      await sleep(interval * 1_000);
      requests.push(asked(simulator) - before);
    }
    return `${what}: ${requests.join(", ")} request(s) per ${interval} s; each by itself: ${nodes.length}`;
  } finally {
    child.kill("SIGKILL");
  }
}

/** Counts all requests so far, but for those of tokens. */
function asked(simulator: Simulator): number {
  return simulator.observed.requests.filter((request) => !request.path.endsWith("/token")).length;
}

async function ready(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit").then(() => Promise.reject(new Error("The polling process ended.")));
  await Promise.race([once(child, "message", { signal: AbortSignal.timeout(120_000) }), ended]);
}
