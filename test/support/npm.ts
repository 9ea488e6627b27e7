import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs npm, the very one that runs this process where there is one (on Windows a plain `npm` is no program); returns what it printed. */
export async function npm(parameters: string[], cwd: string): Promise<string> {
  const own = process.env["npm_execpath"];
  const [command, first] = own === undefined ? ["npm", []] : [process.execPath, [own]];
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  const { stdout } = await run(command, [...first, ...parameters, ...options], { cwd });
  return stdout;
}
