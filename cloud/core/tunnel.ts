import { EventEmitter } from "node:events";
import type http from "node:http";
import net from "node:net";
import tls from "node:tls";
import type { HttpsProxyAgent } from "https-proxy-agent";
import { onAbort } from "./abort";
import { type Clock, systemClock } from "./clock";
import { CloudError, toCloudError } from "./errors";
import { loadLibrary } from "./load-library";
import type { Proxy } from "./proxy";
import { formatServerAddress, type ServerAddress } from "./server-address";
import type { TlsOptions } from "./tls";
import { guarded } from "./guard";

/** The server that an agent is to connect to. */
type AgentConnectOpts = Parameters<HttpsProxyAgent<string>["connect"]>[1];

interface TunnelOptions {
  /** For the server at the far end. */
  tls?: TlsOptions | undefined;
  /** Ends tunnels that are being made. */
  signal?: AbortSignal | undefined;
  /** Milliseconds that the proxy has to make a tunnel; default 30 s. */
  timeoutMs?: number;
  clock?: Clock;
}

const tunnelTimeoutMs = 30_000;

/**
 * Returns an agent whose connections are tunnels through a proxy (CONNECT), to HTTP and WebSocket servers, with TLS or
 * without. Where the proxy is away or refuses, requests fail with a CloudError that names it, `offline` or `server_error`.
 * @throws CloudError `server_error` where the library is missing
 */
export function createTunnelAgent(proxy: Proxy, options: TunnelOptions = {}): HttpsProxyAgent<string> {
  const { signal, timeoutMs = tunnelTimeoutMs, clock = systemClock } = options;
  const { HttpsProxyAgent } = loadLibrary(
    "https-proxy-agent",
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- takes half the time of import(), and no turn
    () => require("https-proxy-agent") as typeof import("https-proxy-agent"),
  );
  const agent = new HttpsProxyAgent<string>(proxy.url, { keepAlive: true });
  Object.assign(agent.options, options.tls);
  const connect = agent.connect.bind(agent);
  agent.connect = async (request, server) => {
    const controller = new AbortController();
    const stop = onAbort(signal, () => controller.abort());
    const stopTimer = clock.after(timeoutMs, () => controller.abort());
    // Read at once by what follows, so that each tunnel has its own signal.
    agent.connectOpts = { ...agent.connectOpts, signal: controller.signal };
    let status = 200;
    request.once(
      "proxyConnect",
      guarded(({ statusCode }: { statusCode: number }) => (status = statusCode)),
    );
    try {
      const socket = await connect(request, withServerIdentity(server));
      if (status === 200) return socket;
      socket.destroy();
    } catch (reason) {
      throw unreachable(proxy, controller.signal.aborted ? "it did not answer in time" : toCloudError(reason).message);
    } finally {
      stopTimer();
      stop();
    }
    throw refusedBy(proxy, status, server.host ?? "", server.port);
  };
  return agent;
}

/**
 * Opens a connection to a server through a proxy, for what is not HTTP; with TLS where the server is secure.
 * @throws CloudError as the requests over `createTunnelAgent`
 */
export function openTunnel(
  proxy: Proxy,
  { host, port, isSecure }: ServerAddress,
  options: TunnelOptions = {},
): Promise<net.Socket> {
  const servername = net.isIP(host) === 0 ? { servername: host } : {};
  const server = { ...servername, ...options.tls, host, port, secureEndpoint: isSecure };
  // The agent tells a request what the proxy has answered, and asks nothing else of it.
  const request = new EventEmitter() as unknown as http.ClientRequest;
  return createTunnelAgent(proxy, options).connect(request, server);
}

/** Has the certificate of a server that is named by an IP address checked for it; without a name, Node takes "localhost". */
function withServerIdentity(server: AgentConnectOpts): AgentConnectOpts {
  const { host } = server;
  if (!server.secureEndpoint || !host || net.isIP(host) === 0 || server.servername) return server;
  return { ...server, checkServerIdentity: (_name, certificate) => tls.checkServerIdentity(host, certificate) };
}

function unreachable({ address }: Proxy, detail: string): CloudError {
  return new CloudError("offline", `The proxy ${address} could not be reached: ${detail}. Check it, and its address.`);
}

function refusedBy({ address, url }: Proxy, status: number, host: string, port: number): CloudError {
  const facts = { statusCode: status };
  if (status === 407) {
    const [said, advice] =
      url.username === ""
        ? ["wants a user name and a password", "Put them into the address of the proxy, or into its node."]
        : ["does not accept the user name or the password", "Correct them."];
    return new CloudError("server_error", `The proxy ${address} ${said} (HTTP 407). ${advice}`, facts);
  }
  const server = formatServerAddress({ host, port });
  return status >= 500
    ? new CloudError("offline", `The proxy ${address} could not reach ${server} (HTTP ${status}).`, facts)
    : new CloudError(
        "server_error",
        `The proxy ${address} lets nothing through to ${server} (HTTP ${status}). Ask whoever runs it, or use another one.`,
        facts,
      );
}
