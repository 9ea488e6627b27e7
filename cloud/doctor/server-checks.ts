import type { Clock } from "../core/clock";
import { findProxy, type Proxy, type ProxySettings } from "../core/proxy";
import { parseServerAddress } from "../core/server-address";
import type { TlsOptions } from "../core/tls";
import type { Check } from "./run-checks";
import { type Answer, found } from "./finding";
import { checkName, checkPort, checkTls, checkTlsThrough, type Server, serverOf } from "./network-checks";

/** The two servers that an account talks to. */
export type ServerName = "api" | "broker";

/** The servers of an examination. */
export interface Servers {
  readonly addresses: Readonly<Partial<Record<ServerName, string>>>;
  readonly tls: TlsOptions | undefined;
  readonly proxy?: ProxySettings | undefined;
  readonly clock: Clock;
}

/** One look at the way to a server. */
interface Look {
  server: Server;
  proxy: Proxy | undefined;
  clock: Clock;
  signal: AbortSignal;
}

/**
 * Returns the checks of the way to a server: its name, its port, its certificate. Where a proxy is on the way, its port
 * stands for the server's, whose name it looks up itself.
 */
export function serverChecks<State extends Servers>(name: ServerName): Check<State>[] {
  const on =
    (check: (look: Look) => Promise<Answer>) =>
    async ({ addresses, tls, proxy: chosen, clock }: State, signal: AbortSignal): Promise<Answer> => {
      const address = addresses[name] ?? "";
      return check({ server: serverOf(address, tls), proxy: findProxy(address, chosen), clock, signal });
    };
  return [
    { id: `${name}-dns`, needs: [], run: on(nameAnswer) },
    { id: `${name}-port`, needs: [`${name}-dns`], run: on(portAnswer) },
    { id: `${name}-tls`, needs: [`${name}-port`], run: on(tlsAnswer) },
  ];
}

function nameAnswer({ server, proxy }: Look): Promise<Answer> {
  if (proxy === undefined) return checkName(server);
  return Promise.resolve(found("general", "proxy", { host: server.host, proxy: proxy.address }));
}

function portAnswer({ server, proxy, signal }: Look): Promise<Answer> {
  return checkPort(proxy === undefined ? server : parseServerAddress(proxy.url), signal);
}

function tlsAnswer({ server, proxy, clock, signal }: Look): Promise<Answer> {
  return proxy === undefined ? checkTls(server, clock, signal) : checkTlsThrough(proxy, server, clock, signal);
}
