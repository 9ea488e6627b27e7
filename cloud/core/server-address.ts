/** Where a server listens. */
export interface ServerAddress {
  /** A name, or an IP address without brackets. */
  host: string;
  port: number;
  isSecure: boolean;
}

const defaultPorts: Readonly<Record<string, number>> = {
  "http:": 80,
  "https:": 443,
  "ws:": 80,
  "wss:": 443,
  "mqtt:": 1883,
  "mqtts:": 8883,
};
const secureSchemes: readonly string[] = ["https:", "wss:", "mqtts:"];

/** Returns the server that a URL leads to. */
export function parseServerAddress(url: string | URL): ServerAddress {
  const { protocol, hostname, port } = new URL(url);
  return {
    // An IPv6 address stands in brackets in a URL, and nowhere else.
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (defaultPorts[protocol] ?? 0) : Number(port),
    isSecure: secureSchemes.includes(protocol),
  };
}

/** Returns a server as it stands in a URL and in texts: `host:port`, an IPv6 address in brackets. */
export function formatServerAddress({ host, port }: Pick<ServerAddress, "host" | "port">): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
