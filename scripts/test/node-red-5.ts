import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { npm } from "../../test/support/npm";

const folder = path.resolve(__dirname, "..", "..", ".cache", "node-red-5");
// The Node of this platform as a plain file; the package `node` would fetch it with an install script.
const nodePackage = `node-${process.platform}-${process.arch}`;

/** Specs that have to pass with Node-RED 5; of those in a browser, the ones that every editor has to pass. */
export const nodeRed5Specs = ["test/unit/nodes", "test/integration/nodes", "test/end-to-end"];
export const nodeRed5BrowserSpecs = ["accessibility", "keyboard", "matrix", "shared-code", "two-minutes"].map(
  (name) => `test/browser/${name}.spec.ts`,
);

/**
 * Installs Node-RED 5 and the newer Node.js that it asks for, and returns the environment that has specs use them. They
 * have a folder of their own: in the project's node_modules a `node` would shadow the real one.
 */
export async function installNodeRed5(): Promise<Record<string, string>> {
  const installed = path.join(folder, "node_modules");
  const binary = path.join(installed, nodePackage, "bin", process.platform === "win32" ? "node.exe" : "node");
  const nodeRed = path.join(installed, "node-red");
  if (!existsSync(binary) || !existsSync(nodeRed)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "package.json"), '{ "private": true }');
    await npm(["install", "--no-package-lock", "--ignore-scripts", `${nodePackage}@24`, "node-red@5"], folder);
  }
  return { NODE_RED: nodeRed, NODE_BINARY: binary };
}
