/**
 * Runs the specs that need a Node-RED (those of nodes, and end to end) on Node-RED 5 and the newer Node that it asks for;
 * with `--browser` as first argument those in a browser that every editor has to pass.
 * Both are installed into a side folder: in the project's own node_modules a `node` would shadow the real one.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(__dirname, "..");
const folder = path.join(root, ".cache", "node-red-5");
const nodeRed = path.join(folder, "node_modules", "node-red");
// The Node of this platform as a plain file; the package `node` would fetch it with an install script.
const nodePackage = `node-${process.platform}-${process.arch}`;
const nodeBinary = path.join(folder, "node_modules", nodePackage, "bin", "node");

if (!existsSync(nodeBinary) || !existsSync(nodeRed)) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), '{ "private": true }');
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"];
  execFileSync("npm", ["install", ...options, `${nodePackage}@24`, "node-red@5"], { cwd: folder, stdio: "inherit" });
}
execFileSync("npm", ["run", "-s", "build"], { cwd: root, stdio: "inherit" });

const mocha = path.join(root, "node_modules", "mocha", "bin", "mocha.js");
const [first, ...others] = process.argv.slice(2);
const isBrowser = first === "--browser";
const given = isBrowser ? others : process.argv.slice(2);
const specs = isBrowser
  ? ["accessibility", "accessibility-themes", "keyboard", "matrix", "two-minutes"].map(
      (name) => `test/browser/${name}.spec.ts`,
    )
  : ["test/unit/nodes/**/*.spec.ts", "test/integration/nodes/**/*.spec.ts", "test/end-to-end/**/*.spec.ts"];
// Given files would come on top of those in .mocharc.json, so the options stand here.
const options = ["--no-config", "--require", "tsx", "--require", "./test/support/retries.ts", "--timeout"];
const { status } = spawnSync(nodeBinary, [mocha, ...options, isBrowser ? "60000" : "20000", ...given, ...specs], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, NODE_RED: nodeRed, NODE_BINARY: nodeBinary },
});
process.exitCode = status ?? 1;
