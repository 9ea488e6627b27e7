import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
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

  it("gives the editor one file that all sets share, and little beside it", () => {
    const files = readdirSync(path.join(root, "resources"));
    assert.equal(files.length, 1, files.join());
    const [shared = ""] = files;
    const sharedBytes = readFileSync(path.join(root, "resources", shared)).byteLength;
    assert.ok(sharedBytes < 100_000, `${sharedBytes} bytes`);
    for (const set of Object.keys({ ...manifest["node-red"].nodes, ...manifest["node-red"].plugins })) {
      const html = readFileSync(path.join(root, "dist", "nodes", `${set}.html`), "utf8");
      const [, script = ""] = /^<script type="text\/javascript">\n([^]*?)<\/script>/.exec(html) ?? [];
      assert.ok(script.includes(`"${shared}"`), `${set} does not name ${shared}`);
      assert.ok(script.length < 9_000, `${set}: ${script.length} characters`);
    }
  });
});
