import { textsOf } from "./i18n";
import type * as shared from "./shared";

/** The code that forms, sidebar and migration are made of. */
export type SharedCode = typeof shared;

let loaded: SharedCode | undefined;
let loading: Promise<SharedCode> | undefined;
let attempts = 0;

/** Returns the shared code where it is loaded already. */
export function presentSharedCode(): SharedCode | undefined {
  return loaded;
}

/** Loads the shared code, which all scripts of the package have from the browser once; tries anew what has failed. */
export function loadSharedCode(): Promise<SharedCode> {
  loading ??= importSharedCode().then(
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

/** Returns the sentence for whoever needs the shared code and can't have it; there before any script of ours. */
export function notLoadedText(): string {
  const translate = textsOf("arduino-cloud-sidebar");
  return translate("tip.not-loaded");
}

/** Fetches the module. Rejects rather than throws, so that a set registers its type whatever is wrong. */
async function importSharedCode(): Promise<SharedCode> {
  const file = `${RED.settings.apiRootUrl}resources/@iot-flows/node-red-arduino-cloud/${SHARED_CODE_FILE}`;
  // Some browsers remember an address that failed.
  const address = new URL(attempts++ === 0 ? file : `${file}?attempt=${attempts}`, document.baseURI);
  return (await import(address.href)) as SharedCode;
}

// At once, so that it is there long before somebody opens a form.
loadSharedCode().catch(() => undefined);
