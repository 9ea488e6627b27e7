import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { CloudError } from "../core/errors";
import { guarded } from "../core/guard";

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

/** Returns how a copy stands that has an engine and does not speak. */
export function waitingState(lastSpeaker: string, me: string): ClusterState {
  if (lastSpeaker === "" || lastSpeaker === me) return { name: "joining" };
  return { name: "standing-by", speaker: shownCopy(lastSpeaker) };
}

/** Returns the name of a copy as people are told it. */
function shownCopy(id: string): string {
  return id.split("/").slice(0, 2).join("/");
}

/** The state that people are told, and those who are told of each change. */
export class StateTeller {
  readonly #observers = new Set<(state: ClusterState) => void>();
  #state: ClusterState = { name: "idle" };
  #speaks = false;

  get state(): ClusterState {
    return this.#state;
  }

  /** Tells of each change; returns the function that ends it. */
  observe(observer: (state: ClusterState) => void): () => void {
    const safe = guarded(observer);
    this.#observers.add(safe);
    return () => this.#observers.delete(safe);
  }

  /** Shows a state, and whether this copy speaks in it, if either is another one. */
  show(state: ClusterState, speaks: boolean): void {
    if (speaks === this.#speaks && JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#speaks = speaks;
    for (const observer of [...this.#observers]) observer(state);
  }
}
