import path from "node:path";
import { runProcess } from "./process";

const root = path.resolve(__dirname, "..", "..");

/** Percent of the lines and branches that specs have to run. */
const floor = { lines: 93, branches: 89 };

/** Prints how much of cloud/, nodes/ and simulator/ the measured specs ran; returns 1 where it is below the floor. */
export async function reportCoverage(measured: string): Promise<number> {
  const c8 = path.join(root, "node_modules", "c8", "bin", "c8.js");
  const include = ["cloud/**", "nodes/**", "simulator/**"].flatMap((pattern) => ["--include", pattern]);
  // Forms and their scripts run in a browser.
  const exclude = ["nodes/*.editor.ts", "nodes/editor/**"].flatMap((pattern) => ["--exclude", pattern]);
  const limits = ["--check-coverage", "--lines", String(floor.lines), "--branches", String(floor.branches)];
  const where = ["--temp-directory", measured, "--all", "--reporter", "text-summary"];
  return runProcess(process.execPath, [c8, "report", ...where, ...include, ...exclude, ...limits], process.env);
}
