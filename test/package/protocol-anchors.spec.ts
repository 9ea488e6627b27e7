import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(__dirname, "..", "..");
const folders = ["cloud", "nodes", "simulator", "scripts", "test", "docs"];

/** Names of documents that a page of ours speaks of and that are none of this repository. */
const foreign = /\b(?:rest-api|data-api)\b|\bdesign(?:\.md)?,/;

/** The text of a file with the marks of comment lines taken out, so that a citation may go over the end of a line. */
function proseOf(file: string): string {
  return readFileSync(file, "utf8").replace(/\s*\n\s*(?:\*|\/\/)(?!\/)\s*/g, " ");
}

function filesOf(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:ts|mjs|html|md)$/.test(name))
    .map((name) => path.join(folder, name))
    .filter((file) => file !== path.relative(root, __filename) && !file.includes("fixtures"));
}

/** Returns the anchors that GitHub makes of a page's headings; those in fenced code are none. */
function anchorsOf(page: string): string[] {
  const text = readFileSync(page, "utf8").replace(/^```[^]*?^```/gm, "");
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Returns the pages and anchors that a text cites: `docs/protocol.md#time, #base-records` is two. */
function citationsOf(text: string): { page: string; anchor: string }[] {
  const found = text.matchAll(/\b(docs\/[\w-]+\.md)((?:#[\w-]+)(?:(?:,| and| or) #[\w-]+)*)/g);
  return [...found].flatMap(([, page = "", anchors = ""]) =>
    [...anchors.matchAll(/#([\w-]+)/g)].map(([, anchor = ""]) => ({ page, anchor })),
  );
}

describe("Citations of documents", () => {
  const sources = folders.flatMap(filesOf).map((file) => ({ file, prose: proseOf(path.join(root, file)) }));

  it("name an anchor that exists", () => {
    const anchors = new Map<string, string[]>();
    const cited = sources.flatMap(({ file, prose }) => citationsOf(prose).map((citation) => ({ file, ...citation })));
    const missing = cited.filter(({ page, anchor }) => {
      if (!anchors.has(page)) anchors.set(page, anchorsOf(path.join(root, page)));
      return !anchors.get(page)?.includes(anchor);
    });
    assert.deepEqual(missing, []);
    assert.ok(cited.length > 100, `${cited.length} citations were found`);
  });

  it("name no document that is not in this repository", () => {
    const strangers = sources.filter(({ prose }) => foreign.test(prose)).map(({ file }) => file);
    const pages = [
      ...readdirSync(root),
      ...readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" }),
    ];
    const known = new Set(pages.map((page) => path.basename(page)));
    const missing = sources.flatMap(({ file, prose }) =>
      [...prose.matchAll(/[\w-]+\.md\b/g)].filter(([page]) => !known.has(page)).map(([page]) => `${file}: ${page}`),
    );
    assert.deepEqual([...strangers, ...missing], []);
  });

  it("in docs/protocol.md lead to its own headings, and its table of contents has them all", () => {
    const page = readFileSync(path.join(root, "docs", "protocol.md"), "utf8");
    const anchors = anchorsOf(path.join(root, "docs", "protocol.md"));
    const links = [...page.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = ""]) => anchor);
    assert.deepEqual(
      links.filter((anchor) => !anchors.includes(anchor)),
      [],
    );
    const sections = [...page.matchAll(/^### (.*)$/gm)].map(([, heading = ""]) => heading);
    const contents = page.slice(0, page.indexOf("\n## "));
    assert.deepEqual(
      sections.filter((heading) => !contents.includes(`[${heading}](`)),
      [],
    );
    assert.equal(new Set(anchors).size, anchors.length, "two headings have the same anchor");
  });
});
