import type { Clock } from "../core/clock";
import type { TlsOptions } from "../core/tls";
import type { Check } from "./run-checks";
import { type Answer, found } from "./finding";
import { checkName, checkPort, checkTls, hasProxy, type Server, serverOf } from "./network-checks";

/** The two servers that an account talks to. */
export type ServerName = "api" | "broker";

/** The servers of an examination. */
export interface Servers {
  readonly addresses: Readonly<Partial<Record<ServerName, string>>>;
  readonly tls: TlsOptions | undefined;
  readonly clock: Clock;
}

/** Returns the checks of the way to a server: its name, its port, its certificate. */
export function serverChecks<State extends Servers>(name: ServerName): Check<State>[] {
  const on =
    (check: (server: Server, clock: Clock, signal: AbortSignal) => Promise<Answer>) =>
    ({ addresses, tls, clock }: State, signal: AbortSignal): Promise<Answer> => {
      const address = addresses[name] ?? "";
      const server = serverOf(address, tls);
      // Only HTTP goes through a proxy: the broker is always reached directly.
      if (name === "api" && hasProxy(address, process.env)) {
        return Promise.resolve(found("general", "proxy", { host: server.host }));
      }
      return check(server, clock, signal);
    };
  return [
    { id: `${name}-dns`, needs: [], run: on((server) => checkName(server)) },
    { id: `${name}-port`, needs: [`${name}-dns`], run: on((server, _clock, signal) => checkPort(server, signal)) },
    { id: `${name}-tls`, needs: [`${name}-port`], run: on((server, clock, signal) => checkTls(server, clock, signal)) },
  ];
}
