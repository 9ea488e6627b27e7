import mqtt from "mqtt";
import type { Job } from "./protocol";

interface CborX {
  decode: (bytes: Uint8Array) => unknown;
}

/**
 * Listens with a bare MQTT.js client and cbor-x, on the topics and at the QoS of property in; `take` gets what is
 * decoded.
 */
export function listen(job: Job, cborX: string, take: (value: unknown) => void, ready?: () => void): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- installed by the benchmark, outside the project
  const { decode } = require(cborX) as CborX;
  const client = mqtt.connect(job.brokerUrl, {
    clientId: `${job.userId}:bare`,
    username: job.userId,
    password: job.token,
    protocolVersion: 4,
    keepalive: 10,
    reconnectPeriod: 0,
  });
  client.on("message", (_topic, payload) => take(decode(payload)));
  client.on("connect", () => {
    const topics = job.things.map((thing) => `/a/t/${thing}/e/o`);
    client.subscribe(topics, { qos: 1 }, () => ready?.());
  });
}
