import type { ClusterSettings } from "../../cloud/cluster/cluster-settings";

/** Returns the settings of a cluster on a Redis, as specs use it. */
export function clusterSettings(url: string, more: Partial<ClusterSettings> = {}): ClusterSettings {
  return {
    name: "spec",
    url,
    user: "",
    password: "",
    share: "standby",
    ttlMs: 1_000,
    holdMs: 60_000,
    whenEngineDown: "hold",
    ...more,
  };
}
