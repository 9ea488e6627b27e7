import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { chooseCloud } from "./cloud";
import { composeFlow } from "./flow";
import { ensureBuilt, installPackage, root } from "./package";

export interface Demo {
  /** The editor's address. */
  url: string;
  /** The address of the family's dashboard. */
  dashboardUrl: string;
  /** Which cloud it uses, for people. */
  cloud: string;
  /** Resolves when Node-RED has ended, asked or not. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** How long Node-RED may take to stop, in milliseconds. */
const stopTimeoutMs = 5_000;

/**
 * Starts the demo: the package as installed from `npm pack`, a Node-RED with the demo flow, and a cloud for it.
 * @param folder where Node-RED lives; made if needed, and kept
 * @param environment `ARDUINO_CLIENT_ID` and `ARDUINO_CLIENT_SECRET` choose the real cloud; `PORT`: 1880 or a free one
 *   where absent, 0 = a free one
 */
export async function startDemo(folder: string, environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Demo> {
  await ensureBuilt(signal);
  await installPackage(folder, signal);
  await placeFlow(folder);
  const cloud = await chooseCloud(environment);
  const child = fork(path.join(__dirname, "node-red.mjs"), {
    env: {
      ...environment,
      ...cloud.environment,
      DEMO_FOLDER: folder,
      DEMO_CREDENTIAL_SECRET: await credentialSecret(folder),
    },
    execArgv: [],
  });
  const ended = once(child, "exit").then(() => undefined);
  const stop = async (): Promise<void> => {
    await stopChild(child, ended);
    await cloud.stop();
  };
  try {
    const url = await addressOf(child, ended, signal);
    return { url, dashboardUrl: `${url}dashboard/home`, cloud: cloud.description, ended, stop };
  } catch (reason) {
    await stop();
    throw reason;
  }
}

async function addressOf(child: ChildProcess, ended: Promise<void>, signal: AbortSignal): Promise<string> {
  const answer = await Promise.race([once(child, "message", { signal }), ended]);
  const { port, error = "it ended at once" } = ((answer ?? [])[0] ?? {}) as { port?: number; error?: string };
  if (port === undefined) throw new Error(`Node-RED did not start: ${error}.`);
  return `http://127.0.0.1:${port}/`;
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.connected) child.send("stop");
  const force = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
  await ended;
  clearTimeout(force);
}

/**
 * Puts the demo flow where Node-RED looks for it. What the user made of it is left alone, until the demo flow itself is
 * a new one: then the user's is kept as `flows.previous.json`.
 */
async function placeFlow(folder: string): Promise<void> {
  const placed = path.join(folder, ".flow.json");
  const text = await composeFlow();
  if (existsSync(placed) && (await readFile(placed, "utf8")) === text) return;
  const flows = path.join(folder, "flows.json");
  if (existsSync(flows)) await rename(flows, path.join(folder, "flows.previous.json"));
  await writeFile(flows, text);
  await writeFile(path.join(folder, "flows_cred.json"), JSON.stringify(credentialReferences(text)));
  await writeFile(placed, text);
}

/** The credentials of the flow's account: not the secrets, but where Node-RED finds them when it starts. */
function credentialReferences(flow: string): Record<string, Record<string, string>> {
  const nodes = JSON.parse(flow) as { id: string; type: string }[];
  const accounts = nodes.filter(({ type }) => type === "arduino-cloud-account");
  const references = { clientId: "${ARDUINO_CLIENT_ID}", clientSecret: "${ARDUINO_CLIENT_SECRET}" };
  return Object.fromEntries(accounts.map(({ id }) => [id, references]));
}

/** What Node-RED encrypts credentials with, made once for each folder. */
async function credentialSecret(folder: string): Promise<string> {
  const file = path.join(folder, ".credential-secret");
  if (existsSync(file)) return readFile(file, "utf8");
  const secret = randomBytes(24).toString("hex");
  await mkdir(folder, { recursive: true });
  await writeFile(file, secret, { mode: 0o600 });
  return secret;
}

/** The folder of the demo: `DEMO_FOLDER`, or `.demo` in the repository. */
export function demoFolder({ DEMO_FOLDER: folder = ".demo" }: NodeJS.ProcessEnv): string {
  return path.resolve(root, folder);
}
