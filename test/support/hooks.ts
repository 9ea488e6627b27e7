import { appendFileSync } from "node:fs";
import path from "node:path";
import { forbidSockets, requireNoSocket } from "./no-sockets";
import { noteTestBegin, stopAfterFile, stopAfterTest } from "./stop";
import { until } from "./wait";

const unit = path.resolve(__dirname, "..", "unit") + path.sep;
const isUnit = (file = ""): boolean => path.resolve(file).startsWith(unit);

/** `performance.now()` when the file before this one ended. */
let before = 0;

// Mocha asks a worker to end and kills it a second later, when what it measured may be half written.
if (process.env["NODE_V8_COVERAGE"] !== undefined) process.on("SIGTERM", () => undefined);

/** Hooks around every spec; mocha finds them through `--require`. */
export const mochaHooks = {
  beforeAll(this: Mocha.Context): void {
    // Here all files of this process are known; as workers of `npm test` have one at a time, its hooks are guarded too.
    forbidSockets(filesOf(this).every(isUnit));
  },

  beforeEach(this: Mocha.Context): void {
    forbidSockets(isUnit(this.currentTest?.file));
    noteTestBegin();
  },

  async afterEach(): Promise<void> {
    requireNoSocket();
    await stopAfterTest();
  },

  async afterAll(this: Mocha.Context): Promise<void> {
    await stopAfterFile();
    const report = process.env["SPEC_SECONDS"];
    const files = filesOf(this);
    if (report !== undefined && files.length === 1) {
      appendFileSync(report, `${((performance.now() - before) / 1_000).toFixed(1)} ${files[0] ?? ""}\n`);
    }
    before = performance.now();
    // A process of its own would not end; a worker of `npm test` goes on to the next file.
    if (process.env["MOCHA_WORKER_ID"] !== undefined) await requireAllClosed(files);
  },
};

/** How many handles files before this one have left open, so that each is told of once. */
let left = 0;

async function requireAllClosed(files: string[]): Promise<void> {
  const open = (): string[] => process.getActiveResourcesInfo().filter((kind) => /^(TCP|UDP|TLS|Process)/.test(kind));
  try {
    await until(`the end of all that ${files.join()} has opened`, () => open().length <= left);
  } catch (reason) {
    left = open().length;
    throw new Error(`${files.join()} has left open: ${open().join(", ")}`, { cause: reason });
  }
}

/** The files whose suites this process runs. */
function filesOf(context: Mocha.Context): string[] {
  const suites = context.test?.parent?.suites ?? [];
  return [...new Set(suites.map(({ file }) => file ?? ""))];
}
