/** What the benchmark of history and the processes that it measures say to each other. */
import { type RunOptions, runs } from "../../simulator/seeds/year";

/** The far side: a thing with one variable whose history lies in runs of one time. */
export interface HistoryCloud {
  baseUrl: string;
  brokerUrl: string;
  clientId: string;
  clientSecret: string;
  /** A token for clients that do not get their own. */
  token: string;
  thingId: string;
  propertyId: string;
  history: RunOptions;
}

/** One reading of all there is. */
export interface HistoryJob {
  cloud: HistoryCloud;
  requestsPerSecond: number;
  /** Whether what is read is compared; that costs time of its own. */
  check: boolean;
}

export interface HistoryReading {
  points: number;
  /** Of all points in order, where they were to be compared. */
  digest: number;
  /** Microseconds of all threads. */
  cpu: number;
  milliseconds: number;
  /** Bytes of the process above what it had at rest, and of its heap. */
  residentBytes: number;
  heapBytes: number;
}

/** Sums up points so that another count, order, time or value makes another sum. */
export class Digest {
  points = 0;
  sum = 0x811c9dc5;

  /**
   * Adds a point.
   * @param time milliseconds since 1970
   */
  add(time: number, value: number): void {
    this.points++;
    this.sum = Math.imul(this.sum ^ Math.floor(time / 1_000), 0x01000193);
    this.sum = Math.imul(this.sum ^ (time % 1_000), 0x01000193);
    this.sum = Math.imul(this.sum ^ value, 0x01000193);
  }
}

/** Returns the sum of an exact reading. */
export function expectedDigest(history: RunOptions): number {
  const digest = new Digest();
  const bulk = runs(history);
  for (let index = 0; index < bulk.length; index++) digest.add(bulk.timeAt(index), Number(bulk.valueAt(index)));
  return digest.sum;
}

/** Returns the window in which all of the history lies. */
export function windowOf({ start }: RunOptions): { from: string; to: string } {
  return { from: new Date(start).toISOString(), to: new Date(start + 3_650 * 86_400_000).toISOString() };
}

/** Measures one reading; `work` tells the digest of each point where the job wants that, else only counts. */
export async function measure({ check }: HistoryJob, work: (digest: Digest) => Promise<void>): Promise<HistoryReading> {
  // It would go on in the background, at the cost of the reading.
  if (check) globalThis.gc?.();
  const rest = process.memoryUsage();
  let peak = rest;
  const look = (): void => {
    const { rss, heapUsed, ...more } = process.memoryUsage();
    peak = { ...more, rss: Math.max(peak.rss, rss), heapUsed: Math.max(peak.heapUsed, heapUsed) };
  };
  // To look costs time of its own.
  const sampler = check ? setInterval(look, 25) : undefined;
  const digest = new Digest();
  const [cpu, started] = [process.cpuUsage(), performance.now()];
  try {
    await work(digest);
  } finally {
    clearInterval(sampler);
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    points: digest.points,
    digest: digest.sum,
    cpu: user + system,
    milliseconds: performance.now() - started,
    residentBytes: peak.rss - rest.rss,
    heapBytes: peak.heapUsed - rest.heapUsed,
  };
}

/** Lets a process answer jobs. @param prepare what comes before a reading and is not measured */
export function answerJobs(
  read: (job: HistoryJob, digest: Digest) => Promise<void>,
  prepare: (job: HistoryJob) => Promise<void> = () => Promise.resolve(),
): void {
  const answer = async (job: HistoryJob): Promise<void> => {
    await prepare(job);
    process.send?.(await measure(job, (digest) => read(job, digest)));
  };
  // Whoever started it is gone.
  process.once("disconnect", () => process.exit(0));
  process.on("message", (job: HistoryJob) => {
    answer(job).catch((reason: unknown) => {
      console.error(reason);
      process.exit(1);
    });
  });
}
