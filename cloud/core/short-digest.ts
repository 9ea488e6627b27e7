import { createHash } from "node:crypto";

const digestBytes = 8;

/** Returns a short text that tells contents apart, where nobody has an interest in making two alike. */
export function shortDigest(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part);
  return hash.digest().subarray(0, digestBytes).toString("base64url");
}
