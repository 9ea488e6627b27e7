import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { npmCommand } from "../npm";

const execute = promisify(execFile);
export const root = path.resolve(__dirname, "..", "..");

/** The sources of `dist/`. */
const sources = [
  ...["cloud", "nodes", "types", "icons", "locales", "simulator"],
  ...["scripts/build.ts", "scripts/build", "tsconfig.json", "package.json"],
];

/** Runs the build unless `dist/` is newer than everything it is made of. */
export async function ensureBuilt(signal: AbortSignal): Promise<void> {
  const built = path.join(root, "dist", "nodes", "account.html");
  const newest = Math.max(...sources.map((source) => newestChange(path.join(root, source))));
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return;
  console.log("Building the package …");
  await run(process.execPath, ["--import", "tsx", path.join(root, "scripts", "build.ts")], root, signal);
}

function newestChange(where: string): number {
  const { mtimeMs } = statSync(where);
  if (!statSync(where).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(where).map((name) => newestChange(path.join(where, name))));
}

/** Installs the package into `folder` from the tarball that `npm pack` makes, unless that very tarball is there. */
export async function installPackage(folder: string, signal: AbortSignal): Promise<void> {
  const parcel = await mkdtemp(path.join(os.tmpdir(), "node-red-arduino-cloud-"));
  try {
    const packed = await npm(["pack", "--ignore-scripts", "--json", "--pack-destination", parcel], root, signal);
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
    const tarball = path.join(parcel, path.basename(filename));
    const digest = createHash("sha256")
      .update(await readFile(tarball))
      .digest("hex");
    const stamp = path.join(folder, ".installed");
    if (existsSync(stamp) && (await readFile(stamp, "utf8")) === digest) return;
    console.log(`Installing the package into ${folder} …`);
    await mkdir(folder, { recursive: true });
    await rm(stamp, { force: true });
    const manifest = path.join(folder, "package.json");
    if (!existsSync(manifest)) await writeFile(manifest, '{ "name": "demo", "version": "1.0.0", "private": true }\n');
    await npm(["install", "--prefer-offline", "--no-package-lock", "--ignore-scripts", tarball], folder, signal);
    await writeFile(stamp, digest);
  } finally {
    await rm(parcel, { recursive: true, force: true });
  }
}

/** Runs npm and returns its output. */
async function npm(parameters: string[], cwd: string, signal: AbortSignal): Promise<string> {
  const [command, ...first] = npmCommand();
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  return run(command, [...first, ...parameters, ...quiet], cwd, signal);
}

/** Runs a program and returns its output; a failure's error holds all that it printed. */
async function run(command: string, parameters: string[], cwd: string, signal: AbortSignal): Promise<string> {
  try {
    const { stdout } = await execute(command, parameters, { cwd, signal });
    return stdout;
  } catch (reason) {
    const { message, stdout = "" } = reason as Error & { stdout?: string };
    throw new Error(`${message}\n${stdout}`, { cause: reason });
  }
}
