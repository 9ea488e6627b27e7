import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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
