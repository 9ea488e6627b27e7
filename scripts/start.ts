/**
 * The demo, `npm start`: a Node-RED with this package, a flow that shows it, and a cloud. Runs until Ctrl+C.
 *
 * Environment: `PORT` (0 = a free one; 1880 if it is free where absent), `ARDUINO_CLIENT_ID` and
 * `ARDUINO_CLIENT_SECRET` (the real cloud instead of a simulated one), `ARDUINO_ORGANIZATION_ID` (a shared space).
 */
import { once } from "node:events";
import { shutdownSignal } from "../simulator/shutdown";
import { demoFolder, startDemo } from "./demo";

async function main(): Promise<void> {
  const shutdown = shutdownSignal();
  try {
    const demo = await startDemo(demoFolder(process.env), process.env, shutdown);
    console.log(`\nThe demo runs. Open the editor: ${demo.url}`);
    if (demo.dashboardUrl !== undefined) console.log(`The family's dashboard: ${demo.dashboardUrl}`);
    console.log(`The cloud: ${demo.cloud}.`);
    console.log("Ctrl+C stops everything.");
    await Promise.race([once(shutdown, "abort"), demo.ended]);
    await demo.stop();
    if (!shutdown.aborted) throw new Error("Node-RED ended by itself.");
    console.log("The demo has stopped.");
  } catch (reason) {
    if (shutdown.aborted) return;
    throw reason;
  }
}

main().catch((reason: unknown) => {
  console.error(reason instanceof Error ? reason.message : String(reason));
  process.exitCode = 1;
});
