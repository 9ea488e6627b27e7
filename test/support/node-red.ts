import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const root = path.resolve(__dirname, "..", "..");
const run = promisify(execFile);

/** A real Node-RED with the package in it, as `npm pack` makes it, in a folder and a process of its own. */
export interface NodeRed {
  url: string;
  userDir: string;
  /** All that it wrote to its console so far. */
  log(): string;
  /** Deploys a whole flow through the admin API, as a user of that name where users are needed. */
  deploy(flow: unknown[], user?: string): Promise<void>;
  /** Calls the admin API, as a user of that name where users are needed. */
  fetch(path: string, options?: RequestInit, user?: string): Promise<Response>;
  stop(): Promise<void>;
}

/** Starts it; the package must be built. `NODE_RED` names another Node-RED than the one in node_modules. */
export async function startNodeRed({ adminAuth = false } = {}): Promise<NodeRed> {
  const userDir = await mkdtemp(path.join(os.tmpdir(), "node-red-"));
  await installPackage(userDir);
  const child = fork(path.join(__dirname, "node-red-child.mjs"), {
    env: { ...process.env, USER_DIR: userDir, ADMIN_AUTH: adminAuth ? "yes" : "no" },
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const ready = await Promise.race([once(child, "message"), once(child, "exit").then(() => undefined)]);
  if (ready === undefined) throw new Error(`Node-RED did not start:\n${log}`);
  const url = `http://127.0.0.1:${(ready[0] as { port: number }).port}`;
  const tokens = new Map<string, string>();
  const call: NodeRed["fetch"] = async (where, options = {}, user) => {
    const headers = new Headers(options.headers);
    if (user !== undefined) {
      const token = tokens.get(user) ?? (await logIn(url, user));
      tokens.set(user, token);
      headers.set("Authorization", `Bearer ${token}`);
    }
    return fetch(url + where, { ...options, headers });
  };
  return {
    url,
    userDir,
    log: () => log,
    fetch: call,
    deploy: async (flow, user) => {
      const headers = { "Content-Type": "application/json", "Node-RED-API-Version": "v2" };
      const answer = await call("/flows", { method: "POST", headers, body: JSON.stringify({ flows: flow }) }, user);
      if (!answer.ok) throw new Error(`The deploy failed: ${answer.status} ${await answer.text()}`);
    },
    stop: async () => {
      const exited = once(child, "exit");
      child.send("stop");
      await exited;
      await rm(userDir, { recursive: true, force: true });
    },
  };
}

let packed: Promise<string> | undefined;

/** Installs what `npm pack` makes, with its dependencies, the way the editor's palette does. */
async function installPackage(userDir: string): Promise<void> {
  packed ??= pack();
  await writeFile(path.join(userDir, "package.json"), '{ "name": "test", "version": "1.0.0", "private": true }');
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"];
  await run("npm", ["install", ...options, await packed], { cwd: userDir });
}

async function pack(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "packed-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  // Without scripts: the build has run already, and must not run under another spec's feet.
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  return path.join(folder, path.basename(filename));
}

async function logIn(url: string, user: string): Promise<string> {
  const answer = await fetch(`${url}/auth/token`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      client_id: "node-red-admin",
      grant_type: "password",
      scope: "",
      username: user,
      password: user,
    }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return token;
}

/** The text of all files that Node-RED keeps for a user, without the installed packages. */
export async function readUserFiles(userDir: string): Promise<string> {
  const files = await readdir(userDir, { recursive: true, withFileTypes: true });
  const own = files.filter((file) => file.isFile() && !file.parentPath.includes("node_modules"));
  const texts = await Promise.all(own.map((file) => readFile(path.join(file.parentPath, file.name), "utf8")));
  return texts.join("\n");
}
