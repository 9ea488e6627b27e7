import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * Finds a file of this package: the next one above this folder, which differs before and after the build.
 * @param parts the path of the file, from the folder that holds it or its folder
 * @throws Error where there is none
 */
export function findPackageFile(...parts: string[]): string {
  const file = path.join(...parts);
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, file);
    if (existsSync(candidate)) return candidate;
    if (folder === path.dirname(folder)) throw new Error(`The package has no ${file}.`);
  }
}

/** Reads a JSON file of this package, as `findPackageFile`. */
export function readPackageFile(...parts: string[]): unknown {
  return JSON.parse(readFileSync(findPackageFile(...parts), "utf8"));
}
