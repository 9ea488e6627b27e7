import { importFile, notLoadedText } from "./import-file";

/** The code that is fetched only when somebody opens what it is for. A module in `parts/` is a file of its own in `resources/`. */
export interface Parts {
  details: typeof import("./parts/details");
  device: typeof import("./parts/device");
  doctor: typeof import("./parts/doctor");
  imported: typeof import("./parts/imported");
  manage: typeof import("./parts/manage");
  migration: typeof import("./parts/migration");
  page: typeof import("./parts/page");
}

type PartFiles = Readonly<Record<keyof Parts, string>>;

let files: PartFiles | undefined;
const loading = new Map<keyof Parts, Promise<unknown>>();

/** Tells which file holds which part. */
export function setPartFiles(known: PartFiles): void {
  files = known;
}

/** Fetches a part of the editor's code once; tries anew what has failed. Rejects where it can't be had. */
export function loadPart<Name extends keyof Parts>(name: Name): Promise<Parts[Name]> {
  const present = loading.get(name) ?? importFile(files?.[name] ?? "");
  loading.set(name, present);
  present.catch(() => loading.delete(name));
  return present as Promise<Parts[Name]>;
}

/** Calls `use` with a part of the editor's code as soon as that is there; where it can't be had, tells the user so. */
export function usePart<Name extends keyof Parts>(name: Name, use: (part: Parts[Name]) => void): void {
  loadPart(name).then(use, () => RED.notify(notLoadedText(), "error"));
}
