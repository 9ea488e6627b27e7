import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** A machine that is short of breath makes one or two files fail; a fault that lets more of them fail needs no second look. */
const mostFiles = 2;
/** Random faults find by chance what must not go by chance again. */
const neverRepeated = path.resolve(__dirname, "..", "..", "test", "chaos") + path.sep;

/** Returns the files that get a second try, out of the list that the reporter has left: none where too many failed. */
export function filesToRepeat(list: string): string[] {
  if (!existsSync(list)) return [];
  const files = [...new Set(readFileSync(list, "utf8").trim().split("\n"))];
  const mayPass = files.every((file) => existsSync(file) && !file.startsWith(neverRepeated));
  return mayPass && files.length <= mostFiles ? files : [];
}
