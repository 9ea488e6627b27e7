import { existsSync } from "node:fs";
import path from "node:path";

/**
 * Returns the program and the first parameters that run npm: the npm that runs this program, else the one beside Node.js,
 * else the one on the path. Windows starts `npm` on the path only through a shell, which none of our scripts needs.
 */
export function npmCommand(environment: NodeJS.ProcessEnv = process.env): [program: string, ...parameters: string[]] {
  const beside = path.join(path.dirname(process.execPath), "node_modules", "npm", "bin", "npm-cli.js");
  const script = environment["npm_execpath"] ?? (existsSync(beside) ? beside : undefined);
  return script === undefined ? ["npm"] : [process.execPath, script];
}
