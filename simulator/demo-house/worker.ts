/**
 * The demo house as a worker thread, the way the package brings it along: takes an API key as `workerData`, and posts
 * `{ addresses }` once it listens, or `{ error }`. It lives until it is terminated.
 */
import { parentPort, workerData } from "node:worker_threads";
import { type DemoHouseKey, startDemoHouse } from "./index";

startDemoHouse(workerData as DemoHouseKey).then(
  ({ addresses }) => parentPort?.postMessage({ addresses }),
  (reason: unknown) => parentPort?.postMessage({ error: reason instanceof Error ? reason.message : String(reason) }),
);
