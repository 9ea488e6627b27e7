/** Messages between the benchmark and the processes that it measures. */
export interface Job {
  baseUrl: string;
  brokerUrl: string;
  clientId: string;
  clientSecret: string;
  userId: string;
  /** A token for the bare client. */
  token: string;
  things: string[];
  /** Variables of each thing. */
  variables: string[];
  /** Property in nodes, spread evenly over things and variables. */
  nodes: number;
  /** The address of the Redis of a cluster; absent: none. */
  cluster?: string;
  /** How the nodes catch up; absent: not. */
  catchUp?: "all";
  messages: number;
  warmUp: number;
}

export type Report =
  | { kind: "ready"; deployMs?: number; heapBytes?: number; rssBytes?: number }
  | { kind: "done"; microsecondsPerMessage: number; elapsedMs: number };

/** Counts messages, and tells what each took in every round of them after the warm-up, from the first to the last. */
export class Meter {
  readonly #job: Job;
  #count = 0;
  #start = { at: 0, cpu: process.cpuUsage() };

  constructor(job: Job) {
    this.#job = job;
  }

  /** Counts one more message. */
  tick(): void {
    const { warmUp, messages } = this.#job;
    this.#count++;
    if (this.#count <= warmUp) return;
    const inRound = (this.#count - warmUp) % messages;
    if (inRound === 1) this.#start = { at: performance.now(), cpu: process.cpuUsage() };
    if (inRound !== 0) return;
    const { user, system } = process.cpuUsage(this.#start.cpu);
    const elapsedMs = performance.now() - this.#start.at;
    report({ kind: "done", microsecondsPerMessage: (user + system) / messages, elapsedMs });
  }
}

/** Tells the benchmark. */
export function report(message: Report): void {
  process.send?.(message);
}
