import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { transformSync } from "esbuild";

/** Letters in a line, so that the place that an error tells can be found. */
const lineLimit = 120;

/**
 * Takes the comments and the white space out of all scripts and catalogues in a folder, a quarter of them. Names stay, so that
 * errors tell where they come from.
 */
export function shrinkFiles(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const file = path.join(folder, name);
    if (name.endsWith(".json")) writeFileSync(file, JSON.stringify(JSON.parse(readFileSync(file, "utf8"))));
    else if (name.endsWith(".js")) writeFileSync(file, shrunk(readFileSync(file, "utf8")));
  }
}

function shrunk(script: string): string {
  return transformSync(script, { charset: "utf8", target: "es2022", minifyWhitespace: true, lineLimit }).code;
}
