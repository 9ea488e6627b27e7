import { appendFileSync } from "node:fs";
import path from "node:path";
import { forbidSockets, requireNoSocket } from "./no-sockets";

const unit = path.resolve(__dirname, "..", "unit") + path.sep;
const isUnit = (file = ""): boolean => path.resolve(file).startsWith(unit);

/** `performance.now()` when the file before this one ended. */
let before = 0;

/** What holds for every spec; mocha finds it through `--require`. */
export const mochaHooks = {
  beforeAll(this: Mocha.Context): void {
    // Here all files of this process are known; as workers of `npm test` have one at a time, its hooks are guarded too.
    forbidSockets(filesOf(this).every(isUnit));
  },

  beforeEach(this: Mocha.Context): void {
    forbidSockets(isUnit(this.currentTest?.file));
  },

  afterEach(): void {
    requireNoSocket();
  },

  afterAll(this: Mocha.Context): void {
    const report = process.env["SPEC_SECONDS"];
    const files = filesOf(this);
    if (report !== undefined && files.length === 1) {
      appendFileSync(report, `${((performance.now() - before) / 1_000).toFixed(1)} ${files[0] ?? ""}\n`);
    }
    before = performance.now();
  },
};

/** The files whose suites this process runs. */
function filesOf(context: Mocha.Context): string[] {
  const suites = context.test?.parent?.suites ?? [];
  return [...new Set(suites.map(({ file }) => file ?? ""))];
}
