/**
 * Builds the package: `dist/` for the runtime (tsc), the editor's scripts and forms (esbuild), catalogues and icons beside
 * them; and `resources/`, which Node-RED serves to the editor.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildSync, type BuildOptions } from "esbuild";
import { formOperations } from "../nodes/manage/form-operations";
import { insertRows } from "./build/rows";

const root = path.resolve(__dirname, "..");
const nodes = path.join(root, "nodes");
const output = path.join(root, "dist", "nodes");
const resources = path.join(root, "resources");
// TypeScript 7 makes the same files as 6 in a fifth of the time; ESLint still asks for 6.
const typescript = path.join(root, "node_modules", "typescript-7", "bin", "tsc");

for (const folder of ["dist", "resources"]) rmSync(path.join(root, folder), { recursive: true, force: true });
for (const project of ["tsconfig.json", "tsconfig.editor.json"]) {
  execFileSync(process.execPath, [typescript, "-p", project], { cwd: root, stdio: "inherit" });
}

mkdirSync(output, { recursive: true });
const sharedCode = writeSharedCode();
for (const editor of readdirSync(nodes).filter((name) => name.endsWith(".editor.ts"))) {
  writeSet(editor.slice(0, -".editor.ts".length), sharedCode);
}
for (const folder of ["locales", "icons"]) {
  const source = path.join(root, folder);
  if (existsSync(source)) cpSync(source, path.join(output, folder), { recursive: true });
}

/**
 * Writes what the sets share into one file and returns its name, which says what is in it: a browser can't have an older
 * one in its cache, and what an update has taken away is missed rather than mistaken.
 */
function writeSharedCode(): string {
  const code = bundle("editor/shared.ts", {
    format: "esm",
    target: "es2022",
    minify: true,
    define: { FORM_OPERATIONS: JSON.stringify(formOperations()) },
  });
  const file = `editor-${createHash("sha256").update(code).digest("hex").slice(0, 8)}.js`;
  mkdirSync(resources);
  writeFileSync(path.join(resources, file), code);
  return file;
}

/** Writes the `.html` of a set: its script and its forms. */
function writeSet(set: string, sharedCode: string): void {
  const script = bundle(`${set}.editor.ts`, {
    format: "iife",
    target: "es2020",
    define: { SHARED_CODE_FILE: JSON.stringify(sharedCode) },
  });
  const form = insertRows(readFileSync(path.join(nodes, `${set}.html`), "utf8"), `arduino-cloud-${set}`);
  // The Flow Library and `node-red-dev validate` look for exactly this attribute.
  const start = `<script type="text/javascript">\n${script}</script>\n\n`;
  writeFileSync(path.join(output, `${set}.html`), start + form.replace(/^ +|^\n/gm, ""));
}

function bundle(entry: string, options: BuildOptions): string {
  const { outputFiles = [] } = buildSync({
    entryPoints: [path.join(nodes, entry)],
    bundle: true,
    write: false,
    charset: "utf8",
    ...options,
  });
  return outputFiles[0]?.text ?? "";
}
