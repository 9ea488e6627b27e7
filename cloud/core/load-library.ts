import { createRequire } from "node:module";
import { CloudError } from "./errors";
import { ownTurn } from "./short-turns";
import { printable } from "./text";

/**
 * Returns a library that `load` requires, to be called where it is first used: a Node-RED that never uses it then spends
 * neither the memory nor the time. Node itself keeps what was loaded, and tries again what was not.
 * @throws CloudError `server_error` where it cannot be loaded, as after an installation that broke off
 */
export function loadLibrary<T>(name: string, load: () => T): T {
  try {
    return load();
  } catch (reason) {
    // Node adds a stack of files from the second line on.
    const [line = ""] = String(reason instanceof Error ? reason.message : reason).split("\n");
    throw new CloudError(
      "server_error",
      `The library ${name} could not be loaded (${printable(line)}). Install this package again.`,
    );
  }
}

/**
 * Loads what a library needs itself ahead of it, each part in a turn of its own; what is not there is left to the library.
 * All at once takes as long as several turns may last.
 */
export async function loadAhead(library: string, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    await ownTurn();
    try {
      createRequire(require.resolve(library))(part);
    } catch {
      // Another version may do without it; what is broken, the library tells.
    }
  }
  await ownTurn();
}
