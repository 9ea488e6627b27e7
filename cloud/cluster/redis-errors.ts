import { CloudError, type ErrorCode, systemCodeOf } from "../core/errors";
import { printable } from "../core/text";

/** The meaning of failures of Redis, by how their text begins or what is in it. */
const meanings: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [/^(WRONGPASS|NOAUTH|ERR Client sent AUTH|ERR AUTH)/i, "unauthorized", "refuses user and password: check both"],
  [/^NOPERM/i, "forbidden", "does not let this user do what a cluster needs: give it scripts, keys and channels"],
  [/^OOM/i, "precondition_failed", "has no memory left: give it more"],
  [/^WRONGTYPE/i, "conflict", "has a key of another kind under the cluster's name: choose another name"],
  [/DB index/i, "not_configured", "has no database of that number: change the one behind its address"],
  [/unknown command/i, "precondition_failed", "lacks what a cluster needs: Redis 5 or later, or Valkey"],
  [
    /^(READONLY|MASTERDOWN|NOREPLICAS|MISCONF|LOADING|CLUSTERDOWN|BUSY)/i,
    "server_error",
    "takes no changes at present",
  ],
  [/protocol error|parser ?error|resp type|reply type/i, "server_error", "is no Redis: check address and port"],
  [/command timed out|ETIMEDOUT|timeout/i, "timeout", "does not answer in time"],
];

/** Returns an error of Redis as one that says what to do, without the secret. */
export function redisError(reason: unknown, shown: string): CloudError {
  if (reason instanceof CloudError) return reason;
  const name = reason instanceof Error ? reason.name : "";
  const text = reason instanceof Error ? reason.message : String(reason);
  const meant = meanings.find(([pattern]) => pattern.test(text) || pattern.test(name));
  if (meant !== undefined) return new CloudError(meant[1], `What answers at ${shown} ${meant[2]}.`);
  const code = systemCodeOf(reason);
  const why = code === "" ? "" : ` (${printable(code)})`;
  const cure = "check its address, the network, and whom it lets in";
  return new CloudError("offline", `The Redis at ${shown} cannot be reached${why}: ${cure}.`);
}
