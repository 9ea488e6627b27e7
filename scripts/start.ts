/**
 * The demo, `npm start`: a Node-RED with this package, a flow that shows it, and a cloud. Runs until Ctrl-C.
 *
 * Environment: `PORT` (0 = a free one; 1880 if it is free where absent), `ARDUINO_CLIENT_ID` and
 * `ARDUINO_CLIENT_SECRET` (the real cloud instead of a simulated one), `ARDUINO_ORGANIZATION_ID` (a shared space).
 */
import { demoFolder, startDemo } from "./demo";

async function main(): Promise<void> {
  const stopping = new AbortController();
  const asked = new Promise<void>((resolve) => stopping.signal.addEventListener("abort", () => resolve()));
  // A terminal and npm both pass a Ctrl-C on, so it may come twice.
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => stopping.abort());
  try {
    const demo = await startDemo(demoFolder(process.env), process.env, stopping.signal);
    console.log(`\nThe demo runs. Open the editor: ${demo.url}`);
    console.log(`The family's dashboard: ${demo.dashboardUrl}`);
    console.log(`The cloud: ${demo.cloud}.`);
    console.log("Ctrl-C stops everything.");
    await Promise.race([asked, demo.ended]);
    await demo.stop();
    if (!stopping.signal.aborted) throw new Error("Node-RED ended by itself.");
    console.log("The demo has stopped.");
  } catch (reason) {
    if (stopping.signal.aborted) return;
    throw reason;
  }
}

main().catch((reason: unknown) => {
  console.error(reason instanceof Error ? reason.message : String(reason));
  process.exitCode = 1;
});
