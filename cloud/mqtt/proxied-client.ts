import type { IClientOptions, MqttClient } from "mqtt";
import { systemClock } from "../core/clock";
import { loadLibrary } from "../core/load-library";
import type { Proxy } from "../core/proxy";
import { parseServerAddress } from "../core/server-address";
import { createTunnelAgent, openTunnel } from "../core/tunnel";
import type { ConnectionOptions } from "./connection";
import { defaultTimings } from "./timings";

/**
 * Starts an MQTT.js client whose connection is a tunnel through a proxy.
 * @param connect MQTT.js's own, for what it opens itself: WebSockets
 * @throws CloudError as `openTunnel`
 */
export async function connectThroughProxy(
  proxy: Proxy,
  { url, tls, signal, clock = systemClock, timings = defaultTimings }: ConnectionOptions,
  mqttOptions: IClientOptions,
  connect: (url: string, options: IClientOptions) => MqttClient,
): Promise<MqttClient> {
  const options = { tls, signal, clock, timeoutMs: timings.connectTimeoutMs };
  if (/^wss?:/i.test(url)) {
    const agent = createTunnelAgent(proxy, options);
    return connect(url, { ...mqttOptions, wsOptions: { ...mqttOptions.wsOptions, agent } });
  }
  const socket = await openTunnel(proxy, parseServerAddress(url), options);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- takes half the time of import(), and no turn
  const mqtt = loadLibrary("mqtt", () => require("mqtt") as typeof import("mqtt"));
  return new mqtt.MqttClient(() => socket, mqttOptions);
}
