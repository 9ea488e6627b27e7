import http from "node:http";
import https from "node:https";
import { findProxy, type ProxySettings } from "../core/proxy";
import type { TlsOptions } from "../core/tls";
import { createTunnelAgent } from "../core/tunnel";
import { guarded } from "../core/guard";

/**
 * Asks a web server what time it is, without credentials. Resolves with its clock in milliseconds since 1970, with
 * `undefined` where it tells none or does not answer. Never rejects.
 *
 * @throws CloudError as `findProxy`
 */
export function askServerTime(
  url: string,
  timeoutMs: number,
  { tls, proxy: chosen }: { tls?: TlsOptions | undefined; proxy?: ProxySettings | undefined } = {},
): Promise<number | undefined> {
  const proxy = findProxy(url, chosen);
  const agent = proxy !== undefined && createTunnelAgent(proxy, { tls, timeoutMs });
  return new Promise((resolve) => {
    const client = url.startsWith("https:") ? https : http;
    const request = client.request(url, { method: "HEAD", agent, timeout: timeoutMs, ...tls }, (response) => {
      response.resume();
      const time = Date.parse(response.headers.date ?? "");
      resolve(Number.isNaN(time) ? undefined : time);
    });
    request.on(
      "timeout",
      guarded(() => request.destroy()),
    );
    request.on(
      "error",
      guarded(() => resolve(undefined)),
    );
    request.on(
      "close",
      guarded(() => {
        if (agent !== false) agent.destroy();
        resolve(undefined);
      }),
    );
    request.end();
  });
}
