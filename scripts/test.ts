/**
 * Runs specs side by side, the longest files first, after the build.
 *
 *   npm test                        all but those in test/slow and test/browser
 *   npm test -- unit integration    the folders of test/ with these names
 *   npm test -- FILE…               these files alone
 *
 * `--jobs=N` says how many files run at a time, `--coverage` measures the code that they run and holds it against a floor,
 * `--node-red-5` runs them on Node-RED 5, `--repeat` gives a file or two that failed a second try and says so. Whatever else
 * begins with a dash is mocha's (`--grep=…`).
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { installPackage, sharedFolderVariable } from "../test/support/package";
import { parseTestArguments } from "./test/arguments";
import { reportCoverage } from "./test/coverage";
import { installNodeRed5, nodeRed5BrowserSpecs, nodeRed5Specs } from "./test/node-red-5";
import { runProcess } from "./test/process";
import { filesToRepeat } from "./test/repeat";
import { findSpecs, rememberSeconds } from "./test/specs";

const mocha = path.resolve(__dirname, "..", "node_modules", "mocha", "bin", "mocha.js");
const reporter = path.resolve(__dirname, "test", "reporter.ts");
const work = mkdtempSync(path.join(os.tmpdir(), "specs-"));

async function main(): Promise<number> {
  const { selected, jobs, measuresCoverage, onNodeRed5, repeats, mochaOptions } = parseTestArguments(
    process.argv.slice(2),
  );
  const specs = findSpecs(onNodeRed5 ? selectForNodeRed5(selected) : selected);
  const env: NodeJS.ProcessEnv = { ...process.env, SPEC_SECONDS: path.join(work, "seconds") };
  if (onNodeRed5) Object.assign(env, await installNodeRed5());
  // Unit specs run nothing but the sources.
  if (specs.some((spec) => !spec.startsWith("test/unit/"))) {
    const built = await runProcess(process.execPath, ["--import", "tsx", "scripts/build.ts"]);
    if (built !== 0) return built;
    env[sharedFolderVariable] = (await installPackage(work)).folder;
  }
  const measured = path.join(work, "coverage");
  if (measuresCoverage) env["NODE_V8_COVERAGE"] = measured;
  const failed = path.join(work, "failed");
  const runMocha = (options: string[], files: string[]): Promise<number> =>
    runProcess(env["NODE_BINARY"] ?? process.execPath, [mocha, `--reporter=${reporter}`, ...options, ...files], env);
  env["FAILED_SPECS"] = failed;
  // A file alone runs in one process, which shows its tests as they pass and ends only when nothing is left open.
  const sideBySide = specs.length > 1 ? ["--parallel", "--jobs", String(jobs)] : [];
  let status = await runMocha([...sideBySide, ...mochaOptions], specs);
  rememberSeconds(path.join(work, "seconds"));
  const again = status !== 0 && repeats ? filesToRepeat(failed) : [];
  if (again.length > 0) {
    console.log(`A second try: ${again.join(", ")}`);
    status = await runMocha(["--parallel", "--jobs=2", ...mochaOptions], again);
    if (status === 0) console.log(`UNSTEADY, passed in a second try: ${again.join(", ")}`);
  }
  const coverage = measuresCoverage ? await reportCoverage(measured) : 0;
  return status === 0 ? coverage : status;
}

function selectForNodeRed5(selected: string[]): string[] {
  if (selected.length === 0) return nodeRed5Specs;
  return selected.flatMap((name) => (name === "browser" ? nodeRed5BrowserSpecs : [name]));
}

process.once("exit", () => rmSync(work, { recursive: true, force: true }));
main().then(
  (status) => {
    process.exitCode = status;
  },
  (reason: unknown) => {
    console.error(reason instanceof Error ? reason.message : reason);
    process.exitCode = 1;
  },
);
