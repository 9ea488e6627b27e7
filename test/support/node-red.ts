import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { installInto } from "./package";
import { stopLater } from "./stop";

/** A message that a flow handed to the spec, see `sink` in flows.ts. */
export type Received = Record<string, unknown> & { payload?: unknown };

/** Without tips: the editor of Node-RED 5 shows the first a second after its start, and fails if it loads for longer. */
const userSettings = { _: { editor: { view: { "view-show-tips": false } } } };

/** Lines in the log that mean a fault in some code, however quietly it was survived. */
const faultLine = /^.*(Uncaught|Unhandled|TypeError|ReferenceError).*$/m;

/** A real Node-RED with the package in it, as `npm pack` makes it, in a folder and a process of its own. */
export interface NodeRed {
  url: string;
  userDir: string;
  /** All that it wrote to its console so far. */
  log(): string;
  /**
   * Deploys a whole flow through the admin API, as a user of that name where users are needed; resolves when it runs.
   */
  deploy(flow: unknown[], user?: string, type?: "full" | "nodes" | "flows"): Promise<void>;
  /** Calls the admin API, as a user of that name where users are needed. */
  fetch(path: string, options?: RequestInit, user?: string): Promise<Response>;
  /** Waits until flows start the next time: to be called before the deploy, whose answer comes ahead of that. */
  started(): Promise<void>;
  /** Hands a message to a node of the flow; Buffers, NaN and circular objects arrive as they are. */
  send(node: string, message: Record<string, unknown>): void;
  /** What the sinks of that label have handed over so far, oldest first. */
  received(label: string): Received[];
  /** What all sinks have handed over since the start, as text, to look for what must not be there. */
  transcript(): string;
  /** The kinds of the handles that keep the process busy (timers, sockets …). */
  resources(): Promise<string[]>;
  /** Sends its process a signal, as SIGKILL or SIGSTOP. */
  signal(name: NodeJS.Signals): void;
  /** Whether its process has not ended. */
  isRunning(): boolean;
  /**
   * Returns the milliseconds for which it did nothing else at the most, since the last call, and what the longest took of
   * its main thread's own time; it has to be started with MEASURE_TURNS=yes.
   */
  longestTurn(): Promise<LongestTurn>;
  /** @throws Error when Node-RED has ended, or when its log tells of a fault in some code */
  check(): void;
  /** Ends it. @throws Error as `check` */
  stop(): Promise<void>;
  /** Ends it at once, as `kill -9` does; resolves when all that it had told by then has come. */
  kill(): Promise<void>;
}

interface LongestTurn {
  turnMs: number;
  busyMs: number;
}

export interface NodeRedOptions {
  adminAuth?: boolean;
  env?: Record<string, string>;
  keeps?: boolean | "at once";
  follows?: boolean;
  dashboard?: boolean;
  userDir?: string;
  nodes?: string;
}

/** What the child process tells; `label` and `message` come from a sink. */
type Told =
  | { port: number }
  | { resources: string[] }
  | { longest: LongestTurn }
  | { started: true }
  | { stopped: true }
  | { label: string; message: Received };

/** Those that run, so that none outlives a spec which is broken off. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/**
 * Starts it, until the end of the test or file; the package must be built. `NODE_RED` names another Node-RED than the one
 * in node_modules, `NODE_BINARY` another Node than the spec's own. `env` is what flows see as `${NAME}`. With `keeps` its
 * folder outlives it, its context is stored in files ("at once": as soon as it changes), and `userDir` starts it again from
 * such a folder. With `follows` it tells, under the labels `taken` and `ended`, what becomes of messages with a `number` in
 * our nodes. With `dashboard` it has FlowFuse Dashboard 2.0. `nodes` is a folder with more nodes.
 */
export async function startNodeRed(options: NodeRedOptions = {}): Promise<NodeRed> {
  const { adminAuth = false, env = {}, keeps = false, follows = false, dashboard = false } = options;
  const userDir = options.userDir ?? (await mkdtemp(path.join(os.tmpdir(), "node-red-")));
  if (options.userDir === undefined) {
    await installInto(userDir);
    await writeFile(path.join(userDir, ".config.users.json"), JSON.stringify(userSettings));
  }
  if (options.nodes !== undefined) await cp(options.nodes, path.join(userDir, "nodes"), { recursive: true });
  const child = fork(path.join(__dirname, "node-red-child.mjs"), {
    env: {
      ...process.env,
      ...env,
      USER_DIR: userDir,
      ADMIN_AUTH: adminAuth ? "yes" : "no",
      KEEPS: keeps === "at once" ? keeps : keeps ? "yes" : "no",
      FOLLOWS: follows ? "yes" : "no",
      DASHBOARD: dashboard ? "yes" : "no",
    },
    execPath: process.env.NODE_BINARY ?? process.execPath,
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  running.add(child);
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const exited = once(child, "exit");
  // What it told last comes before this.
  const disconnected = once(child, "disconnect");
  const received = new Map<string, Received[]>();
  let told = "";
  const answers = new EventEmitter();
  child.on("message", (message: Told) => {
    if ("stopped" in message) return;
    if (!("label" in message)) {
      answers.emit("started" in message ? "started" : "answer", message);
      return;
    }
    const list = received.get(message.label) ?? [];
    list.push(message.message);
    received.set(message.label, list);
    told += inspect(message, { depth: 6 });
  });
  const answer = async (event = "answer"): Promise<Record<string, unknown>> => {
    const first = await Promise.race([once(answers, event), exited.then(() => undefined)]);
    if (first === undefined) throw new Error(`Node-RED ended:\n${log}`);
    return first[0] as Record<string, unknown>;
  };
  const url = `http://127.0.0.1:${String((await answer()).port)}`;
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
  const check = (): void => {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`Node-RED ended:\n${log}`);
    const fault = faultLine.exec(log);
    if (fault !== null) throw new Error(`Node-RED reports a fault: ${fault[0]}\n${log}`);
  };
  return {
    url,
    userDir,
    log: () => log,
    fetch: call,
    deploy: async (flow, user, type = "full") => {
      const headers = {
        "Content-Type": "application/json",
        "Node-RED-API-Version": "v2",
        "Node-RED-Deployment-Type": type,
      };
      const started = answer("started");
      const response = await call("/flows", { method: "POST", headers, body: JSON.stringify({ flows: flow }) }, user);
      if (!response.ok) throw new Error(`The deploy failed: ${response.status} ${await response.text()}`);
      await started;
    },
    started: async () => {
      await answer("started");
    },
    send: (node, message) => child.send({ node, message }),
    received: (label) => received.get(label) ?? [],
    transcript: () => told,
    longestTurn: async () => {
      child.send({ turns: true });
      return (await answer()).longest as LongestTurn;
    },
    resources: async () => {
      child.send({ resources: true });
      return (await answer()).resources as string[];
    },
    signal: (name) => child.kill(name),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    check,
    stop: stopLater(async () => {
      try {
        // One that was killed has ended as it was meant to.
        if (!running.has(child)) return;
        check();
        child.send({ stop: true });
        await Promise.all([exited, disconnected]);
      } finally {
        child.kill("SIGKILL");
        running.delete(child);
        if (!keeps) await rm(userDir, { recursive: true, force: true });
      }
    }),
    kill: async () => {
      child.kill("SIGKILL");
      running.delete(child);
      await Promise.all([exited, disconnected]);
    },
  };
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
