import { CloudError } from "../core/errors";
import { formatServerAddress } from "../core/server-address";

/** Where a Redis is, as an address says it. */
export interface RedisPlace {
  kind: "single" | "sentinel" | "cluster";
  hosts: { host: string; port: number }[];
  isSecure: boolean;
  db: number;
  /** The name of the master that sentinels watch; blank otherwise. */
  master: string;
  /** The first host and port, for messages: no credentials. */
  shown: string;
}

const pattern = /^(rediss?)(-sentinel|-cluster)?:\/\/([^/?#@]+)(?:\/(\d{1,5})?)?(?:#(.+))?$/i;
const maxPort = 65_535;

/**
 * Reads the address of a Redis: `redis://host:6379/0`, `rediss://…` with TLS, sentinels as
 * `redis-sentinel://one:26379,two:26379/0#master`, or nodes of a Redis Cluster as `redis-cluster://one,two`.
 * @throws CloudError `not_configured`
 */
export function parseRedisUrl(url: string): RedisPlace {
  if (url.includes("@")) {
    throw wrongAddress("has a user or password in it: enter those in the fields of their own");
  }
  const [, scheme = "", suffix = "", hostList = "", db = "0", master = ""] = pattern.exec(url.trim()) ?? [];
  if (scheme === "") throw wrongAddress("is not one: redis://host:6379 is expected, for example");
  const kind = suffix === "" ? "single" : suffix.toLowerCase() === "-sentinel" ? "sentinel" : "cluster";
  const hosts = hostList.split(",").map((text) => readHost(text.trim(), kind === "sentinel" ? 26_379 : 6_379));
  if (kind === "single" && hosts.length > 1) {
    throw wrongAddress("names several hosts: begin it with redis-sentinel:// or redis-cluster://");
  }
  if (kind === "sentinel" && master === "")
    throw wrongAddress("has no name of a master behind a #, as sentinels need it");
  const [first = { host: "", port: 0 }] = hosts;
  const shown = formatServerAddress(first);
  return { kind, hosts, isSecure: scheme.toLowerCase() === "rediss", db: Number(db), master, shown };
}

function readHost(text: string, defaultPort: number): { host: string; port: number } {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/i.exec(text);
  const port = Number(match?.[2] ?? defaultPort);
  if (match?.[1] === undefined || port < 1 || port > maxPort) throw wrongAddress("names a host or port that cannot be");
  return { host: match[1].replace(/^\[|\]$/g, ""), port };
}

function wrongAddress(what: string): CloudError {
  return new CloudError("not_configured", `The address of the cluster's Redis ${what}.`);
}
