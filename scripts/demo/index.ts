import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { answersInTime } from "./answers";
import { chooseCloud } from "./cloud";
import { composeFlow } from "./flow";
import { ensureBuilt, installPackage, root } from "./package";

export interface Demo {
  /** The editor's address, which answers. */
  url: string;
  /** The address of the family's dashboard, which answers; undefined where the user has taken that page out. */
  dashboardUrl: string | undefined;
  /** Which cloud it uses, for people. */
  cloud: string;
  /** Resolves when Node-RED has ended, asked or not. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** How long Node-RED may take to stop. */
const stopTimeoutMs = 5_000;

/** How long an address may take to answer once Node-RED listens: its flows start only then. */
const answerTimeoutMs = 60_000;

/** Where the example "A family dashboard" has its first page. */
const dashboard = { base: "/dashboard", page: "/home" };

/**
 * Starts the demo: the package as installed from `npm pack`, a Node-RED with the demo flow, and a cloud for it.
 * @param folder where Node-RED lives; made if needed, and kept
 * @param environment `ARDUINO_CLIENT_ID` and `ARDUINO_CLIENT_SECRET` choose the real cloud; `PORT`: 1880 or a free one
 *   where absent, 0 = a free one
 */
export async function startDemo(folder: string, environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Demo> {
  await ensureBuilt(signal);
  await installPackage(folder, signal);
  await placeFlow(folder, environment);
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
  let url: string | undefined;
  const stop = async (): Promise<void> => {
    // Until it listens, Node-RED has nothing to lose, and stops only once it has loaded everything.
    await stopChild(child, ended, url === undefined ? 0 : stopTimeoutMs);
    await cloud.stop();
  };
  try {
    url = await addressOf(child, ended, signal);
    const dashboardUrl = await untilBothAnswer(url, folder, ended, signal);
    return { url, dashboardUrl, cloud: cloud.description, ended, stop };
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

/** Waits until the editor answers, then the dashboard where `folder` has one; returns the dashboard's address. */
async function untilBothAnswer(
  url: string,
  folder: string,
  ended: Promise<void>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const gone = new AbortController();
  void ended.then(() => gone.abort(new Error("Node-RED ended by itself.")));
  const either = AbortSignal.any([signal, gone.signal]);
  if (!(await answersInTime(url, answerTimeoutMs, either))) throw new Error(`Node-RED does not answer at ${url}.`);
  if (!(await hasDashboard(folder))) return undefined;
  const dashboardUrl = new URL(`${dashboard.base}${dashboard.page}`, url).href;
  return (await answersInTime(dashboardUrl, answerTimeoutMs, either)) ? dashboardUrl : undefined;
}

/** Tells whether the flow in `folder`, which may be the user's own by now, still has the family's dashboard. */
async function hasDashboard(folder: string): Promise<boolean> {
  const text = await readFile(path.join(folder, "flows.json"), "utf8");
  const nodes = JSON.parse(text) as { type: string; path?: string }[];
  const has = (type: string, place: string): boolean => nodes.some((node) => node.type === type && node.path === place);
  return has("ui-base", dashboard.base) && has("ui-page", dashboard.page);
}

/** Asks Node-RED to stop, and kills it where it has not within `timeoutMs`. */
async function stopChild(child: ChildProcess, ended: Promise<void>, timeoutMs: number): Promise<void> {
  if (child.connected) child.send("stop");
  const force = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  await ended;
  clearTimeout(force);
}

/**
 * Puts the demo flow where Node-RED looks for it. What the user made of it is left alone, until the demo flow itself is
 * a new one: then the user's is kept as `flows.previous.json`.
 */
async function placeFlow(folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const placed = path.join(folder, ".flow.json");
  const text = await composeFlow(environment);
  if (existsSync(placed) && (await readFile(placed, "utf8")) === text) return;
  const flows = path.join(folder, "flows.json");
  if (existsSync(flows)) await rename(flows, path.join(folder, "flows.previous.json"));
  await writeFile(flows, text);
  await writeFile(path.join(folder, "flows_cred.json"), JSON.stringify(credentialReferences(text)));
  await writeFile(placed, text);
}

/** Returns the credentials of the flow's account: not the secrets, but where Node-RED finds them when it starts. */
function credentialReferences(flow: string): Record<string, Record<string, string>> {
  const nodes = JSON.parse(flow) as { id: string; type: string }[];
  const accounts = nodes.filter(({ type }) => type === "arduino-cloud-account");
  const references = { clientId: "${ARDUINO_CLIENT_ID}", clientSecret: "${ARDUINO_CLIENT_SECRET}" };
  return Object.fromEntries(accounts.map(({ id }) => [id, references]));
}

/** Returns the key that Node-RED encrypts credentials with, made once for each folder. */
async function credentialSecret(folder: string): Promise<string> {
  const file = path.join(folder, ".credential-secret");
  if (existsSync(file)) return readFile(file, "utf8");
  const secret = randomBytes(24).toString("hex");
  await mkdir(folder, { recursive: true });
  await writeFile(file, secret, { mode: 0o600 });
  return secret;
}

/** Returns the folder of the demo: `DEMO_FOLDER`, or `.demo` in the repository. */
export function demoFolder({ DEMO_FOLDER: folder = ".demo" }: NodeJS.ProcessEnv): string {
  return path.resolve(root, folder);
}
