/** Nodes that ask the cloud again and again, inside a real Node-RED runtime. Their requests are counted by the far side. */
import { report } from "./protocol";
import { type Cloud, flowOf, startRuntime } from "./runtime";

process.once("message", (message: { cloud: Cloud; nodes: object[] }) => {
  run(message.cloud, message.nodes).catch((reason: unknown) => {
    console.error(reason);
    process.exit(1);
  });
});

async function run(cloud: Cloud, nodes: object[]): Promise<void> {
  const deploy = await startRuntime();
  await deploy(flowOf(cloud, nodes));
  report({ kind: "ready" });
}
