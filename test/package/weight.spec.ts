import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(__dirname, "..", "..");
const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
  "node-red": { nodes: Record<string, string>; plugins: Record<string, string> };
};

describe("the weight of the package", () => {
  it("holds none of its libraries before an account needs them", () => {
    const { nodes, plugins } = manifest["node-red"];
    const files = Object.values({ ...nodes, ...plugins }).map((file) => path.join(root, file));
    const program = `
      for (const file of ${JSON.stringify(files)}) require(file);
      console.log(JSON.stringify(Object.keys(require.cache)));`;
    const loaded = JSON.parse(execFileSync(process.execPath, ["-e", program], { encoding: "utf8" })) as string[];
    assert.ok(loaded.length >= files.length);
    const libraries = loaded.filter((file) => file.includes(`${path.sep}node_modules${path.sep}`));
    assert.deepEqual(libraries, []);
  });
});
