import { once } from "node:events";
import { createServer } from "node:net";

/** Systems give ports above these to whoever asks for any, also for connections that go out. */
const lowest = 20_000;
const count = 10_000;
const maxTries = 20;
/** Those that have been handed out: what begins to listen at one may take a while. */
const given = new Set<number>();

/**
 * Returns a port of this machine that nobody listens at, for a program that can't choose one by itself. Another process
 * may still be quicker: `onFreePort` then takes another one.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * count);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

/**
 * Starts a program on a free port, which it returns with it.
 * @param start returns undefined where another process has got that port meanwhile: then it is tried with another one
 */
export async function onFreePort<T>(start: (port: number) => Promise<T | undefined>): Promise<[number, T]> {
  for (let tries = 0; tries < maxTries; tries++) {
    const port = await freePort();
    const started = await start(port);
    if (started !== undefined) return [port, started];
  }
  throw new Error(`A program got none of ${maxTries} ports.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
