import { rmSync } from "node:fs";
import { copyFile, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { npm } from "./npm";

const root = path.resolve(__dirname, "..", "..");

/** The tarball, and what npm says about it. */
export interface Packed {
  file: string;
  /** Bytes. */
  size: number;
  unpackedSize: number;
  files: { path: string; size: number }[];
}

/** The package as `npm pack` makes it, and a folder in which it is installed. */
interface Installed {
  packed: Packed;
  folder: string;
}

/** The environment variable in which `npm test` names to its workers the folder of the one installation they share. */
export const sharedFolderVariable = "SPEC_INSTALLATION";

let installed: Promise<Installed> | undefined;

/** Installs the package as it is built, once: for the whole run under `npm test`, else for this process. */
export function installedPackage(): Promise<Installed> {
  const shared = process.env[sharedFolderVariable];
  installed ??= shared === undefined ? installForProcess() : readInstalled(shared);
  return installed;
}

/** Installs it for a user of Node-RED, whose folder shares the one installation. */
export async function installInto(userDir: string): Promise<void> {
  const { folder } = await installedPackage();
  await copyFile(path.join(folder, "package.json"), path.join(userDir, "package.json"));
  // Only a junction needs no rights on Windows; elsewhere it is a link as any other.
  await symlink(path.join(folder, "node_modules"), path.join(userDir, "node_modules"), "junction");
}

/** Packs the package as it is built, and installs it with its dependencies the way the editor's palette does. */
export async function installPackage(folder: string): Promise<Installed> {
  const packed = await pack(folder);
  await writeFile(path.join(folder, "package.json"), '{ "name": "test", "version": "1.0.0", "private": true }');
  await npm(["install", "--no-package-lock", "--ignore-scripts", packed.file], folder);
  await writeFile(path.join(folder, "packed.json"), JSON.stringify(packed));
  return { packed, folder };
}

async function readInstalled(folder: string): Promise<Installed> {
  return { packed: JSON.parse(await readFile(path.join(folder, "packed.json"), "utf8")) as Packed, folder };
}

async function installForProcess(): Promise<Installed> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "installed-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return installPackage(folder);
}

async function pack(folder: string): Promise<Packed> {
  // Without scripts: the build has run already, and must not run under another spec's feet.
  const stdout = await npm(["pack", "--ignore-scripts", "--json", "--pack-destination", folder], root);
  const [{ filename, ...facts }] = JSON.parse(stdout) as [Omit<Packed, "file"> & { filename: string }];
  return { ...facts, file: path.join(folder, path.basename(filename)) };
}
