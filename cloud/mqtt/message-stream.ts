import type { Clock } from "../core/clock";
import { StreamMerge } from "./stream-merge";

/** Where messages come from: a connection, of which only the identity counts. */
type Source = object;

type State =
  /** One connection speaks; none before the first is open. */
  | { readonly name: "single"; readonly source: Source | undefined }
  /** Two connections overlap: the source speaks, its successor is held back. */
  | { readonly name: "merging"; readonly source: Source; readonly successor: Source; readonly merge: StreamMerge }
  /** The former successor speaks alone, and may repeat what its predecessor has delivered. */
  | { readonly name: "deduplicating"; readonly source: Source; readonly merge: StreamMerge; readonly untilMs: number };

/**
 * The one stream of messages that a session delivers, whichever of its connections they come from: each connection
 * hands in all that it receives, always in the same way, and what may pass is decided here.
 */
export class MessageStream {
  readonly #clock: Clock;
  readonly #repeatWindowMs: number;
  readonly #deliver: (topic: string, payload: Uint8Array) => void;
  #state: State = { name: "single", source: undefined };

  /** @param options `repeatWindowMs`: how long a successor may repeat what its predecessor has delivered */
  constructor(options: {
    clock: Clock;
    repeatWindowMs: number;
    deliver: (topic: string, payload: Uint8Array) => void;
  }) {
    this.#clock = options.clock;
    this.#repeatWindowMs = options.repeatWindowMs;
    this.#deliver = options.deliver;
  }

  /** Takes a message of a connection in, and delivers it now, later or never. */
  receive(source: Source, topic: string, payload: Uint8Array): void {
    if (this.#takes(source, topic, payload)) this.#deliver(topic, payload);
  }

  /** Lets this connection speak, and no other. */
  follow(source: Source): void {
    this.#state = { name: "single", source };
  }

  /** Lets `source` speak on, and holds back what `successor` says until `complete`. */
  merge(source: Source, successor: Source): void {
    this.#state = { name: "merging", source, successor, merge: new StreamMerge() };
  }

  /** Ends a merge: the source has spoken its last word, so its successor is delivered from the message after it. */
  complete(): void {
    if (this.#state.name !== "merging") return;
    const { successor, merge } = this.#state;
    const untilMs = this.#clock.monotonic() + this.#repeatWindowMs;
    this.#state = { name: "deduplicating", source: successor, merge, untilMs };
    for (const { topic, payload } of merge.finish()) this.#deliver(topic, payload);
  }

  /** Returns whether a message is delivered at once. */
  #takes(source: Source, topic: string, payload: Uint8Array): boolean {
    const state = this.#state;
    if (state.name === "single") return source === state.source;
    const now = this.#clock.monotonic();
    if (state.name === "merging") {
      if (source === state.successor) state.merge.fresh(topic, payload, now);
      else if (source === state.source) state.merge.old(topic, payload, now);
      return source === state.source;
    }
    if (source !== state.source) return false;
    if (now > state.untilMs) this.follow(source);
    return state.merge.passes(topic, payload, now);
  }
}
