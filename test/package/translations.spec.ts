import assert from "node:assert/strict";
import { catalogue, complete, languages, original, placeholders, textFile, textFiles } from "../support/texts";

/** What a help page has in every language, whatever the words around it. */
function skeleton(help: string): Record<string, string[]> {
  const example = /^```[^]*?^```$/gm;
  const words = help.replaceAll(example, "");
  const all = (pattern: RegExp): string[] => [...words.matchAll(pattern)].map(([found]) => found);
  return {
    script: all(/<[^>]+>/g),
    headings: all(/^#+ /gm),
    properties: all(/^: [^:]+ : /gm),
    lists: all(/^ *(-|\d+\.) /gm),
    code: all(/`[^`]+`/g).sort(),
    addresses: all(/\]\([^)]+\)/g),
    examples: help.match(example) ?? [],
  };
}

/** A status is read below a node, where little fits; English has the 20 characters of `locales.spec.ts`. */
const longestStatus = 24;

for (const language of new Set([...languages, ...complete]))
  if (language !== original)
    describe(`texts in ${language}`, () => {
      const files = textFiles(original);

      it("are in files that the original has too", () => {
        assert.deepEqual(
          textFiles(language).filter((file) => !files.includes(file)),
          [],
        );
        if (complete.includes(language)) assert.deepEqual(textFiles(language), files);
      });

      for (const file of files.filter((name) => textFiles(language).includes(name)))
        if (file.endsWith(".json")) fitsCatalogue(language, file);
        else fitsHelp(language, file);
    });

function fitsCatalogue(language: string, file: string): void {
  const english = catalogue(original, file);
  const texts = catalogue(language, file);

  it(`${file}: has the keys of the original, and fills in the same values`, () => {
    for (const [key, text] of texts) {
      assert.notEqual(text.trim(), "", key);
      assert.deepEqual(placeholders(text), placeholders(english.get(key) ?? "no such key"), key);
    }
    // Node-RED fills a missing plural with the English one, also where a language has a single form for all numbers.
    if (complete.includes(language)) assert.deepEqual([...texts.keys()].sort(), [...english.keys()].sort());
  });

  if (!complete.includes(language)) return;
  it(`${file}: keeps each status short`, () => {
    for (const [key, text] of texts)
      if (/\.status\.[\w-]+$/.test(key)) assert.ok(text.replaceAll("__", "").length <= longestStatus, text);
  });
}

function fitsHelp(language: string, file: string): void {
  if (!complete.includes(language)) return;
  it(`${file}: documents what the original does, in the same order`, () => {
    assert.deepEqual(skeleton(textFile(language, file)), skeleton(textFile(original, file)));
  });
}
