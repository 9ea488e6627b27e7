import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";

/**
 * Writes a text to a file, whole or not at all, and returns the name of the copy that keeps what was there before, if
 * anything was. No copy of an earlier run is written over, and none is put where a link leads.
 * @param before what the file held when it was read; if it holds something else now, nothing is written
 * @throws Error of the file system; or that the file has changed
 */
export function replaceFile(file: string, text: string, before?: string): string | undefined {
  const isNew = !existsSync(file);
  // Where flows.json is a link, the file that it leads to is replaced, and the link stays.
  const target = isNew ? file : realpathSync(file);
  const temporary = `${target}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    writeNew(temporary, text, isNew ? 0o666 : statSync(target).mode & 0o777);
    const backup = isNew ? undefined : keepCopy(file);
    // Asked as late as can be: another run, or Node-RED itself, may have written meanwhile.
    if (before !== undefined && (isNew || readFileSync(target, "utf8") !== before)) {
      throw new Error("it has changed since it was read. Stop Node-RED and try again");
    }
    renameSync(temporary, target);
    return backup;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function writeNew(file: string, text: string, mode: number): void {
  const handle = openSync(file, "wx", mode);
  try {
    for (let rest = Buffer.from(text); rest.length > 0;) rest = rest.subarray(writeSync(handle, rest));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Copies a file to the first free name of `.backup`, `.backup-2` …, and returns that name. */
function keepCopy(file: string): string {
  for (let number = 1; ; number++) {
    const copy = number === 1 ? `${file}.backup` : `${file}.backup-${number}`;
    try {
      // Exclusive: two runs at once take two names, and a link of this name is as good as taken.
      copyFileSync(file, copy, constants.COPYFILE_EXCL);
      return copy;
    } catch (reason) {
      if ((reason as NodeJS.ErrnoException).code !== "EEXIST") throw reason;
    }
  }
}
