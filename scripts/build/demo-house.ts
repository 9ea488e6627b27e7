import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { buildSync, type Metafile } from "esbuild";

const root = path.resolve(__dirname, "..", "..");
const leftOut = path.join(__dirname, "left-out.ts");

/** The licences under which others may be passed on with no more than their text. */
const accepted = ["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Apache-2.0"];

/** Runs in the worker: the program as if it stood in the file's own place, so that it finds MQTT.js. */
const loader = `"use strict";
const path = require("node:path");
const program = require("node:fs").readFileSync(path.join(__dirname, "program.js.br"));
module._compile(require("node:zlib").brotliDecompressSync(program).toString(), path.join(__dirname, "program.js"));
`;

/**
 * Writes the demo house: the simulator with all that it needs as one program, compressed to a quarter; what runs it; and the
 * licences of what is in it. Only MQTT.js stays outside, since the package has it anyway.
 * @throws Error where something in it has a licence that nobody has thought about
 */
export function writeDemoHouse(folder: string): void {
  const { metafile, outputFiles } = buildSync({
    entryPoints: [path.join(root, "simulator", "demo-house", "worker.ts")],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    minify: true,
    keepNames: true,
    charset: "utf8",
    legalComments: "none",
    external: ["mqtt"],
    alias: {
      "@fastify/ajv-compiler": leftOut,
      "@fastify/fast-json-stringify-compiler": leftOut,
      "light-my-request": leftOut,
      // A copy of what Node has.
      "readable-stream": "node:stream",
    },
    outfile: path.join(folder, "program.js"),
    absWorkingDir: root,
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "house.js"), loader);
  writeFileSync(path.join(folder, "program.js.br"), brotliCompressSync(outputFiles[0]?.contents ?? ""));
  writeFileSync(path.join(folder, "LICENSES.txt"), licencesOf(metafile));
}

/** Returns a text with each licence once, below the packages that are under it. */
function licencesOf({ outputs }: Metafile): string {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
      if (folder !== undefined && bytesInOutput > 0) folders.add(path.join(root, folder));
    }
  }
  const terms = new Map<string, string[]>();
  for (const folder of [...folders].sort()) {
    const { title, holders, text } = licenceOf(folder);
    terms.set(text, [...(terms.get(text) ?? []), [title, ...holders].join("\n")]);
  }
  const line = "-".repeat(80);
  const entries = [...terms].map(([text, packages]) => `${line}\n${packages.join("\n\n")}\n\n${text}\n`);
  return `The file program.js.br holds the packages below, each under the licence that follows it.\n\n${entries.join("\n")}`;
}

/** Reads the licence of a package: whose it is, and the terms, which many have in common, without line breaks. */
function licenceOf(folder: string): { title: string; holders: string[]; text: string } {
  const { name, version, license, author } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license?: string;
    author?: string | { name: string };
  };
  if (license === undefined || !accepted.includes(license)) {
    throw new Error(`${name} in the demo house has the licence ${license ?? "(none)"}: may it be passed on?`);
  }
  const lines = licenceLines(folder);
  const own = typeof author === "object" ? author.name : (author ?? "its authors");
  // Some name the MIT licence, and bring no text.
  const terms = lines.length === 0 ? licenceLines(path.join(root, "node_modules", "esbuild")) : lines;
  return {
    title: `${name} ${version} (${license})`,
    holders: lines.length === 0 ? [`Copyright ${own}`] : lines.filter(isHolder).map((line) => line.trim()),
    text: unwrapped(terms.filter((line) => !isHolder(line))),
  };
}

/** Returns the lines of a package's licence; none where it brings none. */
function licenceLines(folder: string): string[] {
  const file = readdirSync(folder).find((candidate) => /^licen[cs]e/i.test(candidate));
  return file === undefined ? [] : readFileSync(path.join(folder, file), "utf8").split(/\r?\n/);
}

function isHolder(line: string): boolean {
  return /^\W*copyright\b.*\w/i.test(line) && !/copyright (notice|holder)/i.test(line);
}

/** Returns paragraphs with a line each: some break lines where others don't. */
function unwrapped(lines: readonly string[]): string {
  const paragraphs = lines
    .join("\n")
    .trim()
    .split(/\n\s*\n/);
  const plain = paragraphs.map((paragraph) => paragraph.replace(/\s+/g, " ").trim());
  return plain.filter((paragraph) => !/^\W*(the )?(MIT|ISC) licen[cs]e( \(.*\))?\W*$/i.test(paragraph)).join("\n\n");
}
