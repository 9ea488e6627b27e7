import { importFile, notLoadedText } from "./import-file";
import type * as shared from "./shared";

/** The code that forms and sidebar are made of. */
export type SharedCode = typeof shared;

let loading: Promise<SharedCode> | undefined;
let loaded: SharedCode | undefined;

/** Returns the shared code where it is loaded already. */
export function presentSharedCode(): SharedCode | undefined {
  return loaded;
}

/** Loads the shared code, which all scripts of the package have from the browser once; tries anew what has failed. */
export function loadSharedCode(): Promise<SharedCode> {
  loading ??= importFile<SharedCode>(SHARED_CODE_FILE).then(
    (code) => (loaded = code),
    (reason: unknown) => {
      loading = undefined;
      throw reason;
    },
  );
  return loading;
}

/** Calls `use` with the shared code as soon as that is loaded; where it can't be had, tells the user so. */
export function withSharedCode(use: (code: SharedCode) => void): void {
  loadSharedCode().then(use, () => RED.notify(notLoadedText(), "error"));
}

// At once, so that it is there long before somebody opens a form.
loadSharedCode().catch(() => undefined);
