/** Reads a long history in four ways, each in a process of its own, and compares what they give and what they cost. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { RunOptions } from "../../simulator/seeds/year";
import { expectedDigest, type HistoryCloud, type HistoryJob, type HistoryReading } from "./history-protocol";

/** By the name of its script. */
const names = {
  bare: "axios by itself",
  reader: "our client",
  flow: "the node, in Node-RED",
  arduino: "Arduino's client, time + 1 ms",
};
export type ClientName = keyof typeof names;

/** Those whose cost is compared. */
const compared: readonly ClientName[] = ["bare", "reader", "flow"];

export interface Outcome extends HistoryReading {
  /** Queries that it took. */
  queries: number;
  /** Whether count, order, times and values are those that were put in. */
  isExact: boolean;
}

/** A cloud with a long history, and the clients that read it. */
export class HistoryBench {
  readonly #cloudProcess: ChildProcess;
  readonly #cloud: HistoryCloud;
  readonly #clients = new Map<ClientName, ChildProcess>();
  readonly #expected: number;

  private constructor(cloudProcess: ChildProcess, cloud: HistoryCloud) {
    this.#cloudProcess = cloudProcess;
    this.#cloud = cloud;
    this.#expected = expectedDigest(cloud.history);
  }

  /** How many points there are. */
  get count(): number {
    return this.#cloud.history.count;
  }

  static async start(history: RunOptions): Promise<HistoryBench> {
    const child = start("cloud");
    return new HistoryBench(child, await ask<HistoryCloud>(child, history));
  }

  /** Lets a client read everything. Its process goes on, so that later readings find it warm. */
  async read(client: ClientName, job: Pick<HistoryJob, "requestsPerSecond" | "check">): Promise<Outcome> {
    const child = this.#clients.get(client) ?? start(client);
    this.#clients.set(client, child);
    const reading = await ask<HistoryReading>(child, { ...job, cloud: this.#cloud });
    const queries = await ask<number>(this.#cloudProcess, "queries");
    return { ...reading, queries, isExact: reading.digest === this.#expected };
  }

  stop(): void {
    for (const child of [this.#cloudProcess, ...this.#clients.values()]) child.kill("SIGKILL");
  }
}

function start(script: string): ChildProcess {
  return fork(path.join(__dirname, `history-${script}.ts`), {
    cwd: path.resolve(__dirname, "../.."),
    execArgv: ["--import", "tsx", "--expose-gc"],
  });
}

async function ask<Answer>(child: ChildProcess, message: object | string): Promise<Answer> {
  const over = new AbortController();
  const answer = once(child, "message", { signal: over.signal });
  const ended = once(child, "exit", { signal: over.signal }).then(([code]) => {
    throw new Error(`A process of the benchmark ended with ${code}.`);
  });
  child.send(message);
  try {
    const [given] = (await Promise.race([answer, ended])) as [Answer];
    return given;
  } finally {
    over.abort();
    await Promise.allSettled([answer, ended]);
  }
}

/** A compiler takes so many readings of a million points until it makes nothing faster any more. */
const defaultWarmUps = 4;

/**
 * Measures microseconds of CPU for each point, by client: readings in turns, so that all see the same machine; the
 * least counts.
 * @param warmUps rounds before those that count
 */
export async function compareCost(
  bench: HistoryBench,
  chosen: readonly ClientName[],
  rounds: number,
  warmUps = defaultWarmUps,
): Promise<Record<string, number>> {
  const least: Record<string, number> = {};
  const points: Record<string, number> = {};
  for (let round = 0; round < warmUps + rounds; round++) {
    for (const client of chosen) {
      const reading = await bench.read(client, { requestsPerSecond: 1_000, check: false });
      points[client] = reading.points;
      if (round >= warmUps) least[client] = Math.min(least[client] ?? Infinity, reading.cpu);
    }
  }
  // By itself axios gets some points twice, since it pages by whole times; the answers are the same.
  const countOf = (client: ClientName): number => Math.min(points[client] ?? NaN, bench.count);
  return Object.fromEntries(chosen.map((client) => [client, (least[client] ?? NaN) / countOf(client)]));
}

/**
 * Measures and prints: a million points at the usual pace, and the cost of a point at any pace, which should be at most
 * 1.5 times that of axios through the node.
 */
export async function benchHistory(): Promise<void> {
  const pace = Number(process.env.BENCH_PACE ?? 10);
  const count = Number(process.env.BENCH_POINTS ?? 1_000_000);
  const start = Date.parse("2025-01-01T00:00:00Z");
  console.log(`History: ${count} points of one variable, several to a time, at ${pace} requests per second`);
  for (const longest of [100, 900]) {
    const bench = await HistoryBench.start({ count, longest, start });
    try {
      const flow = await bench.read("flow", { requestsPerSecond: pace, check: true });
      const arduino = await bench.read("arduino", { requestsPerSecond: pace, check: true });
      console.log(`  Runs of 1 to ${longest} points on one time:`);
      console.log(`    ${names.flow}: ${told(flow, count)}; ${share(flow, pace)} % of what the pace permits,`);
      console.log(
        `      at most ${megabytes(flow.residentBytes)} MB resident (heap ${megabytes(flow.heapBytes)} MB) above rest`,
      );
      console.log(`    ${names.arduino}: ${told(arduino, count)}`);
    } finally {
      bench.stop();
    }
  }
  const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
  for (const longest of [1, 100, 900]) {
    const bench = await HistoryBench.start({ count, longest, start });
    try {
      const costs = await compareCost(bench, compared, rounds);
      console.log(`  CPU per point at any pace, runs of 1 to ${longest}, the least of ${rounds} rounds in turns:`);
      for (const client of compared) {
        const [cost = NaN, bare = NaN] = [costs[client], costs.bare];
        console.log(`    ${names[client].padEnd(30)} ${cost.toFixed(2)} µs  ${(cost / bare).toFixed(2)} times axios`);
      }
    } finally {
      bench.stop();
    }
  }
}

function told({ points, queries, isExact, milliseconds }: Outcome, count: number): string {
  const lost = points === count ? "" : `, ${count - points} lost`;
  const ratio = (queries / (count / 1_000)).toFixed(3);
  return `${points} points${lost}, ${isExact ? "exact" : "NOT exact"}, ${queries} queries (${ratio} per 1,000 points), ${(milliseconds / 1_000).toFixed(1)} s`;
}

function share({ queries, milliseconds }: Outcome, pace: number): string {
  return ((100 * queries) / pace / (milliseconds / 1_000)).toFixed(1);
}

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
