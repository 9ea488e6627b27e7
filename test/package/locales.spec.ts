import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { checkIds, findingLevels } from "../../cloud/doctor/index";
import { errorCodes } from "../../cloud/core/errors";
import { wantedOperations } from "../../nodes/manage/extra-operations";
import { formTable } from "../../nodes/manage/form-operations";
import { noteKey } from "../../nodes/manage/note-key";
import { noteCodes } from "../../nodes/migration/report";
import { insertRows } from "../../scripts/build/rows";
import { catalogue, original, placeholders, textFile } from "../support/texts";

const root = path.resolve(__dirname, "..", "..");
const packageName = "@iot-flows/node-red-arduino-cloud";
/** The sets of `nodes`, and the plugins of the editor, which have no help. */
const plugins = new Set(["sidebar", "migration"]);
const sets = readdirSync(path.join(root, "nodes")).flatMap((file) => /^(.+)\.html$/.exec(file)?.[1] ?? []);

function read(...where: string[]): string {
  return readFileSync(path.join(root, ...where), "utf8");
}

/** The English texts of a set by key, without the type in front. */
function textsOf(set: string): Map<string, string> {
  const front = `arduino-cloud-${set}.`;
  const texts = [...catalogue(original, `${set}.json`)];
  for (const [key] of texts) assert.ok(key.startsWith(front), `${key} is not under the name of the type`);
  return new Map(texts.map(([key, text]) => [key.slice(front.length), text]));
}

function sources(folder: string): string[] {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" });
  return files.filter((file) => file.endsWith(".ts")).map((file) => read(folder, file));
}

interface Form {
  /** The shared scripts that its texts are for, beside `forms/<set>`. */
  scripts: string[];
  /** The fields that have a list. */
  fields: string[];
  /** The texts of its status, error codes aside. */
  states: string[];
}

const listScripts = ["forms/thing-and-variable", "forms/list-choices"];
const usualForm: Form = {
  scripts: [...listScripts, "account-or-device"],
  fields: ["thing", "property"],
  states: ["connected", "connecting", "idle", "no-thing", "taken-over"],
};
const deviceStates = ["online", "offline", "unknown", "stale"].map((state) => `device-${state}`);
const forms: Record<string, Form> = {
  "property-in": { ...usualForm, states: [...usualForm.states, "speaking", "no-engine"] },
  "property-out": { ...usualForm, states: usualForm.states },
  "property-get": { ...usualForm, scripts: listScripts, states: ["idle", "working", "done"] },
  history: {
    ...usualForm,
    scripts: [...listScripts, "forms/archive"],
    states: ["idle", "working", "done", "elsewhere", "lost", "near"],
  },
  manage: {
    scripts: ["manage-pickers", "manage-fields", "manage-body", "list-choices", "device-choices"].map(
      (script) => `forms/${script}`,
    ),
    fields: ["thing", "property", "device", "dashboard", "trigger"],
    states: ["idle", "working", "done"],
  },
  "device-status": {
    scripts: ["forms/device-choices"],
    fields: ["device"],
    states: ["connecting", ...deviceStates],
  },
  "home-assistant": { scripts: [], fields: [], states: ["connecting", "idle"] },
};

/** The types of fields in the table of operations, each of which the form of manage says in words. */
const fieldKinds = ["string", "uuid", "integer", "number", "boolean", "time", "any", "map", "object", "list", "file"];

/** The keys that a set's form, scripts and runtime ask for. Keys made of parts are spread out here, by what makes them. */
function usedKeys(set: string): Set<string> {
  const type = `arduino-cloud-${set}`;
  const used = new Set<string>();
  const form = insertRows(read("nodes", `${set}.html`), type);
  for (const [, key] of form.matchAll(new RegExp(`${type}\\.([\\w.-]+)`, "g"))) if (key !== type) used.add(String(key));
  for (const [, key] of read("nodes", `${set}.editor.ts`).matchAll(/translate\("([\w.-]+)"/g)) used.add(String(key));
  const shared = (names: string[]): void => {
    for (const text of names.map((name) => read("nodes", "editor", `${name}.ts`)))
      for (const [, key] of text.matchAll(/translate\("([\w.-]+)"/g)) used.add(String(key));
  };
  const codes = errorCodes.map((code) => code.replaceAll("_", "-"));
  if (set === "account") {
    shared([
      "validators",
      "forms/connection-test",
      "forms/doctor-dialog",
      "forms/doctor-findings",
      "forms/doctor-subjects",
    ]);
    for (const count of ["problem", "warning", "ok", "skipped"]) used.add(`doctor.${count}-count`);
    for (const level of ["ok", "warning", "problem", "skipped"]) used.add(`doctor.level.${level}`);
    for (const { key } of doctorFindings) used.add(key);
    for (const id of checkIds) used.add(`doctor.title.${id}`);
    used.add("list.more").add("list.show-id").add("list.environment").add("error.flows-stopped");
    shared(["last-value-words", "forms/value-words", "forms/account"]);
    // Rows that forms share have their texts here.
    for (const other of sets)
      for (const [, key] of insertRows(read("nodes", `${other}.html`), "other").matchAll(
        /:arduino-cloud-account\.([\w.-]+)/g,
      ))
        used.add(String(key));
    for (const code of [
      ...codes,
      "no-permission",
      "secret-needed",
      "demo-house",
      "demo-closed",
      "no-node-red",
      "no-thing",
    ])
      used.add(`error.${code}`);
  } else if (set === "cluster") {
    return used;
  } else if (set === "device") {
    shared(["forms/create-device", "forms/device-pickers"]);
  } else if (set === "migration") {
    shared(["migration/dialog"]);
    for (const code of noteCodes) used.add(`note.${code}`);
  } else if (set === "sidebar") {
    shared(["import-file"]);
    // Said without a set's own script, which may be what is missing.
    const bare = read("nodes", "editor", "import-file.ts");
    for (const [, key] of bare.matchAll(/translate\("([\w.-]+)"/g)) used.add(String(key));
    shared(
      ["canvas", "details", "details-panel", "write-control", "tree-line", "drag-to-canvas", "tab", "tree"].map(
        (name) => `sidebar/${name}`,
      ),
    );
    shared(["imported/adopt", "imported/dialog"]);
    for (const kind of ["thing", "device"]) used.add(`import.which-${kind}`);
    shared(["page/dialog", "page/dashboard-ready"]);
    const details = read("nodes", "editor", "sidebar", "details.ts");
    for (const [, name] of details.matchAll(/name: "(\w+)"/g)) used.add(`label.${name}`);
    for (const [, act] of read("nodes", "editor", "sidebar", "details-panel.ts").matchAll(/"label\.(add-\w+)"/g))
      used.add(`label.${act}`);
    for (const group of ["things", "devices", "dashboards"]) used.add(`label.${group}`);
    for (const state of ["speaking", "sharing", "standing-by", "no-engine"]) used.add(`tip.cluster-${state}`);
    for (const node of ["property-in", "property-out", "device-status", "read-only"]) used.add(`label.becomes-${node}`);
    // What a page says is written by what makes it, for the editor and for manage.
    const notes = read("nodes", "dashboard-page", "notes.ts");
    for (const [kind, type] of [
      ["note", "PageNoteCode"],
      ["flow", "FlowTextKey"],
    ] as const) {
      const names = new RegExp(`type ${type} =([^;]*);`).exec(notes)?.[1] ?? "";
      for (const [, name] of names.matchAll(/"([\w-]+)"/g)) used.add(`page.${kind}.${name}`);
    }
  } else {
    const { scripts, fields, states } = forms[set] ?? usualForm;
    // A form without lists is made by what all such forms share.
    if (fields.length > 0) shared(["widgets/list-picker", `forms/${set}`, ...scripts]);
    const hints = [...read("nodes", "editor", "widgets", "list-picker.ts").matchAll(/`tip\.\$\{field\}-([\w-]+)`/g)];
    for (const [, hint] of hints) for (const field of fields) used.add(`tip.${field}-${hint}`);
    for (const state of [...states, ...codes]) used.add(`status.${state}`);
    if (set === "manage") for (const key of manageKeys()) used.add(key);
  }
  return used;
}

/** The notes on fields and input that manage's form shows. */
function manageNotes(): string[] {
  const { operations, schemas } = formTable();
  const fields = [...Object.values(schemas), ...operations.map(({ query }) => query)].flatMap((each) =>
    Object.values(each),
  );
  return [
    ...fields.flatMap(({ note, items }) => [note ?? [], items?.note ?? []].flat()),
    ...wantedOperations.flatMap(({ input }) => input.flatMap((line) => line.split(": ")[1] ?? [])),
  ];
}

/** The keys of what manage's form says of operations and their fields. */
function manageKeys(): string[] {
  const names = [...formTable().operations, ...wantedOperations].map(({ name }) => name.replace(/-v2$/, ""));
  return [
    ...fieldKinds.map((kind) => `kind.${kind}`),
    ...names.map((name) => `does.${name}`),
    ...manageNotes()
      .flatMap((note) => noteKey(note) ?? [])
      .map((key) => `note.${key}`),
  ];
}

/** All that the doctor can find: the key of its sentence, and how much it matters. */
const doctorFindings = Object.entries(findingLevels).flatMap(([topic, levels]) =>
  Object.entries(levels).map(([code, level]) => ({ key: `doctor.${topic}.${code}`, level })),
);

const singular = (key: string): string => key.replace(/_plural$/, "");

describe("catalogues", () => {
  for (const set of sets) {
    it(`${set}: has each text that is used, and no other`, () => {
      const texts = textsOf(set);
      assert.deepEqual([...new Set([...texts.keys()].map(singular))].sort(), [...usedKeys(set)].sort());
    });

    it(`${set}: has no blank text, and the same values in singular and plural`, () => {
      const texts = textsOf(set);
      for (const [key, text] of texts) {
        assert.notEqual(text.trim(), "", key);
        assert.deepEqual(placeholders(text), placeholders(texts.get(singular(key)) ?? ""), key);
      }
    });

    it(`${set}: fills its values from the code`, () => {
      const code = [...sources("nodes"), ...sources("cloud/doctor")].join("\n");
      for (const text of textsOf(set).values())
        for (const name of placeholders(text)) assert.match(code, new RegExp(`\\b${name.slice(2, -2)}\\b`), text);
    });

    it(`${set}: keeps each status short`, () => {
      for (const [key, text] of textsOf(set))
        if (key.startsWith("status.")) assert.ok(text.replaceAll("__", "").length <= 20, text);
    });

    if (!plugins.has(set))
      it(`${set}: has help, in markdown that is not indented`, () => {
        const help = textFile(original, `${set}.html`);
        assert.match(help, new RegExp(`^<script type="text/markdown" data-help-name="arduino-cloud-${set}">\\n\\S`));
        for (const line of help.split("\n")) {
          assert.doesNotMatch(line, /^\s+\S/, "indented");
          // Node-RED takes a line ": name (type) : text" for a property; one colon more, and it shows the line as it is.
          if (line.startsWith(":")) assert.match(line, /^: [^:]+ \([^:]+\) : [^:]+$/);
        }
      });
  }

  it("manage: has each note of the table of operations in its words", () => {
    const texts = textsOf("manage");
    for (const note of manageNotes()) {
      const key = noteKey(note);
      if (key !== undefined) assert.equal(texts.get(`note.${key}`), note);
    }
  });

  it("account: has a cure for every problem and warning of the doctor", () => {
    const texts = textsOf("account");
    for (const { key, level } of doctorFindings) {
      const sentence = texts.get(key) ?? "";
      assert.match(sentence, /^[A-Z_].*\.$/, key);
      if (level === "problem" || level === "warning") assert.match(sentence, /[.:;,] .*\.$/, key);
    }
  });

  it("are asked by the name of the package", () => {
    assert.match(read("nodes", "editor", "i18n.ts"), new RegExp(`RED\\._\\(\`${packageName}/`));
  });
});
