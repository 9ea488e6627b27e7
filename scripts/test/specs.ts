import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(__dirname, "..", "..");
/** Seconds that each file took when it last ran here. */
const memory = path.join(root, ".cache", "spec-seconds.json");

/** The folders of test/ that hold specs, in the order in which they begin where nothing is known of their files. */
const folders = ["slow", "chaos", "browser", "end-to-end", "integration", "simulator", "package", "unit"];
/** Specs in these run only when they are asked for. */
const onlyOnRequest = ["slow", "chaos", "browser"];
/** Specs that take long though their files are short; on a machine that has not run them, they would begin last. */
const longThoughShort = [
  "test/browser/texts.spec.ts",
  "test/browser/sidebar-accounts.spec.ts",
  "test/browser/matrix.spec.ts",
  "test/browser/lists.spec.ts",
  "test/browser/accessibility-themes.spec.ts",
  "test/slow/renewal.spec.ts",
  "test/slow/cluster.spec.ts",
];

/** Returns the specs of the named folders and files, or of all folders that need no request; the longest come first. */
export function findSpecs(selected: string[]): string[] {
  const usual = folders.filter((folder) => !onlyOnRequest.includes(folder));
  const specs = (selected.length > 0 ? selected : usual).flatMap(specsOf);
  if (specs.length === 0) throw new Error(`There are no specs in ${selected.join(", ")}.`);
  const seconds = readSeconds();
  const rank = (spec: string): number => folders.indexOf(spec.split("/")[1] ?? "");
  const size = (spec: string): number => statSync(path.join(root, spec)).size;
  // What is new here may be long.
  const duration = (spec: string): number => seconds[spec] ?? (longThoughShort.includes(spec) ? Infinity : 1e6);
  const isLonger = (a: string, b: string): number =>
    duration(b) - duration(a) || rank(a) - rank(b) || size(b) - size(a);
  return [...new Set(specs)].sort(isLonger);
}

function specsOf(selected: string): string[] {
  const folder = folders.includes(selected) ? `test/${selected}` : toPosix(path.relative(root, path.resolve(selected)));
  const where = path.join(root, folder);
  if (!existsSync(where)) throw new Error(`There is no ${selected}: name a file, or one of ${folders.join(", ")}.`);
  if (statSync(where).isFile()) return [folder];
  const inside = readdirSync(where, { recursive: true, encoding: "utf8" });
  return inside.filter((name) => name.endsWith(".spec.ts")).map((name) => `${folder}/${toPosix(name)}`);
}

function toPosix(name: string): string {
  return name.split(path.sep).join("/");
}

function readSeconds(): Record<string, number> {
  return existsSync(memory) ? (JSON.parse(readFileSync(memory, "utf8")) as Record<string, number>) : {};
}

/** Keeps how long the files took, for the order of the next run. `report` has a line "seconds file" for each. */
export function rememberSeconds(report: string): void {
  if (!existsSync(report)) return;
  const seconds = readSeconds();
  for (const line of readFileSync(report, "utf8").trim().split("\n")) {
    const [, took, file] = /^([\d.]+) (.+)$/.exec(line) ?? [];
    if (file !== undefined) seconds[toPosix(path.relative(root, file))] = Number(took);
  }
  mkdirSync(path.dirname(memory), { recursive: true });
  writeFileSync(memory, JSON.stringify(seconds, undefined, 2));
}
