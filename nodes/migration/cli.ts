#!/usr/bin/env node
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { planMigration } from "./convert";
import { parseFlowFile } from "./flow-file";
import { replaceFile } from "./replace-file";
import type { Migration, Note } from "./report";

/** The command line: `node-red-arduino-cloud migrate flows.json`, a dry run unless it is told where to write. */

const usage = `Moves a flow file over from Arduino's own Node-RED nodes.

  npx @iot-flows/node-red-arduino-cloud migrate flows.json [--write out.json] [--new-messages]

Without --write it only tells what would change. The file may be written over: what was there is kept beside it,
with .backup (.backup-2 …) at its end. Stop Node-RED before you change its flow file.

  --write FILE     write the converted flow to FILE
  --new-messages   give messages the shape of this package, instead of keeping the old one
  --help           show this
`;
/** The catalogue of the editor's dialog, where the build has put it. */
const catalogue = path.join(__dirname, "..", "locales", "en-US", "migration.json");

/** A mistake that the user has to mend: it ends the program with its text. */
class UserError extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2,
  ) {
    super(message);
  }
}

/** Returns what goes to the console. */
function run(args: string[]): string {
  const { positionals, values } = parse(args);
  if (values.help) return usage;
  const [command, file, ...more] = positionals;
  if (command !== "migrate" || file === undefined || more.length > 0) throw new UserError(usage, 2);
  const source = read(file);
  const { flow, print } = parseFlowFile(source, (reason) => new UserError(`${file} ${reason}`, 1));
  const newId = (): string => randomBytes(8).toString("hex");
  const migration = planMigration(flow, { keepsShape: !values["new-messages"], newId });
  if (migration.steps.length === 0) return `${file}: there are no nodes of Arduino's own package. Nothing to do.\n`;
  if (values.write === undefined) return `${report(migration)}\n${dryRun(file)}`;
  const before = path.resolve(values.write) === path.resolve(file) ? source : undefined;
  const end = write(values.write, print(migration.flow), before, migration);
  return `${report(migration)}\n${end}`;
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { write: { type: "string" }, "new-messages": { type: "boolean" }, help: { type: "boolean" } },
    });
  } catch (reason) {
    throw new UserError(`${(reason as Error).message}\n\n${usage}`, 2);
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (reason) {
    throw new UserError(`${file} can't be read: ${(reason as Error).message}`, 1);
  }
}

function dryRun(file: string): string {
  return `Nothing was written. To convert the flow, add --write ${JSON.stringify(file)} or another file.\n`;
}

function write(file: string, text: string, before: string | undefined, { keys }: Migration): string {
  let backup: string | undefined;
  try {
    backup = replaceFile(file, text, before);
  } catch (reason) {
    throw new UserError(`${file} can't be written: ${(reason as Error).message}.`, 1);
  }
  const lines = [`Written to ${file}${backup === undefined ? "" : `; what was there is in ${backup}`}.`];
  lines.push("The API keys stay where they are, in the credentials file (flows_cred.json goes with flows.json).");
  for (const { name } of keys.filter(({ from, to }) => from !== to))
    lines.push(`Enter the API key of the account ${quoted(name)} in the editor.`);
  return `${lines.join("\n")}\n`;
}

/** Writes what becomes of each node, a line for each thing to know. */
function report({ steps }: Migration): string {
  const texts = (JSON.parse(readFileSync(catalogue, "utf8")) as Record<"arduino-cloud-migration", Texts>)[
    "arduino-cloud-migration"
  ];
  const say = ({ code, values = {} }: Note): string =>
    texts.note[code].replace(/__(\w+)__/g, (whole, name: string) => oneLine(String(values[name] ?? whole)));
  return steps
    .map(({ id, name, from, to, notes }) =>
      [`${from} ${quoted(name || id)} -> ${to}`, ...notes.map((note) => `  - ${say(note)}`), ""].join("\n"),
    )
    .join("\n");
}

function quoted(name: string): string {
  return JSON.stringify(oneLine(name));
}

/** Returns a text from the file, without what a terminal would take for commands. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

interface Texts {
  note: Record<Note["code"], string>;
}

try {
  process.stdout.write(run(process.argv.slice(2)));
} catch (reason) {
  if (!(reason instanceof UserError)) throw reason;
  process.stderr.write(`${reason.message}\n`);
  process.exitCode = reason.exitCode;
}
