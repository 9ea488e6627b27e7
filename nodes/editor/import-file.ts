import { textsOf } from "./i18n";

let attempts = 0;

/** Fetches a module of `resources/`; rejects where it can't be had, also where the editor lacks what is needed for it. */
export async function importFile<Module>(file: string): Promise<Module> {
  const path = `${RED.settings.apiRootUrl}resources/@iot-flows/node-red-arduino-cloud/${file}`;
  const address = new URL(path, document.baseURI);
  // Some browsers remember an address that failed.
  if (attempts > 0) address.searchParams.set("attempt", String(attempts));
  try {
    return (await import(address.href)) as Module;
  } catch (error) {
    attempts++;
    throw error;
  }
}

/** Returns the sentence for whoever needs a part of our code and can't have it; there before any script of ours. */
export function notLoadedText(): string {
  const translate = textsOf("arduino-cloud-sidebar");
  return translate("tip.not-loaded");
}
