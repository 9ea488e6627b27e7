import { createHash, hash as hashOnce } from "node:crypto";

const digestBytes = 8;

/** Returns a short text that tells contents apart, where nobody has an interest in making two alike. */
export function shortDigest(...parts: readonly (string | Uint8Array)[]): string {
  return digestOf(parts).subarray(0, digestBytes).toString("base64url");
}

function digestOf([first = "", ...more]: readonly (string | Uint8Array)[]): Buffer {
  // Values by the thousand are told apart by one text each.
  if (more.length === 0) return hashOnce("sha1", first, "buffer");
  const hash = createHash("sha1").update(first);
  for (const part of more) hash.update(part);
  return hash.digest();
}
