/** The yardstick: MQTT.js and cbor-x, subscribed to the same topics at the same QoS, doing nothing with the values. */
import mqtt from "mqtt";
import { type Job, Meter, report } from "./protocol";

interface CborX {
  decode(bytes: Uint8Array): unknown;
}

process.once("message", (message: { job: Job; cborX: string }) => {
  const { job } = message;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- installed by the benchmark, outside the project
  const { decode } = require(message.cborX) as CborX;
  const meter = new Meter(job);
  let last: unknown;
  const client = mqtt.connect(job.brokerUrl, {
    clientId: `${job.userId}:bare`,
    username: job.userId,
    password: job.token,
    protocolVersion: 4,
    keepalive: 10,
    reconnectPeriod: 0,
  });
  client.on("message", (_topic, payload) => {
    last = decode(payload);
    meter.tick();
  });
  client.on("connect", () => {
    client.subscribe(
      job.things.map((thing) => `/a/t/${thing}/e/o`),
      { qos: 1 },
      () => report({ kind: "ready" }),
    );
  });
  process.on("exit", () => last);
});
