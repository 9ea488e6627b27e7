import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { insertRows } from "../../scripts/build/rows";

const built = path.resolve(__dirname, "..", "..", "dist", "nodes");
const pages = readdirSync(built).filter((file) => file.endsWith(".html"));

describe("the forms of the package", () => {
  for (const page of pages) {
    it(`${page}: are complete, with a label for each field, each once`, () => {
      const [, form = ""] = readFileSync(path.join(built, page), "utf8").split(/<script type="text\/html"[^>]*>/);
      assert.doesNotMatch(form, /\{\{|<!-- row|\s(id|placeholder|data-i18n)=""/);
      const ids = [...form.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => String(id));
      assert.deepEqual(ids, [...new Set(ids)]);
      const labelled = [...form.matchAll(/<label\s+for="([^"]*)"/g)].map(([, id]) => String(id));
      assert.deepEqual(
        labelled.filter((id) => !ids.includes(id)),
        [],
      );
    });
  }

  it("have no field under whose name the editor keeps something else of a node", () => {
    const fields = pages.flatMap((page) => [
      ...readFileSync(path.join(built, page), "utf8").matchAll(/\sid="node-(?:config-)?input-([\w-]+)"/g),
    ]);
    const names = new Set(fields.map(([, name]) => String(name)));
    assert.ok(names.has("availability"));
    const kept = [
      "status",
      "statusClass",
      "valid",
      "validationErrors",
      "changed",
      "dirty",
      "moved",
      "selected",
      "users",
    ];
    for (const name of [
      ...kept,
      "id",
      "type",
      "z",
      "x",
      "y",
      "w",
      "h",
      "l",
      "g",
      "d",
      "wires",
      "ports",
      "info",
      "icon",
    ])
      assert.ok(!names.has(name), name);
  });

  it("have what their own page gives to a shared row, and nothing of what it doesn't", () => {
    const row = insertRows('<!-- row list field="thing" icon="cube" placeholder="msg.thingId" -->\n', "the-type");
    assert.match(row, /^<div class="form-row">/);
    assert.match(row, /fa fa-cube.* data-i18n="the-type\.label\.thing"/);
    assert.match(row, /id="node-input-thing"\s+placeholder="msg\.thingId"\s*\/>/);
    const other = insertRows(
      '<!-- row list field="thing" icon="cube" text="thing" class="a b" id="row" -->\n',
      "the-type",
    );
    assert.match(other, /^<div class="form-row a b" id="row">/);
    assert.match(other, /data-i18n="\[placeholder\]the-type\.placeholder\.thing"/);
    assert.doesNotMatch(other, / placeholder=/);
  });
});
