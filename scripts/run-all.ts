/**
 * Runs scripts of package.json one after the other, up to the first that fails: `tsx scripts/run-all.ts lint:code …`.
 * Here and not as `a && b` in package.json, so that no script depends on which shell npm uses.
 */
import { spawnSync } from "node:child_process";
import { npmCommand } from "./npm";

const [npm, ...first] = npmCommand();
for (const script of process.argv.slice(2)) {
  const { status } = spawnSync(npm, [...first, "run", "--silent", script], { stdio: "inherit" });
  process.exitCode = status ?? 1;
  if (process.exitCode !== 0) break;
}
