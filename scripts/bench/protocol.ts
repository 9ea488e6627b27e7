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
  messages: number;
  warmUp: number;
  /** So many messages are published at once before the process that publishes them pauses for a millisecond; absent: one. */
  burst?: number;
}

export type Report =
  | { kind: "ready"; deployMs?: number; heapBytes?: number; rssBytes?: number }
  | { kind: "done"; microsecondsPerMessage: number };

/** Counts messages from after the warm-up to the last, and tells the CPU time that each took. */
export class Meter {
  readonly #job: Job;
  #count = 0;
  #start: NodeJS.CpuUsage | undefined;

  constructor(job: Job) {
    this.#job = job;
  }

  /** Counts one more message. */
  tick(): void {
    this.#count++;
    if (this.#count === this.#job.warmUp) this.#start = process.cpuUsage();
    if (this.#count < this.#job.warmUp + this.#job.messages) return;
    const { user, system } = process.cpuUsage(this.#start);
    report({ kind: "done", microsecondsPerMessage: (user + system) / this.#job.messages });
  }
}

/** Tells the benchmark. */
export function report(message: Report): void {
  process.send?.(message);
}
