import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(__dirname, "..", "..");

interface Manifest {
  name: string;
  license?: string;
  repository?: { url?: string };
  bugs?: unknown;
  keywords?: string[];
  engines: { node: string };
  "node-red": { version: string; nodes: Record<string, string> };
  dependencies: Record<string, string>;
}

const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as Manifest;

/** Numbers of a plain ">=" range. */
function lowest(range: string): number[] {
  const [, version] = /^>=(\d+(?:\.\d+){0,2})$/.exec(range) ?? [];
  assert.ok(version !== undefined, `"${range}" is not a plain ">=" range`);
  return version.split(".").map(Number);
}

function isAtMost(range: string, version: number[]): boolean {
  const wanted = lowest(range);
  const differing = version.findIndex((part, index) => part !== (wanted[index] ?? 0));
  return differing === -1 || (wanted[differing] ?? 0) < (version[differing] ?? 0);
}

/** The node types of a set that are no config nodes, found as the Flow Library finds them: by literal text. */
function literalTypes(set: string): string[] {
  const script = readFileSync(path.join(root, "nodes", `${set}.editor.ts`), "utf8");
  const calls = [...script.matchAll(/RED\.nodes\.registerType\("([^"]+)", \{\n {2}category: "([^"]+)"/g)];
  assert.equal(calls.length, 1, `${set} registers one type, literally`);
  return calls.filter(([, , category]) => category !== "config").map(([, type]) => String(type));
}

/** The checks of the Flow Library's scorecard that can be made without a network. */
describe("scorecard", () => {
  it("P01: has a licence", () => {
    assert.equal(manifest.license, "Apache-2.0");
  });

  it("P02, P03: says where the source is and where to report", () => {
    assert.match(manifest.repository?.url ?? "", /^https:\/\/github\.com\/.+\.git$/);
    assert.ok(manifest.bugs);
  });

  it("P04: has a scoped name", () => {
    assert.match(manifest.name, /^@[\w-]+\/node-red-[\w-]+$/);
  });

  it("P05: has the keyword that the library looks for", () => {
    assert.ok(manifest.keywords?.includes("node-red"));
  });

  it("P06: runs on Node-RED 4.1 and 5", () => {
    for (const version of [
      [4, 1, 0],
      [5, 0, 0],
    ])
      assert.ok(isAtMost(manifest["node-red"].version, version));
    assert.equal(isAtMost(manifest["node-red"].version, [4, 0, 9]), false);
  });

  it("P07: accepts the lowest Node that Node-RED 5 accepts", () => {
    assert.ok(isAtMost(manifest.engines.node, [22, 9, 0]));
  });

  it("N02: shows every node in an example", () => {
    const folder = path.join(root, "examples");
    const used = new Set<string>();
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".json")) continue;
      const flow = JSON.parse(readFileSync(path.join(folder, file), "utf8")) as { type: string }[];
      assert.ok(Array.isArray(flow), `${file} is not an array`);
      for (const { type } of flow) used.add(type);
    }
    const types = Object.keys(manifest["node-red"].nodes).flatMap(literalTypes);
    assert.notEqual(types.length, 0);
    assert.deepEqual(
      types.filter((type) => !used.has(type)),
      [],
    );
  });

  it("D01: has six dependencies or fewer", () => {
    assert.ok(Object.keys(manifest.dependencies).length <= 6);
  });

  it("registers in the attribute that the library looks for", () => {
    for (const set of Object.keys(manifest["node-red"].nodes)) {
      const html = readFileSync(path.join(root, "dist", "nodes", `${set}.html`), "utf8");
      assert.match(html, /^<script type="text\/javascript">/);
      assert.match(html, new RegExp(`RED\\.nodes\\.registerType\\("arduino-cloud-${set}", \\{\\n *category: "`));
    }
  });
});
