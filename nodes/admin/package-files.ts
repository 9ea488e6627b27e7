import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * Reads a JSON file of this package: the next one above this folder, which differs before and after the build.
 * @param parts the path of the file, from the folder that holds it or its folder
 */
export function readPackageFile(...parts: string[]): unknown {
  const file = path.join(...parts);
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, file);
    if (existsSync(candidate)) return JSON.parse(readFileSync(candidate, "utf8"));
    if (folder === path.dirname(folder)) throw new Error(`The package has no ${file}.`);
  }
}
