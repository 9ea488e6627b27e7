import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { CloudError } from "../core/errors";

/** How a copy stands: what people are told. */
export type ClusterState =
  | { readonly name: "idle" | "joining" | "speaking" }
  | { readonly name: "standing-by"; readonly speaker: string }
  | { readonly name: "no-engine"; readonly error: CloudError };

/** Returns a name for this copy: host and process as people know them, and something random. */
export function newCopyId(): string {
  const host = hostname().replace(/[|/\s]/g, "-");
  return `${host}/${process.pid}/${randomBytes(4).toString("hex")}`;
}

/** Returns the name of a copy as people are told it. */
export function shownCopy(id: string): string {
  return id.split("/").slice(0, 2).join("/");
}
