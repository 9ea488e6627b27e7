import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { format } from "prettier";
import { operations } from "../../cloud/rest/index";
import { operationsPage } from "../../scripts/operations-doc/page";

const page = path.resolve(__dirname, "..", "..", "docs", "operations.md");

describe("docs/operations.md", () => {
  it("is what `npm run docs` makes of the table", async () => {
    const made = await format(operationsPage(), { parser: "markdown", printWidth: 120 });
    assert.equal(readFileSync(page, "utf8"), made, "out of date: run npm run docs");
  });

  it("tells of every operation", () => {
    const text = operationsPage();
    for (const { id, verb, path: template } of operations)
      assert.ok(text.includes(`\`${verb} ${template}\` (\`${id}\``), id);
  });
});

const root = path.resolve(__dirname, "..", "..");
const source = "https://github.com/iot-flows/node-red-arduino-cloud/blob/main/";
const pictures = "https://raw.githubusercontent.com/iot-flows/node-red-arduino-cloud/main/";

/** Returns a heading as GitHub writes it in addresses. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

/** Fails where a link leads to no file, or to no heading of it. */
function expectLinksToLead(file: string): void {
  const text = readFileSync(path.join(root, file), "utf8");
  for (const [, link = ""] of text.matchAll(/\]\(([^)]+)\)/g)) {
    const local = link.startsWith(source) ? link.slice(source.length) : link.replace(pictures, "");
    if (/^https?:/.test(local)) continue;
    const [target = "", anchor] = local.split("#");
    const base = local === link ? path.dirname(file) : "";
    const place = target === "" ? path.join(root, file) : path.join(root, base, target);
    assert.ok(existsSync(place), `${file}: ${link}`);
    if (anchor === undefined) continue;
    const headings = [...readFileSync(place, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
    assert.ok(headings.map(anchorOf).includes(anchor), `${file}: ${link}`);
  }
}

const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  "node-red": { nodes: Record<string, string> };
};

describe("README.md and the guide", () => {
  const guide = readdirSync(path.join(root, "docs", "guide")).map((name) => path.join("docs", "guide", name));

  it("are short, and lead somewhere with each link", () => {
    assert.ok(readFileSync(path.join(root, "README.md"), "utf8").split("\n").length <= 151);
    for (const file of ["README.md", ...guide]) expectLinksToLead(file);
  });

  it("have addresses that hold outside of the repository, where the Flow Library shows the README", () => {
    const text = readFileSync(path.join(root, "README.md"), "utf8");
    const found = [...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, address = ""]) => address);
    assert.ok(found.length > 0);
    for (const address of found) assert.ok(address.startsWith(pictures), address);
  });

  it("are led to by the help of each node, in each language", () => {
    for (const language of readdirSync(path.join(root, "locales"))) {
      const helps = readdirSync(path.join(root, "locales", language)).filter((name) => name.endsWith(".html"));
      assert.equal(helps.length, Object.keys(manifest["node-red"].nodes).length);
      for (const help of helps) {
        const file = path.join("locales", language, help);
        assert.ok(readFileSync(path.join(root, file), "utf8").includes(`](${source}docs/guide/`), file);
        expectLinksToLead(file);
      }
    }
  });
});
