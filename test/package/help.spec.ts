import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { errorCodes } from "../../cloud/core/errors";
import { messagePropertyOf, operationsOf, pathParameters, resources } from "../../cloud/manage/index";
import { wantedOperations } from "../../nodes/manage/extra-operations";
import { insertRows } from "../../scripts/build/rows";
import { helpEntries, helpSection } from "../support/help";
import { catalogue, original, textFile, textFiles } from "../support/texts";

const root = path.resolve(__dirname, "..", "..");
const sets = textFiles(original).flatMap((file) => /^(.+)\.html$/.exec(file)?.[1] ?? []);

function read(...where: string[]): string {
  return readFileSync(path.join(root, ...where), "utf8");
}

/** All English texts, by key with the type in front. */
const texts = new Map(
  textFiles(original)
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) => [...catalogue(original, file)]),
);

const help = (set: string): string => textFile(original, `${set}.html`);
const form = (set: string): string => insertRows(read("nodes", `${set}.html`), `arduino-cloud-${set}`);

/** The words of a form: of labels, headings, buttons and entries of lists. */
function wordsOf(set: string): Set<string> {
  const keys = [...form(set).matchAll(/(?:^|[":])(arduino-cloud-[\w-]+\.[\w.-]+)/g)].map(([, key = ""]) => key);
  return new Set(keys.flatMap((key) => texts.get(key) ?? []));
}

/** The labels of a form by the fields that they are for. */
function labelsOf(set: string): Map<string, string> {
  const label = /<label\s+for="node-(?:config-)?input-(\w+)"[^]*?data-i18n="(?:@[^:"]*:)?([\w.-]+)"/g;
  const found = [...form(set).matchAll(label)].map(
    ([, field = "", key = ""]) => [field, texts.get(key) ?? ""] as const,
  );
  // The second label of a checkbox stands beside it.
  return new Map(found.toReversed());
}

/** What the empty fields of a form show, by field. */
function placeholdersOf(set: string): Map<string, string> {
  const inputs = [...form(set).matchAll(/<input[^>]*?id="node-(?:config-)?input-(\w+)"[^>]*>/g)];
  return new Map(
    inputs.flatMap(([input, field = ""]) => {
      const [, fixed] = /\splaceholder="([^"]*)"/.exec(input) ?? [];
      const [, key = ""] = /\[placeholder\](?:@[^:"]*:)?([\w.-]+)"/.exec(input) ?? [];
      const shown = fixed ?? texts.get(key);
      return shown === undefined ? [] : [[field, shown] as const];
    }),
  );
}

/** The fields of a node as the editor registers them, the credentials included. */
function fieldsOf(set: string): string[] {
  const script = read("nodes", `${set}.editor.ts`);
  const blocks = [...script.matchAll(/^ {2}(?:defaults|credentials): \{\n([^]*?)^ {2}\},/gm)];
  return blocks.flatMap(([, block = ""]) => [...block.matchAll(/^ {4}(\w+): \{/gm)].map(([, field = ""]) => field));
}

/** What runs in a node: its set and its own folder. */
function ownCode(set: string): string {
  const folder = path.join(root, "nodes", set);
  const files = existsSync(folder) ? readdirSync(folder).map((file) => path.join("nodes", set, file)) : [];
  return [`nodes/${set}.ts`, ...files].map((file) => read(file)).join("\n");
}

/** The properties that a node reads of a message, as far as its code names them in one of the usual ways. */
function readProperties(set: string): Set<string> {
  const code = ownCode(set);
  const found = [...code.matchAll(/(?:messageText|flagOf)\(message, "(\w+)"/g)].map(([, name = ""]) => name);
  if (code.includes("messageThing(")) found.push("thingId", "thing");
  if (/messageProperty(Field)?\(/.test(code)) found.push("property");
  if (code.includes("messageProperty(")) found.push("topic");
  if (set === "manage") {
    const kinds = resources.flatMap(operationsOf).flatMap(({ row }) => pathParameters(row).map(({ kind }) => kind));
    found.push(...kinds.map(messagePropertyOf));
  }
  return new Set(found);
}

const bold = (text: string): string[] => [...text.matchAll(/\*\*([^*]+)\*\*/g)].map(([, word = ""]) => word);

/** Bold words that are no words of a form: headings of what the help tells beside it, and words of other dialogs. */
const headings: Readonly<Record<string, readonly string[]>> = {
  history: ["One chart for both", "Buckets"],
  manage: ["Many at once", "Updates over the air", "Dashboards", "Delete", "any"],
  account: ["Copy as text"],
};

for (const set of sets)
  describe(`the help of ${set}`, () => {
    it("tells of each field of the form", () => {
      const labels = labelsOf(set);
      const told = help(set).toLowerCase();
      const fields = fieldsOf(set).filter((field) => labels.has(field) && field !== "name");
      assert.ok(fields.length > 0);
      assert.deepEqual(
        fields.filter((field) => !told.includes((labels.get(field) ?? "").toLowerCase())),
        [],
      );
      // What has no label is kept for labels of the canvas, or shown by another field.
      const unlabelled = fieldsOf(set).filter((field) => !labels.has(field) && !field.endsWith("Name"));
      assert.deepEqual(
        unlabelled.filter((field) => !["demo"].includes(field)),
        [],
      );
    });

    it("uses the words of the form", () => {
      const words = wordsOf(set);
      const operations = set === "manage" ? [...resources.flatMap(operationsOf), ...wantedOperations] : [];
      const known = new Set([...words, ...(headings[set] ?? []), ...operations.map(({ name }) => name)]);
      const unknown = bold(help(set)).filter(
        (word) => !word.split(", ").every((one) => known.has(one)) && !known.has(word),
      );
      assert.deepEqual(unknown, []);
    });

    it("names the properties of messages that the node reads, and no others", () => {
      const code = ownCode(set);
      const names = [
        ...helpEntries(help(set), "Inputs").map(({ name }) => name),
        ...[...help(set).matchAll(/msg\.(\w+)/g)].map(([, name = ""]) => name),
      ];
      const isInCode = (name: string): boolean =>
        new RegExp(`\\b${name}\\b`).test(code) || readProperties(set).has(name);
      // A response of core nodes, and what the core adds for a Catch node, are not ours.
      assert.deepEqual(
        names.filter((name) => !isInCode(name) && !["res", "error"].includes(name)),
        [],
      );
      const told = help(set);
      assert.deepEqual(
        [...readProperties(set)].filter((name) => !new RegExp(`\\b${name}\\b`).test(told)),
        [],
      );
    });

    it("tells the values that count where a message brings none", () => {
      const placeholders = placeholdersOf(set);
      for (const { name, text } of helpEntries(help(set), "Inputs")) {
        const [, usual] = /`?([^\s`;]+)`? if missing/.exec(text) ?? [];
        const shown = placeholders.get(name) ?? "";
        if (usual !== undefined && shown.includes("; else "))
          assert.ok(shown.endsWith(` ${usual}`), `${name}: ${shown}`);
      }
    });

    it("shows statuses as they are", () => {
      const shown = [...helpSection(help(set), "Status").matchAll(/(?<!\*)\*([^*]+)\*(?!\*)/g)].map(
        ([, text = ""]) => text,
      );
      const ours = new Set(
        [...texts].flatMap(([key, text]) => (key.startsWith(`arduino-cloud-${set}.status.`) ? [text] : [])),
      );
      const unknown = shown.filter((text) => !ours.has(text) && !/[\d⏸]/.test(text));
      assert.deepEqual(unknown, []);
    });

    it("names error codes that there are", () => {
      const errors = helpSection(help(set), "Errors");
      const codes = [...errors.matchAll(/`(\w+)`/g)].map(([, code = ""]) => code);
      assert.deepEqual(
        codes.filter((code) => !(errorCodes as readonly string[]).includes(code)),
        [],
      );
    });
  });

/** The parts of the guide that tell of one node, with the node's set. */
const guide: readonly { set: string; file: string; heading?: string }[] = [
  { set: "property-in", file: "nodes.md", heading: "property in" },
  { set: "property-out", file: "nodes.md", heading: "property out" },
  { set: "property-get", file: "nodes.md", heading: "property get" },
  { set: "device-status", file: "nodes.md", heading: "device status" },
  { set: "history", file: "archive.md" },
  { set: "manage", file: "managing.md" },
  { set: "home-assistant", file: "home-assistant.md" },
];

/** Returns the lines of a page of the guide that tell of a node. */
function guideText(file: string, heading = ""): string {
  const text = read("docs", "guide", file);
  return heading === "" ? text : (new RegExp(`^## ${heading}[^]*?(?=^## |(?![^]))`, "m").exec(text)?.[0] ?? "");
}

/** Returns the rows of the tables of fields: fields and defaults. */
function fieldRows(text: string): { fields: string[]; usual: string }[] {
  return [...text.matchAll(/^\| Field .*\n\| -.*\n((?:\|.*\n)+)/gm)].flatMap(([, rows = ""]) =>
    rows
      .trim()
      .split("\n")
      .map((row) => row.split("|").map((cell) => cell.trim()))
      .map(([, fields = "", usual = ""]) => ({ fields: fields.replace(" …", "").split(", "), usual })),
  );
}

describe("the guide", () => {
  for (const { set, file, heading } of guide)
    it(`names the fields of ${set} as its form does, with their defaults, in a table or by the way`, () => {
      const text = guideText(file, heading);
      const rows = fieldRows(text);
      const labels = labelsOf(set);
      const words = wordsOf(set);
      assert.deepEqual(
        rows.flatMap(({ fields }) => fields).filter((field) => !words.has(field)),
        [],
      );
      const told = text.toLowerCase();
      const untold = [...labels].filter(([field, label]) => field !== "name" && !told.includes(label.toLowerCase()));
      assert.deepEqual(
        untold.map(([, label]) => label),
        [],
      );
      const placeholders = placeholdersOf(set);
      for (const { fields, usual } of rows) {
        const [number] = /^\d+/.exec(usual) ?? [];
        const [field = ""] = [...labels].find(([, label]) => label === fields[0]) ?? [];
        if (number !== undefined) assert.match(placeholders.get(field) ?? "", new RegExp(`\\b${number}$`), fields[0]);
      }
    });

  it("has a table of fields wherever it tells of a node at length", () => {
    const pages = readdirSync(path.join(root, "docs", "guide"));
    const withTable = pages.filter((page) => fieldRows(guideText(page)).length > 0);
    assert.deepEqual(withTable.sort(), [...new Set(guide.map(({ file }) => file))].sort());
  });
});

describe("the forms", () => {
  for (const set of sets)
    it(`${set}: show the default of each number in the empty field`, () => {
      const script = read("nodes", `${set}.editor.ts`);
      const numbers = [...script.matchAll(/^ {4}(\w+): \{\s*value: (\d+)/gm)];
      const placeholders = placeholdersOf(set);
      for (const [, field = "", value = ""] of numbers)
        if (placeholders.has(field)) assert.equal(placeholders.get(field), value, field);
    });
});
