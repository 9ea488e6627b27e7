/** Property in inside a real Node-RED runtime (no editor), each node wired to a sink that only counts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import RED from "node-red";
import { type Job, Meter, report } from "./protocol";

const sink = `module.exports = (RED) => {
  RED.nodes.registerType("bench-sink", function (config) {
    RED.nodes.createNode(this, config);
    this.on("input", (msg, send, done) => { globalThis.benchMeter.tick(); done(); });
  });
};`;

process.once("message", (message: { job: Job }) => {
  measure(message.job).catch((reason: unknown) => {
    console.error(reason);
    process.exit(1);
  });
});

async function measure(job: Job): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "arduino-cloud-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, "bench-sink.js"), sink);
  writeFileSync(
    path.join(folder, "bench-sink.html"),
    '<script type="text/html" data-template-name="bench-sink"></script>',
  );
  (globalThis as { benchMeter?: Meter }).benchMeter = new Meter(job);
  RED.init(createServer(), {
    userDir: folder,
    nodesDir: [path.resolve(__dirname, "../../dist/nodes"), folder],
    httpAdminRoot: false,
    httpNodeRoot: false,
    logging: { console: { level: process.env.BENCH_LOG ?? "error", metrics: false, audit: false } },
    telemetry: { enabled: false },
  } as unknown as Parameters<typeof RED.init>[1]);
  const isReady = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.start();
  await isReady;
  const before = memory();
  const started = performance.now();
  await (RED.runtime.flows as unknown as { setFlows(options: object): Promise<unknown> }).setFlows({
    flows: { flows: flow(job) },
    deploymentType: "full",
  });
  const deployMs = performance.now() - started;
  await settled();
  const after = memory();
  report({
    kind: "ready",
    deployMs,
    heapBytes: after.heapUsed - before.heapUsed,
    rssBytes: after.rss - before.rss,
  });
}

function flow(job: Job): object[] {
  const account = {
    id: "account",
    type: "arduino-cloud-account",
    credentials: { clientId: job.clientId, clientSecret: job.clientSecret },
    baseUrl: job.baseUrl,
    brokerUrl: job.brokerUrl,
    requestsPerSecond: "10",
    messagesPerSecond: "25",
  };
  const listeners = Array.from({ length: job.nodes }, (_, index) => ({
    id: `in${index}`,
    type: "arduino-cloud-property-in",
    z: "tab",
    account: "account",
    thing: job.things[index % job.things.length],
    property: job.variables[Math.floor(index / job.things.length) % job.variables.length],
    direction: "reported",
    emit: "all",
    deadband: "0",
    initial: false,
    wires: [["sink"]],
  }));
  return [{ id: "tab", type: "tab" }, account, { id: "sink", type: "bench-sink", z: "tab", wires: [] }, ...listeners];
}

function memory(): NodeJS.MemoryUsage {
  globalThis.gc?.();
  return process.memoryUsage();
}

/** The session is up and the look-ups are done, as far as waiting can tell. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 3_000));
}
