/** The yardstick: MQTT.js and cbor-x, subscribed to the same topics at the same QoS, doing nothing with the values. */
import { listen } from "./client";
import { type Job, Meter, report } from "./protocol";

process.once("message", ({ job, cborX }: { job: Job; cborX: string }) => {
  const meter = new Meter(job);
  listen(
    job,
    cborX,
    () => meter.tick(),
    () => report({ kind: "ready" }),
  );
});
