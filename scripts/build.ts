/** Builds `dist/`: tsc for the runtime, esbuild for the editor scripts, catalogues and icons copied beside them. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";

const root = path.resolve(__dirname, "..");
const nodes = path.join(root, "nodes");
const output = path.join(root, "dist", "nodes");
// TypeScript 7 makes the same files as 6 in a fifth of the time; ESLint still asks for 6.
const typescript = path.join(root, "node_modules", "typescript-7", "bin", "tsc");

rmSync(path.join(root, "dist"), { recursive: true, force: true });
for (const project of ["tsconfig.json", "tsconfig.editor.json"]) {
  execFileSync(process.execPath, [typescript, "-p", project], { cwd: root, stdio: "inherit" });
}
mkdirSync(output, { recursive: true });

for (const editor of readdirSync(nodes).filter((name) => name.endsWith(".editor.ts"))) {
  const set = editor.slice(0, -".editor.ts".length);
  const script = buildSync({
    entryPoints: [path.join(nodes, editor)],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2020",
    charset: "utf8",
  }).outputFiles[0]?.text;
  const form = readFileSync(path.join(nodes, `${set}.html`), "utf8");
  // The Flow Library and `node-red-dev validate` look for exactly this attribute.
  writeFileSync(path.join(output, `${set}.html`), `<script type="text/javascript">\n${script}</script>\n\n${form}`);
}

for (const folder of ["locales", "icons"]) {
  const source = path.join(root, folder);
  if (existsSync(source)) cpSync(source, path.join(output, folder), { recursive: true });
}
