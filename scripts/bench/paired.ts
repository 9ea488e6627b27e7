/**
 * Compares two ways to run the same flow on a machine that is never quiet: two Node-REDs, one of each kind, get the same values
 * in turn, in many short rounds in the order A B B A. Only the ratio within a pair of rounds that follow each other counts; the
 * processes are made anew again and again, since V8 makes no two alike.
 */
import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeSenml } from "../../simulator/codec/senml";
import { Hose, publishPacket } from "./hose";
import { answer } from "./answer";
import type { Job, Report } from "./protocol";

/** The processes are made anew so many times. */
const launches = Number(process.env.BENCH_ROUNDS ?? 6);
/** So many rounds go by while Node.js still compiles. */
const warmUpRounds = 6;
/** Pairs of rounds with each two processes; as many of either order. */
const pairs = 10;
const valuesPerRound = 10_000;
/** Where they come slowly. */
const slowlyPerRound = 500;

type Done = Extract<Report, { kind: "done" }>;

/**
 * Compares a plain flow with one that has something more, and tells the outcome.
 * @param perSecond so many values come in a second; absent: as many as can be taken
 */
export async function comparePaired(what: string, plain: Job, other: Job, perSecond?: number): Promise<void> {
  const messages = perSecond === undefined ? valuesPerRound : slowlyPerRound;
  const rounds: [without: Done, within: Done][] = [];
  for (let launch = 0; launch < launches; launch++) {
    const starts = [plain, other].map((job) => Copy.start({ ...job, messages, warmUp: 0 }, perSecond));
    const copies = (await Promise.all(starts)) as [Copy, Copy];
    try {
      for (let round = 0; round < warmUpRounds; round++) for (const copy of copies) await copy.measure();
      for (let pair = 0; pair < pairs; pair++) rounds.push(await measurePair(copies, (pair + launch) % 2 === 1));
    } finally {
      for (const copy of copies) copy.stop();
    }
  }
  const [without, within] = [0, 1].map((kind) =>
    middle(rounds.map((pair) => pair[kind]?.microsecondsPerMessage ?? NaN)),
  );
  const load = perSecond === undefined ? "all that it can take" : `${perSecond} a second`;
  console.log(`Values: ${load}. With ${what} against without, ${rounds.length} pairs of rounds of ${messages} values`);
  const cpu = rounds.map(([one, two]) => one.microsecondsPerMessage / two.microsecondsPerMessage);
  console.log(`  CPU per value: ${within?.toFixed(1)} µs, without ${without?.toFixed(1)} µs`);
  console.log(`  values with the same CPU: ${describe(cpu)} of those without`);
  if (perSecond !== undefined) return;
  console.log(`  throughput: ${describe(rounds.map(([one, two]) => one.elapsedMs / two.elapsedMs))} of that without`);
}

async function measurePair([plain, other]: [Copy, Copy], isSwapped: boolean): Promise<[Done, Done]> {
  if (!isSwapped) return [await plain.measure(), await other.measure()];
  const within = await other.measure();
  return [await plain.measure(), within];
}

function middle(values: readonly number[], part = 0.5): number {
  return [...values].sort((a, b) => a - b)[Math.round(part * (values.length - 1))] ?? NaN;
}

/** Says what is in the middle, and between which the middle half is. */
function describe(ratios: readonly number[]): string {
  const [low, median, high] = [0.25, 0.5, 0.75].map((part) => (100 * middle(ratios, part)).toFixed(0));
  return `${median} % (half of the pairs: ${low} to ${high} %)`;
}

/** A Node-RED of its own that counts what it gets. */
class Copy {
  readonly #hose: Hose;
  readonly #child: ChildProcess;
  /** The values of a round. */
  readonly #packets: readonly Buffer[];
  readonly #perSecond: number | undefined;

  private constructor(hose: Hose, job: Job, perSecond: number | undefined) {
    this.#hose = hose;
    this.#packets = packetsOf(job);
    this.#perSecond = perSecond;
    this.#child = fork(path.join(__dirname, "flow.ts"), { execArgv: [...process.execArgv, "--expose-gc"] });
  }

  /** Starts one; resolves when it listens. */
  static async start(job: Job, perSecond?: number): Promise<Copy> {
    const hose = await Hose.start();
    const copy = new Copy(hose, job, perSecond);
    copy.#child.send({ job: { ...job, brokerUrl: hose.url } });
    await answer(copy.#child, "ready");
    return copy;
  }

  /** Sends it the values of a round; returns what they cost. */
  async measure(): Promise<Done> {
    const done = answer(this.#child, "done");
    if (this.#perSecond === undefined) this.#hose.pour(this.#packets);
    else {
      for (const packet of this.#packets) {
        this.#hose.pour([packet]);
        await sleep(1_000 / this.#perSecond);
      }
    }
    return done;
  }

  stop(): void {
    this.#child.kill("SIGKILL");
    this.#hose.stop();
  }
}

function packetsOf({ things, variables, messages, nodes }: Job): Buffer[] {
  return Array.from({ length: messages }, (_, number) => {
    const node = number % nodes;
    const variable = variables[Math.floor(node / things.length)] ?? "";
    const payload = encodeSenml([{ variable, value: 20 + (number % 1000) / 10 }], "cpp");
    return publishPacket(`/a/t/${things[node % things.length] ?? ""}/e/o`, payload, 1 + number);
  });
}
