import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

const root = path.resolve(__dirname, "..", "..");

/** Runs a program in the project's folder, on this terminal; returns its exit status. Passes on what asks us to end. */
export async function runProcess(program: string, parameters: string[], env = process.env): Promise<number> {
  const child = spawn(program, parameters, { cwd: root, env, stdio: "inherit" });
  const end = (signal: NodeJS.Signals): boolean => child.kill(signal);
  // A terminal sends SIGINT to all of its processes by itself; this one waits for the others.
  const ignore = (): void => undefined;
  process.on("SIGTERM", end).on("SIGINT", ignore);
  const [status] = (await once(child, "exit")) as [number | null];
  process.off("SIGTERM", end).off("SIGINT", ignore);
  return status ?? 1;
}
