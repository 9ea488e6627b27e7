import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { installedPackage, type Packed } from "../support/package";

const root = path.resolve(__dirname, "..", "..");
const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
  "node-red": { nodes: Record<string, string>; plugins: Record<string, string> };
};
/** What npm installs, by folder. */
const { packages } = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")) as {
  packages: Record<string, { dev?: boolean; resolved?: string; hasInstallScript?: boolean }>;
};
/** The folders of what is installed beside the package, for its users. */
const installed = Object.keys(packages).filter((folder) => folder !== "" && packages[folder]?.dev !== true);

/** The bytes of all files of a package, without those of packages within it. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return sum + (entry.name === "node_modules" ? 0 : sizeOf(file));
    return sum + statSync(file).size;
  }, 0);
}

describe("the packed package", function () {
  this.timeout(60_000);
  let packed: Packed;
  before(async () => {
    ({ packed } = await installedPackage());
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
    for (const file of ["house.js", "program.js.br", "LICENSES.txt"])
      assert.ok(files.includes(`dist/demo-house/${file}`), file);
  });

  it("holds no tests, simulator, scripts or sources", () => {
    const strange = packed.files
      .map((file) => file.path)
      .filter((file) => !/^(dist|resources|examples)\/|^(package\.json|LICENSE|README\.md|CHANGELOG\.md)$/.test(file));
    assert.deepEqual(strange, []);
    const sources = packed.files.filter((file) => /\.ts$|\.spec\.|simulator|\/test\//.test(file.path));
    assert.deepEqual(sources, []);
  });

  it("is small, and stands on few packages", () => {
    // Nine languages are almost half of it.
    assert.ok(packed.size < 950_000, `${packed.size} bytes packed`);
    const house = packed.files.filter((file) => file.path.startsWith("dist/demo-house/"));
    const bytes = house.reduce((sum, file) => sum + file.size, 0);
    assert.ok(bytes < 250_000, `${bytes} bytes of demo house`);
    assert.deepEqual(Object.keys(manifest.dependencies).sort(), ["axios", "https-proxy-agent", "ioredis", "mqtt"]);
  });

  it("takes less than 15 MB with all that it stands on, and needs neither a compiler nor git", () => {
    const bytes = installed.reduce((sum, folder) => sum + sizeOf(path.join(root, folder)), packed.unpackedSize);
    assert.ok(bytes > 4_000_000 && bytes < 15_000_000, `${bytes} bytes installed`);
    for (const folder of installed) {
      assert.notEqual(packages[folder]?.hasInstallScript, true, folder);
      // Without an address it comes from the registry: npm leaves it out where settings say so.
      assert.match(packages[folder]?.resolved ?? "https:", /^https:/, folder);
    }
  });
});
