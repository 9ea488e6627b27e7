/** The node: a stream in a real Node-RED, into a node that is done with each message at once. */
import { setTimeout as sleep } from "node:timers/promises";
import { answerJobs, type Digest, type HistoryJob, windowOf } from "./history-protocol";
import { flowOf, startRuntime } from "./runtime";

interface Row {
  time: string;
  value: number;
}

interface HistoryNode {
  receive(message: object): void;
}

const sink = `module.exports = (RED) => {
  RED.nodes.registerType("bench-rows", function (config) {
    RED.nodes.createNode(this, config);
    this.on("input", (msg, send, done) => { globalThis.benchRows(msg); done(); });
    globalThis.benchNodes = RED.nodes;
  });
};`;

const shared = globalThis as {
  benchRows?: (message: { payload: Row[]; complete?: true }) => void;
  benchNodes?: { getNode(id: string): HistoryNode | null };
};

let deploy: Promise<(nodes: object[]) => Promise<void>> | undefined;
let deployed = 0;

answerJobs(readAll, async (job) => {
  deploy ??= startRuntime({ "bench-rows": sink });
  if (deployed === job.requestsPerSecond) return;
  await (
    await deploy
  )(flow(job));
  deployed = job.requestsPerSecond;
  // Nodes start a moment after the deployment.
  while (historyNode() === undefined) await sleep(20);
});

function readAll({ check }: HistoryJob, digest: Digest): Promise<void> {
  return new Promise((resolve) => {
    shared.benchRows = ({ payload, complete }) => {
      if (check) for (const { time, value } of payload) digest.add(Date.parse(time), value);
      else digest.points += payload.length;
      if (complete) resolve();
    };
    historyNode()?.receive({});
  });
}

function historyNode(): HistoryNode | undefined {
  return shared.benchNodes?.getNode("history") ?? undefined;
}

function flow({ cloud, requestsPerSecond }: HistoryJob): object[] {
  const history = {
    ...{ id: "history", type: "arduino-cloud-history", thing: cloud.thingId, property: "runs" },
    ...windowOf(cloud.history),
    ...{ output: "stream", batch: "1000", limit: "0", advance: "auto", wires: [["rows"]] },
  };
  const rows = { id: "rows", type: "bench-rows", z: "tab", wires: [] };
  const nodes = flowOf(cloud, [history]).map((node) =>
    (node as { id: string }).id === "account" ? { ...node, requestsPerSecond: String(requestsPerSecond) } : node,
  );
  return [...nodes, rows];
}
