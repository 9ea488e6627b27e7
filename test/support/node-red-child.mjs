// A real Node-RED in a process of its own: started by node-red.ts, told everything by its environment.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { setInterval } from "node:timers";
import { inspect } from "node:util";

const require = createRequire(import.meta.url);
const RED = require(process.env.NODE_RED ?? "node-red");

// Two users, whose passwords are their names.
const permissions = { admin: "*", reader: "read" };
const user = (username) => Promise.resolve(permissions[username] && { username, permissions: permissions[username] });
const adminAuth = {
  type: "credentials",
  users: user,
  authenticate: (username, password) => (username === password ? user(username) : Promise.resolve(null)),
};

/** Function nodes hand what they get to the spec with this. What can't travel (a function) goes as text. */
function tell(label, message) {
  try {
    process.send({ label, message });
  } catch {
    const entries = Object.entries(message).map(([key, value]) => [key, key === "payload" ? inspect(value) : value]);
    process.send({ label, message: Object.fromEntries(entries) });
  }
}

// What makes its files keep all that nodes store, however it ends.
const contextStorage = {
  yes: { default: { module: "localfilesystem" } },
  "at once": { default: { module: "localfilesystem", config: { flushInterval: 0 } } },
}[process.env.KEEPS];

const server = http.createServer((request, response) => app(request, response));
let app = (_request, response) => response.end();

RED.init(server, {
  userDir: process.env.USER_DIR,
  flowFile: "flows.json",
  credentialSecret: process.env.CREDENTIAL_SECRET ?? "a secret of the test",
  ...(process.env.CAN_STOP === "yes" ? { runtimeState: { enabled: true, ui: false } } : {}),
  uiHost: "127.0.0.1",
  httpAdminRoot: "/",
  httpNodeRoot: "/",
  // Monaco and mermaid would be 8 MB of scripts for each editor that opens, and no form of ours uses either.
  editorTheme: {
    tours: false,
    palette: { catalogues: [] },
    codeEditor: { lib: "ace" },
    markdownEditor: { mermaid: { enabled: false } },
  },
  telemetry: { enabled: false, updateNotification: false },
  functionGlobalContext: { tell },
  logging: { console: { level: process.env.LOG_LEVEL ?? "debug", metrics: false, audit: false } },
  ...(process.env.ADMIN_AUTH === "yes" ? { adminAuth } : {}),
  // Found in the tree above Node-RED; only few specs need it.
  ...(process.env.DASHBOARD === "yes" ? {} : { nodesExcludes: ["node-red-dashboard"] }),
  ...(contextStorage === undefined ? {} : { contextStorage }),
});
app = (request, response) =>
  RED.httpAdmin(request, response, (error) => {
    if (error === undefined) return RED.httpNode(request, response);
    // What the admin API refuses, as a body that is no JSON, is not for the flows.
    response.statusCode = error.status ?? 500;
    return response.end();
  });
const started = once(RED.events, "flows:started");
await RED.start();
await started;
// The answer to a deploy comes before the new flows run.
RED.events.on("flows:started", () => process.send({ started: true }));
if (process.env.FOLLOWS === "yes") {
  const follow = (label, node, { number }, more = {}) => {
    if (number !== undefined && node.type.startsWith("arduino-cloud-"))
      tell(label, { number, node: node.id, at: Date.now(), ...more });
  };
  RED.hooks.add("onReceive.spec", ({ msg, destination }) => follow("taken", destination.node, msg));
  RED.hooks.add("onComplete.spec", ({ msg, node, error }) => {
    const failed = error && { code: String(error.code ?? ""), text: String(error.message ?? error) };
    follow("ended", node.node, msg, failed ?? undefined);
  });
}
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));

// The longest turn, and the most that one took of the main thread's own time: what other processes have is not its fault.
let longest = { turnMs: 0, busyMs: 0 };
/** Milliseconds for which this thread has run, where the system tells. */
function busyMs() {
  try {
    return Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[0]) / 1e6;
  } catch {
    return performance.now();
  }
}
if (process.env.MEASURE_TURNS === "yes") {
  let last = { now: performance.now(), busy: busyMs() };
  setInterval(() => {
    const next = { now: performance.now(), busy: busyMs() };
    longest.turnMs = Math.max(longest.turnMs, next.now - last.now);
    longest.busyMs = Math.max(longest.busyMs, next.busy - last.busy);
    last = next;
  }, 1).unref();
}

// Where the spec's process is killed, this one would stay.
process.on("disconnect", () => process.exit(1));
process.on("message", (order) => {
  // What was told by then goes out first: an exit drops what the spec has been too slow to take.
  if (order.stop) RED.stop().finally(() => process.send({ stopped: true }, () => process.exit(0)));
  if (order.node) RED.nodes.getNode(order.node)?.receive(order.message);
  if (order.turns) {
    process.send({ longest });
    longest = { turnMs: 0, busyMs: 0 };
  }
  if (order.resources) process.send({ resources: process.getActiveResourcesInfo() });
});
