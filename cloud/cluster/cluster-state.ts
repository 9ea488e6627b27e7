import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { CloudError } from "../core/errors";
import { guarded } from "../core/guard";

/** How a copy stands: what people are told. */
export type ClusterState =
  | { readonly name: "idle" }
  | { readonly name: "joining" }
  | { readonly name: "speaking"; readonly share?: SpokenShare }
  | { readonly name: "standing-by"; readonly speaker: string }
  | { readonly name: "no-engine"; readonly error: CloudError };

/** The part of the things for which a copy speaks, where several share them. */
export interface SpokenShare {
  readonly part: number;
  readonly of: number;
  /** The other copy that does what one alone does; blank where this one does, or it is not known. */
  readonly leader: string;
}

/** Returns the other copy that does what one alone does, as far as that is known; else blank. */
export function leaderIn(state: ClusterState | undefined): string {
  if (state?.name === "standing-by") return state.speaker;
  return state?.name === "speaking" ? (state.share?.leader ?? "") : "";
}

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

/**
 * Returns how a copy stands that speaks for some slots of all.
 * @param leader the other copy that speaks for the first of them; blank where it is this one, or not known
 */
export function speakingState(part: number, of: number, leader: string): ClusterState {
  return of === 1 ? { name: "speaking" } : { name: "speaking", share: { part, of, leader: shownCopy(leader) } };
}

/** Returns the name of a copy as people are told it. */
function shownCopy(id: string): string {
  return id.split("/").slice(0, 2).join("/");
}

/** The state that people are told, and those who are told of each change. */
export class StateTeller {
  readonly #observers = new Set<(state: ClusterState) => void>();
  #state: ClusterState = { name: "idle" };
  #leads = false;

  get state(): ClusterState {
    return this.#state;
  }

  /** Tells of each change; returns the function that ends it. */
  observe(observer: (state: ClusterState) => void): () => void {
    const safe = guarded(observer);
    this.#observers.add(safe);
    return () => this.#observers.delete(safe);
  }

  /** Shows a state, and whether this copy leads in it, if either is another one. */
  show(state: ClusterState, leads: boolean): void {
    if (leads === this.#leads && JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#leads = leads;
    for (const observer of [...this.#observers]) observer(state);
  }
}
