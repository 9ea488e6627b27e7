import type { ConnectionOptions } from "node:tls";
import type { Cluster as RedisCluster, Redis } from "ioredis";
import type { ClusterSettings } from "./cluster-settings";
import type { RedisPlace } from "./redis-url";

const maxReconnectMs = 1_000;
const minTimeoutMs = 250;

/** Returns a connection that is not open yet, and opens itself again whenever it has ended. */
export function connectRedis(
  library: typeof import("ioredis"),
  settings: ClusterSettings,
  place: RedisPlace,
): Redis | RedisCluster {
  const { hosts, isSecure, db, master } = place;
  const timeoutMs = Math.max(minTimeoutMs, settings.ttlMs / 3);
  const retryStrategy = (times: number): number => Math.min(maxReconnectMs, 50 * 2 ** Math.min(times, 6));
  const common = {
    lazyConnect: true,
    // What can't be said now is of no use later.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // Nobody would hear of a refusal, and Node.js ends over it.
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    commandTimeout: timeoutMs,
    // Where a firewall has forgotten a connection, nothing tells: it would be mended only after a quarter of an hour.
    socketTimeout: timeoutMs,
    connectTimeout: Math.max(1_000, timeoutMs),
    retryStrategy,
    protocol: 2 as const,
    ...(settings.user !== "" && { username: settings.user }),
    ...(settings.password !== "" && { password: settings.password }),
    ...((isSecure || settings.tls !== undefined) && { tls: (settings.tls ?? {}) as ConnectionOptions }),
  };
  if (place.kind === "cluster") {
    const options = { redisOptions: common, lazyConnect: true, enableOfflineQueue: false };
    return new library.Cluster(hosts, { ...options, clusterRetryStrategy: retryStrategy });
  }
  if (place.kind === "sentinel") {
    const sentinelRetryStrategy = retryStrategy;
    const ofSentinels = isSecure ? { enableTLSForSentinelMode: true } : {};
    return new library.Redis({ ...common, ...ofSentinels, db, sentinels: hosts, name: master, sentinelRetryStrategy });
  }
  return new library.Redis({ ...common, db, ...hosts[0] });
}
