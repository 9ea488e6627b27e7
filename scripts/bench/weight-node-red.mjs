// A real Node-RED in a process of its own for weight.ts, which measures what it takes to start and to stand idle.
import { once } from "node:events";
import http from "node:http";
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import process from "node:process";

const RED = createRequire(import.meta.url)(process.env.NODE_RED ?? "node-red");
const server = http.createServer((request, response) => RED.httpAdmin(request, response));

const before = process.cpuUsage();
const began = performance.now();
RED.init(server, {
  userDir: process.env.USER_DIR,
  httpAdminRoot: "/",
  httpNodeRoot: false,
  // Found in the tree above Node-RED.
  nodesExcludes: ["node-red-dashboard"],
  telemetry: { enabled: false, updateNotification: false },
  logging: { console: { level: "error", metrics: false, audit: false } },
});
const started = once(RED.events, "flows:started");
await RED.start();
await started;
const startMs = performance.now() - began;
const { user, system } = process.cpuUsage(before);
globalThis.gc();
globalThis.gc();
const { heapUsed: heapBytes, rss: residentBytes } = process.memoryUsage();
server.listen(0, "127.0.0.1", () =>
  process.send({ startMs, startCpuMs: (user + system) / 1000, heapBytes, residentBytes, port: server.address().port }),
);
