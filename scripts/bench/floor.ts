/**
 * What no node can go below: a Node-RED node that holds MQTT.js and cbor-x and sends on what it decodes, with nothing that
 * makes it useful. The difference to the bare client is Node-RED's own.
 */
import { listen } from "./client";
import { type Job, Meter, report } from "./protocol";
import { flowOf, settled, startRuntime } from "./runtime";

const floor = `module.exports = (RED) => {
  RED.nodes.registerType("bench-floor", function (config) {
    RED.nodes.createNode(this, config);
    globalThis.benchFloor((payload) => this.send({ payload }));
  });
};`;

interface Start {
  job: Job;
  cborX: string;
}

process.once("message", (message: Start) => {
  measure(message).catch((reason: unknown) => {
    console.error(reason);
    process.exit(1);
  });
});

async function measure({ job, cborX }: Start): Promise<void> {
  const host = globalThis as { benchMeter?: Meter; benchFloor?: (send: (value: unknown) => void) => void };
  host.benchMeter = new Meter(job);
  host.benchFloor = (send) => listen(job, cborX, send);
  const deploy = await startRuntime({ "bench-floor": floor });
  await deploy(flowOf(job, [{ id: "floor", type: "bench-floor" }]));
  await settled();
  report({ kind: "ready" });
}
