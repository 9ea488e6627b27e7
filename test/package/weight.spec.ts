import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { filesAtStart } from "../../scripts/bench/weight";

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

  it("gives the editor what all sets share in two files, and little beside it", () => {
    const folder = path.join(root, "resources");
    const files = [...filesAtStart(folder)];
    assert.equal(files.length, 2, files.join());
    const [shared = ""] = files;
    const bytes = files.reduce((sum, file) => sum + readFileSync(path.join(folder, file)).byteLength, 0);
    assert.ok(bytes < 60_000, `${bytes} bytes`);
    for (const set of Object.keys({ ...manifest["node-red"].nodes, ...manifest["node-red"].plugins })) {
      const html = readFileSync(path.join(root, "dist", "nodes", `${set}.html`), "utf8");
      const [, script = ""] = /^<script type="text\/javascript">\n([^]*?)<\/script>/.exec(html) ?? [];
      // The form of a cluster is nothing but fields.
      if (set !== "cluster") assert.ok(script.includes(`"${shared}"`), `${set} does not name ${shared}`);
      assert.ok(script.length < 6_000, `${set}: ${script.length} characters`);
    }
  });

  it("leaves to later what is opened on demand, each part under its own name", () => {
    const folder = path.join(root, "resources");
    const atStart = filesAtStart(folder);
    const later = readdirSync(folder).filter((file) => !atStart.has(file) && !file.startsWith("common-"));
    const parts = readdirSync(path.join(root, "nodes", "editor", "parts")).map((file) => path.basename(file, ".ts"));
    assert.deepEqual(later.map((file) => file.replace(/-[0-9a-f]{8}\.js$/, "")).sort(), parts.sort());
    const known = readFileSync(path.join(folder, [...atStart][0] ?? ""), "utf8");
    for (const file of later) assert.ok(known.includes(`"${file}"`), `${file} is known to nobody`);
  });
});
