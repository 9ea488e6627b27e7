/** One copy of a flow that shares the things with others: each value takes a while, one after another. */
import RED from "node-red";
import { report } from "./spread-protocol";
import { type Cloud, flowOf, startRuntime } from "./runtime";

const work = `module.exports = (RED) => {
  RED.nodes.registerType("bench-work", function (config) {
    RED.nodes.createNode(this, config);
    let last = Promise.resolve();
    this.on("input", (msg, send, done) => {
      last = last.then(() => new Promise((resolve) => setTimeout(resolve, config.workMs))).then(() => {
        globalThis.benchDone(msg.payload);
        done();
      });
    });
  });
};`;

/** The part of an account node that tells how this copy stands. */
interface ClusteredNode {
  account?: { cluster?: { state: { name: string; share?: { part: number } } } };
}

/** The types of Node-RED do not have it. */
const runtimeNodes = RED.nodes as unknown as { getNode: (id: string) => ClusteredNode | null };

process.once("message", (message: { cloud: Cloud; workMs: number }) => {
  run(message).catch((reason: unknown) => {
    console.error(reason);
    process.exit(1);
  });
});

async function run({ cloud, workMs }: { cloud: Cloud; workMs: number }): Promise<void> {
  (globalThis as { benchDone?: (value: number) => void }).benchDone = (value) => report({ kind: "done", value });
  const deploy = await startRuntime({ "bench-work": work });
  const listener = { id: "in", type: "arduino-cloud-property-in", thing: "", wires: [["work"]] };
  const worker = { id: "work", type: "bench-work", workMs, wires: [] };
  const nodes = flowOf(cloud, [listener, worker]) as { id: string }[];
  await deploy(nodes.map((node) => (node.id === "cluster" ? { ...node, share: "spread" } : node)));
  let told = -1;
  setInterval(() => {
    const { account } = runtimeNodes.getNode("account") ?? {};
    const part = account?.cluster?.state.share?.part ?? 0;
    if (part !== told) report({ kind: "part", part });
    told = part;
  }, 50);
}
