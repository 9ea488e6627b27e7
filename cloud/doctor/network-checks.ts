import { lookup } from "node:dns/promises";
import net from "node:net";
import tls from "node:tls";
import type { Clock } from "../core/clock";
import { onAbort } from "../core/abort";
import type { Proxy } from "../core/proxy";
import { parseServerAddress, type ServerAddress } from "../core/server-address";
import type { TlsOptions } from "../core/tls";
import { openTunnel } from "../core/tunnel";
import { type Answer, found } from "./finding";
import { attempt, systemCodeOf } from "../core/errors";
import { guarded } from "../core/guard";

/** A server, and how it is to be reached. */
export interface Server extends ServerAddress {
  tls: TlsOptions;
}

/** A certificate that ends within so many days is told of. */
const soon = 14;
const dayMs = 86_400_000;
/** Milliseconds for a connection to open; less than a check has, so that silence can be told from anything else. */
const connectTimeoutMs = 8_000;

/** Returns the server that an address leads to. */
export function serverOf(address: string, options: TlsOptions = {}): Server {
  return { ...parseServerAddress(address), tls: options };
}

/** Looks the name of a server up, as connections do. */
export async function checkName({ host }: Server): Promise<Answer> {
  try {
    await lookup(host);
    return found("dns", "ok", { host });
  } catch (reason) {
    return found("dns", systemCodeOf(reason) === "ENOTFOUND" ? "unknown" : "failed", { host });
  }
}

/** Opens a TCP connection to a server, and closes it again. Never rejects. */
export function checkPort({ host, port }: ServerAddress, signal: AbortSignal): Promise<Answer> {
  const values = { host, port };
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const finish = (answer: Answer): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(
      connectTimeoutMs,
      guarded(() => finish(found("port", "silent", values))),
    );
    socket.once(
      "connect",
      guarded(() => finish(found("port", "ok", values))),
    );
    socket.on(
      "error",
      guarded((error) => finish(found("port", portCode(systemCodeOf(error)), values))),
    );
    onAbort(signal, () => socket.destroy());
  });
}

function portCode(code: string): "refused" | "silent" | "unreachable" {
  if (code === "ECONNREFUSED") return "refused";
  return code === "ETIMEDOUT" ? "silent" : "unreachable";
}

/**
 * Makes a TLS handshake with a server, and tells how it stands with its certificate. Never rejects.
 * @param tunnel the way to it, where there is no straight one
 */
export function checkTls(
  { host, port, isSecure, tls: options }: Server,
  clock: Clock,
  signal: AbortSignal,
  tunnel?: net.Socket,
): Promise<Answer> {
  if (!isSecure) return Promise.resolve(found("tls", "plain", { host }));
  const servername = options.servername ?? (net.isIP(host) === 0 ? host : undefined);
  return new Promise((resolve) => {
    const way = tunnel === undefined ? { host, port } : { host, socket: tunnel };
    const socket = tls.connect({ ...way, ...options, ...(servername !== undefined && { servername }) });
    const finish = (answer: Answer): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once(
      "secureConnect",
      guarded(() => finish(certificateAnswer(host, socket, clock))),
    );
    socket.on(
      "error",
      guarded((error) => finish(found("tls", tlsCode(systemCodeOf(error)), { host }))),
    );
    socket.once(
      "close",
      guarded(() => finish(found("tls", "refused", { host }))),
    );
    onAbort(signal, () => socket.destroy());
  });
}

/** Does the same through a proxy, and tells where that lets nothing through. Never rejects. */
export async function checkTlsThrough(
  proxy: Proxy,
  server: Server,
  clock: Clock,
  signal: AbortSignal,
): Promise<Answer> {
  // Without TLS, so that a proxy that refuses is told from a certificate.
  const { value: tunnel, error } = await attempt(openTunnel(proxy, { ...server, isSecure: false }, { signal, clock }));
  if (tunnel === undefined)
    return found("general", "proxy-refused", { host: server.host, proxy: proxy.address }, error);
  if (server.isSecure) return checkTls(server, clock, signal, tunnel);
  tunnel.destroy();
  return found("tls", "plain", { host: server.host });
}

function certificateAnswer(host: string, socket: tls.TLSSocket, clock: Clock): Answer {
  if (!socket.authorized) return found("tls", "unchecked", { host });
  const end = Date.parse(socket.getPeerCertificate().valid_to);
  const days = Math.floor((end - clock.now()) / dayMs);
  return found("tls", days < soon ? "ending" : "ok", { host, days });
}

/** Classifies the codes of OpenSSL's verification and of Node's check of the name. */
function tlsCode(code: string): "expired" | "early" | "name" | "untrusted" | "refused" {
  if (code === "CERT_HAS_EXPIRED") return "expired";
  if (code === "CERT_NOT_YET_VALID") return "early";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "name";
  return /SELF_SIGNED|UNABLE_TO|CERT_UNTRUSTED|CERT_SIGNATURE|INVALID_CA|CERT_CHAIN/.test(code)
    ? "untrusted"
    : "refused";
}
