import http from "node:http";
import https from "node:https";
import type { TlsOptions } from "../core/tls";

/**
 * Asks a web server what time it is, without credentials. Resolves with its clock in milliseconds since 1970, with
 * `undefined` where it tells none or does not answer. Never rejects.
 */
export function askServerTime(url: string, timeoutMs: number, tls: TlsOptions = {}): Promise<number | undefined> {
  return new Promise((resolve) => {
    const client = url.startsWith("https:") ? https : http;
    const request = client.request(url, { method: "HEAD", agent: false, timeout: timeoutMs, ...tls }, (response) => {
      response.resume();
      const time = Date.parse(response.headers.date ?? "");
      resolve(Number.isNaN(time) ? undefined : time);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(undefined));
    request.on("close", () => resolve(undefined));
    request.end();
  });
}
