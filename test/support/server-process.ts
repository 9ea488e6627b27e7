import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { until } from "./wait";

/** A program that listens at a port. */
export interface ServerProcess {
  /** Whether it has not ended. */
  isRunning(): boolean;
  /** Ends it, by default at once. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts a program that listens at a port; returns undefined where another process has that.
 * @param ready what it prints behind what it listens at: somebody else may answer at its port
 * @throws Error with what it printed, where it ended for another reason
 */
export async function startServer(
  program: string,
  args: readonly string[],
  ready: RegExp,
): Promise<ServerProcess | undefined> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (printed += data.toString()));
  // Of one that has ended all is read only behind that.
  const isClosed = (): boolean => hasEnded(child) && child.stdout.closed && child.stderr.closed;
  await until(`${program}, ready or ended`, () => ready.test(printed) || isClosed());
  if (!isClosed()) return { isRunning: () => !hasEnded(child), kill: (signal = "SIGKILL") => kill(child, signal) };
  if (!/in use|Failed listening/i.test(printed)) throw new Error(`${program} has ended: ${printed}`);
  return undefined;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}
