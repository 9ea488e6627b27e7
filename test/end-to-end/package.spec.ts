import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { packPackage, type Packed } from "../support/node-red";

const manifest = JSON.parse(readFileSync(path.resolve(__dirname, "..", "..", "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
  "node-red": { nodes: Record<string, string>; plugins: Record<string, string> };
};

describe("the packed package", function () {
  this.timeout(60_000);
  let packed: Packed;
  before(async () => {
    packed = await packPackage();
  });

  it("holds what Node-RED loads, and what people read", () => {
    const files = packed.files.map((file) => file.path);
    for (const set of Object.keys(manifest["node-red"].nodes)) {
      for (const file of [`${set}.js`, `${set}.html`, `locales/en-US/${set}.json`, `locales/en-US/${set}.html`]) {
        assert.ok(files.includes(`dist/nodes/${file}`), file);
      }
    }
    for (const plugin of Object.keys(manifest["node-red"].plugins))
      for (const file of [`${plugin}.js`, `${plugin}.html`, `locales/en-US/${plugin}.json`])
        assert.ok(files.includes(`dist/nodes/${file}`), file);
    assert.ok(files.some((file) => /^dist\/nodes\/icons\/.+\.svg$/.test(file)));
    for (const file of ["package.json", "LICENSE"]) assert.ok(files.includes(file), file);
  });

  it("holds no tests, simulator, scripts or sources", () => {
    const strange = packed.files
      .map((file) => file.path)
      .filter((file) => !/^(dist|examples)\/|^(package\.json|LICENSE|README\.md|CHANGELOG\.md)$/.test(file));
    assert.deepEqual(strange, []);
    const sources = packed.files.filter((file) => /\.ts$|\.spec\.|simulator|\/test\//.test(file.path));
    assert.deepEqual(sources, []);
  });

  it("is small, and stands on few packages", () => {
    // Nine languages are half of it.
    assert.ok(packed.size < 700_000, `${packed.size} bytes packed`);
    assert.deepEqual(Object.keys(manifest.dependencies).sort(), ["axios", "mqtt"]);
  });
});
