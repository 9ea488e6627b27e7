import net from "node:net";
import { CloudError } from "./errors";
import { formatServerAddress, parseServerAddress } from "./server-address";

/** A proxy that somebody chose, in place of those that the environment names. */
export interface ProxySettings {
  /** `http://host:port` or `https://host:port`. */
  url: string;
  user?: string;
  password?: string;
  /** The hosts that are reached without it, as in `no_proxy`. */
  exceptions?: readonly string[];
}

/** The proxy that a connection goes through. */
export interface Proxy {
  /** `host:port`: what may be shown of it. */
  readonly address: string;
  /** With user name and password, percent-encoded: never to be shown. */
  readonly url: URL;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variables that name the proxy of a URL, by its scheme, besides its own `<scheme>_proxy`. A broker is reached through
 * a tunnel, which is what `https_proxy` stands for (RFC 6455, section 4.1); what is not encrypted may also go where plain
 * HTTP goes.
 */
const variables: Readonly<Record<string, readonly string[]>> = {
  http: [],
  https: [],
  wss: ["https_proxy"],
  mqtts: ["https_proxy"],
  ws: ["https_proxy", "http_proxy"],
  mqtt: ["https_proxy", "http_proxy"],
};

/**
 * Returns the proxy that connections to a URL go through: the one that is chosen, else the one that the environment names;
 * `undefined` where they go straight.
 * @throws CloudError `not_configured` where its address cannot be used
 */
export function findProxy(
  url: string,
  chosen: ProxySettings | undefined,
  environment: Environment = process.env,
): Proxy | undefined {
  const { host, port } = parseServerAddress(url);
  const isExcepted = (exceptions: readonly string[]): boolean =>
    exceptions.some((exception) => matches(exception.trim().toLowerCase(), host.toLowerCase(), port));
  if (chosen !== undefined) {
    if (isExcepted(chosen.exceptions ?? [])) return undefined;
    return parseProxy(chosen.url, "the chosen HTTP proxy", chosen);
  }
  const scheme = new URL(url).protocol.slice(0, -1);
  for (const name of [`${scheme}_proxy`, ...(variables[scheme] ?? []), "all_proxy"]) {
    const address = valueOf(environment, name);
    if (address === "") continue;
    if (isExcepted(valueOf(environment, "no_proxy").split(/[\s,]+/))) return undefined;
    return parseProxy(address, `the environment variable ${name}`);
  }
  return undefined;
}

function valueOf(environment: Environment, name: string): string {
  return (environment[name]?.trim() || environment[name.toUpperCase()]?.trim()) ?? "";
}

/**
 * Reads the address of a proxy, which may hold a password: errors show none of it.
 * @param origin where it comes from, for errors
 */
function parseProxy(given: string, origin: string, login: Pick<ProxySettings, "user" | "password"> = {}): Proxy {
  if (/^socks[\da-z]*:/i.test(given)) {
    throw new CloudError(
      "not_configured",
      `There is a SOCKS proxy in ${origin}, and only HTTP proxies can be used: name one that makes tunnels (CONNECT), ` +
        "such as http://proxy.example:3128, or make an exception for the Arduino Cloud (no_proxy).",
      { isOfAccount: true },
    );
  }
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "") {
    throw new CloudError(
      "not_configured",
      `The address in ${origin} is no proxy that can be used: expected is an address such as http://proxy.example:3128.`,
      { isOfAccount: true },
    );
  }
  url.username = encodeURIComponent(login.user || decode(url.username));
  url.password = encodeURIComponent(login.password || decode(url.password));
  return { address: formatServerAddress(parseServerAddress(url)), url };
}

/** Returns a percent-encoded text decoded; one that is not encoded rightly, as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Returns whether an exception is about a server: `*`, a name with all names below it (`example.org`, `.example.org`,
 * `*.example.org`), an IP address or a range of them (`10.0.0.0/8`), and perhaps a port.
 */
function matches(exception: string, host: string, port: number): boolean {
  if (exception === "" || exception === "*") return exception === "*";
  const isAddress = net.isIPv6(exception) || exception.includes("/");
  const [, bracketed, plain = exception, wantedPort] = isAddress
    ? []
    : (/^(?:\[(.+)\]|(.*?))(?::(\d+))?$/.exec(exception) ?? []);
  if (wantedPort !== undefined && Number(wantedPort) !== port) return false;
  const name = bracketed ?? plain;
  if (net.isIP(host) !== 0) return isInRange(name, host);
  const domain = name.replace(/^\*?\./, "");
  return domain !== "" && (host === domain || host.endsWith(`.${domain}`));
}

function isInRange(range: string, address: string): boolean {
  const [start = "", bits] = range.split("/");
  const family = net.isIPv6(start) ? "ipv6" : "ipv4";
  const list = new net.BlockList();
  try {
    if (bits === undefined) list.addAddress(start, family);
    else list.addSubnet(start, Number(bits), family);
  } catch {
    return false;
  }
  return list.check(address, net.isIPv6(address) ? "ipv6" : "ipv4");
}
