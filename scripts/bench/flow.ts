/** Property in inside a real Node-RED runtime, each node wired to a sink that only counts. */
import { type Job, Meter, report } from "./protocol";
import { flowOf, settled, startRuntime } from "./runtime";

process.once("message", (message: { job: Job }) => {
  measure(message.job).catch((reason: unknown) => {
    console.error(reason);
    process.exit(1);
  });
});

async function measure(job: Job): Promise<void> {
  (globalThis as { benchMeter?: Meter }).benchMeter = new Meter(job);
  const deploy = await startRuntime();
  const before = memory();
  const started = performance.now();
  await deploy(flow(job));
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
  const listeners = Array.from({ length: job.nodes }, (_, index) => ({
    id: `in${index}`,
    type: "arduino-cloud-property-in",
    thing: job.things[index % job.things.length],
    property: job.variables[Math.floor(index / job.things.length) % job.variables.length],
    direction: "reported",
    emit: "all",
    deadband: "0",
    initial: false,
    catchUp: job.catchUp ?? "none",
  }));
  return flowOf(job, listeners);
}

function memory(): NodeJS.MemoryUsage {
  globalThis.gc?.();
  return process.memoryUsage();
}
