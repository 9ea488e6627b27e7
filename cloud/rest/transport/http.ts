import http from "node:http";
import https from "node:https";
import type { Readable } from "node:stream";
import type { AxiosInstance } from "axios";
import type { Clock } from "../../core/clock";
import { loadLibrary, loadAhead } from "../../core/load-library";
import { cancelled, CloudError, systemCodeOf } from "../../core/errors";
import { findProxy, type Proxy, type ProxySettings } from "../../core/proxy";
import type { TlsOptions } from "../../core/tls";
import { ownTurn } from "../../core/short-turns";
import { createTunnelAgent } from "../../core/tunnel";
import { Cancellations } from "../../core/abort";
import type { DeprecationHeaders } from "./deprecation";
import { readAnswer } from "./secrets";
import { printable } from "../../core/text";

/** One HTTP request, ready to go out. */
export interface HttpRequest {
  verb: string;
  url: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
  /** Told how much of the body has gone out, in bytes. */
  onUpload?: (sent: number, total: number) => void;
  /** Names the request in errors, as in "things: list (GET /iot/v2/things)". */
  what: string;
  /** Secrets that are sent with it: neither an answer nor an error may quote them. */
  secrets?: readonly string[];
  /** The biggest answer that is read, in bytes; default 32 MB. */
  maxAnswerBytes?: number | undefined;
}

/** An HTTP answer, whatever its status. */
export interface HttpAnswer {
  status: number;
  mediaType: string;
  /** The `Retry-After` header, if any. */
  retryAfter: string | undefined;
  /** The `Date` header, if any: what time it is for the service. */
  date?: string | undefined;
  /** Announcements of the service. */
  notices?: DeprecationHeaders;
  /** The whole body, which is made a text when it is asked for. */
  readonly text: string;
  /** A body that takes long to be made a text: its bytes as they came, and what takes secrets out of a part of it. */
  long?: { chunks: readonly Buffer[]; clean: (text: string) => string };
}

/** An answer before anybody has looked at its body. */
export type RawAnswer = Omit<HttpAnswer, "text" | "long"> & { chunks: readonly Buffer[] };

interface HttpOptions {
  clock: Clock;
  /** Milliseconds from the start of a request to the end of its answer; default 30 s. */
  timeoutMs?: number;
  tls?: TlsOptions;
  /** In place of the proxy that the environment names. */
  proxy?: ProxySettings | undefined;
}

/** The biggest answer that is read; most of the largest real ones (10,000 points) stay far below. */
const defaultMaxAnswerBytes = 32 * 1024 * 1024;
const maxBodyBytes = 16 * 1024 * 1024;
const defaultAnswerTimeoutMs = 30_000;

/** HTTP for one account: connections kept alive, answers bounded in time and size, everything abortable. */
export class Http {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #agents: { http: http.Agent; https: https.Agent };
  readonly #tls: TlsOptions | undefined;
  readonly #proxy: ProxySettings | undefined;
  /** The proxies that requests go through, by where they go. */
  readonly #proxies = new Map<string, Proxy | undefined>();
  /** Agents that go through a proxy, by its URL. */
  readonly #tunnels = new Map<string, http.Agent>();
  #axios: AxiosInstance | undefined;
  readonly #cancellations = new Cancellations();

  constructor({ clock, timeoutMs = defaultAnswerTimeoutMs, tls, proxy }: HttpOptions) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#tls = tls;
    this.#proxy = proxy;
    this.#agents = {
      http: new http.Agent({ keepAlive: true }),
      https: new https.Agent({ ...tls, keepAlive: true }),
    };
  }

  /**
   * Sends one request, once.
   * @throws CloudError `offline` (no answer), `timeout`, `too_large`, `cancelled` (aborted or closed), `server_error`
   *   (the HTTP client is missing)
   */
  send(request: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer> {
    const { secrets = [] } = request;
    if (request.body !== undefined && request.body.length > maxBodyBytes) {
      return Promise.reject(tooLarge(request.what, "request", maxBodyBytes));
    }
    return this.#cancellations.run(signal, async (controller) => {
      let proxy: Proxy | undefined;
      const deadline = { passed: false };
      const stop = this.#clock.after(this.#timeoutMs, () => {
        deadline.passed = true;
        controller.abort();
      });
      try {
        proxy = this.#proxyFor(request.url);
        return readAnswer(await this.#request(request, proxy, controller.signal), secrets);
      } catch (reason) {
        throw deadline.passed
          ? this.#timeoutError(request.what)
          : transportError(request.what, reason, controller.signal, proxy).redacted(secrets);
      } finally {
        stop();
      }
    });
  }

  /** Ends everything under way with `cancelled` and closes all connections. */
  close(): void {
    this.#cancellations.close();
    this.#agents.http.destroy();
    this.#agents.https.destroy();
    for (const agent of this.#tunnels.values()) agent.destroy();
  }

  async #client(): Promise<AxiosInstance> {
    // It takes as long as all else that a flow does at its start, most of it for what axios needs itself.
    await loadAhead("axios", ["mime-types", "es-set-tostringtag", "form-data", "https-proxy-agent"]);
    // Node loads its own fetch when axios looks whether there is one.
    Reflect.get(globalThis, "Request");
    await ownTurn();
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- takes half the time of import()
    const axios = loadLibrary("axios", () => require("axios") as typeof import("axios"));
    return axios.create({
      adapter: "http",
      // The agents do that: axios would not send what is not encrypted through a tunnel, nor tell a refusal from an answer.
      proxy: false,
      // The API has no redirects. Following one could carry the token elsewhere, or turn a PUT into a GET.
      maxRedirects: 0,
      responseType: "stream",
      transformRequest: [(data: unknown) => data],
      transformResponse: [(data: unknown) => data],
      validateStatus: () => true,
    });
  }

  /** Returns the proxy that requests to a URL go through, as `findProxy`: what it reads does not change. */
  #proxyFor(url: string): Proxy | undefined {
    const pathAt = url.indexOf("/", url.indexOf("//") + 2);
    const server = pathAt < 0 ? url : url.slice(0, pathAt);
    if (!this.#proxies.has(server)) this.#proxies.set(server, findProxy(url, this.#proxy));
    return this.#proxies.get(server);
  }

  /** Returns the agents for requests that go through a proxy, or through none. */
  #agentsFor(proxy: Proxy | undefined): { httpAgent: http.Agent; httpsAgent: http.Agent } {
    if (proxy === undefined) return { httpAgent: this.#agents.http, httpsAgent: this.#agents.https };
    const key = proxy.url.href;
    const agent =
      this.#tunnels.get(key) ??
      createTunnelAgent(proxy, { tls: this.#tls, timeoutMs: this.#timeoutMs, clock: this.#clock });
    this.#tunnels.set(key, agent);
    return { httpAgent: agent, httpsAgent: agent };
  }

  async #request(request: HttpRequest, proxy: Proxy | undefined, signal: AbortSignal): Promise<RawAnswer> {
    const { verb, url, headers, body, onUpload, maxAnswerBytes = defaultMaxAnswerBytes } = request;
    this.#axios ??= await this.#client();
    const answer = await this.#axios.request<unknown>({
      ...this.#agentsFor(proxy),
      method: verb,
      url,
      headers: { Accept: "application/json", "User-Agent": "node-red-arduino-cloud", ...headers },
      ...(body === undefined ? {} : { data: body }),
      ...(onUpload && { onUploadProgress: ({ loaded, total }) => onUpload(loaded, total ?? loaded) }),
      signal,
    });
    const header = (name: string): string | undefined => {
      const value: unknown = answer.headers[name];
      return typeof value === "string" ? value : undefined;
    };
    return {
      status: answer.status,
      mediaType: header("content-type") ?? "",
      retryAfter: header("retry-after"),
      date: header("date"),
      notices: {
        deprecation: header("deprecation"),
        sunset: header("sunset"),
        warning: header("warning"),
        link: header("link"),
      },
      chunks: await readChunks(answer.data as Readable, maxAnswerBytes, request.what),
    };
  }

  #timeoutError(what: string): CloudError {
    const seconds = Math.round(this.#timeoutMs / 100) / 10;
    return new CloudError("timeout", `${what}: no complete answer within ${seconds} seconds. Try again later.`);
  }
}

/** Reads a body. It stays in pieces: one of 40 MB would take long to be put together. */
async function readChunks(body: Readable, maxBytes: number, what: string): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    // Leaving the loop destroys the stream.
    if (length > maxBytes) throw tooLarge(what, "answer", maxBytes);
    chunks.push(chunk);
  }
  return chunks;
}

function transportError(what: string, reason: unknown, signal: AbortSignal, proxy: Proxy | undefined): CloudError {
  if (signal.aborted) return cancelled(what);
  if (reason instanceof CloudError) return reason;
  // What a tunnel says is wrapped by axios.
  if (reason instanceof Error && reason.cause instanceof CloudError) return reason.cause.withContext(`${what}: `);
  const message = reason instanceof Error ? reason.message : "";
  // Only code and message are taken over: the error of axios carries the request, and with it the token.
  const detail = printable(message) || systemCodeOf(reason) || "no connection";
  const way = proxy === undefined ? "" : ` through the proxy ${proxy.address}`;
  return new CloudError(
    "offline",
    `${what}: the cloud could not be reached${way} (${detail}). Check the network and the address.`,
  );
}

function tooLarge(what: string, part: string, limit: number): CloudError {
  return new CloudError("too_large", `${what}: the ${part} is larger than ${limit / 1024 / 1024} MB. Ask for less.`);
}
