/** A real Node-RED runtime (no editor) with the built package in it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import RED from "node-red";

const sink = `module.exports = (RED) => {
  RED.nodes.registerType("bench-sink", function (config) {
    RED.nodes.createNode(this, config);
    this.on("input", (msg, send, done) => { globalThis.benchMeter?.tick(); done(); });
  });
};`;

/** The far side that an account of a flow stands on. */
export interface Cloud {
  baseUrl: string;
  brokerUrl: string;
  clientId: string;
  clientSecret: string;
  /** The address of the Redis of a cluster. */
  cluster?: string;
}

/**
 * Starts the runtime; returns the function that deploys a flow. Nodes of type `bench-sink` tick
 * `globalThis.benchMeter`.
 * @param more further node types by name, as source text
 */
export async function startRuntime(more: Record<string, string> = {}): Promise<(nodes: object[]) => Promise<void>> {
  const folder = mkdtempSync(path.join(tmpdir(), "arduino-cloud-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const [type, source] of Object.entries({ "bench-sink": sink, ...more })) {
    writeFileSync(path.join(folder, `${type}.js`), source);
    writeFileSync(path.join(folder, `${type}.html`), `<script type="text/html" data-template-name="${type}"></script>`);
  }
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
  const flows = RED.runtime.flows as unknown as { setFlows(options: object): Promise<unknown> };
  return async (nodes) => {
    await flows.setFlows({ flows: { flows: nodes }, deploymentType: "full" });
  };
}

/** Returns the tab, the account and the sink that every flow needs, with nodes on them that use the account. */
export function flowOf(cloud: Cloud, nodes: object[]): object[] {
  const account = {
    id: "account",
    type: "arduino-cloud-account",
    credentials: { clientId: cloud.clientId, clientSecret: cloud.clientSecret },
    baseUrl: cloud.baseUrl,
    brokerUrl: cloud.brokerUrl,
    requestsPerSecond: "10",
    messagesPerSecond: "25",
    cluster: cloud.cluster === undefined ? "" : "cluster",
  };
  const cluster = { id: "cluster", type: "arduino-cloud-cluster", name: "bench", url: cloud.cluster };
  const placed = nodes.map((node) => ({ z: "tab", account: "account", wires: [["sink"]], ...node }));
  const configs = cloud.cluster === undefined ? [account] : [account, cluster];
  return [{ id: "tab", type: "tab" }, ...configs, { id: "sink", type: "bench-sink", z: "tab", wires: [] }, ...placed];
}

/** Resolves when the session is up and the look-ups are done, as far as waiting can tell. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 3_000));
}
