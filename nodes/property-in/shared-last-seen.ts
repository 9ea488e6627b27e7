import type { Node } from "node-red";
import type { Cluster } from "../../cloud/cluster/cluster";
import { SharedNote } from "../../cloud/cluster/shared-note";
import { systemClock } from "../../cloud/core/clock";
import { isPlainObject } from "../../cloud/core/json";
import { inBackground } from "../../cloud/core/guard";
import { nodePlace } from "../runtime/persistent-state";

/** It is written down so many milliseconds after a change. */
const saveDelayMs = 1_000;

/** Keeps in the engine of a cluster what the copy that speaks has seen last: copies that all start anew catch up from there. */
export class SharedLastSeen {
  readonly #cluster: Cluster;
  readonly #note: SharedNote;
  #stopTimer: (() => void) | undefined;

  /** @param read returns what was seen last, as plain JSON */
  constructor(node: Node, cluster: Cluster, read: () => unknown) {
    this.#cluster = cluster;
    this.#note = new SharedNote({ cluster, name: `seen/${nodePlace(node)}`, read, onLost: () => undefined });
  }

  /** Returns what was written last, by whichever copy, as soon as the engine is known; nothing where it is away. */
  async read(): Promise<Record<string, unknown>> {
    await this.#note.known();
    const seen = await this.#note.last();
    return isPlainObject(seen) ? seen : {};
  }

  /** Notes that it has changed: it is written down within a second, if this copy speaks. */
  touch(): void {
    this.#stopTimer ??= systemClock.after(saveDelayMs, () => {
      this.#stopTimer = undefined;
      inBackground(this.#save());
    });
  }

  /** Writes down what is left, and ends. */
  async close(): Promise<void> {
    const isDue = this.#stopTimer !== undefined;
    this.#stopTimer?.();
    if (isDue) await this.#save();
  }

  async #save(): Promise<void> {
    if (!this.#cluster.speaks) return;
    this.#note.touch();
    await this.#note.flush();
  }
}
