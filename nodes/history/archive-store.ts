import type { Node } from "node-red";
import { Archive } from "../../cloud/history/archive";
import { PersistentState } from "../runtime/persistent-state";

/** Least milliseconds between two times that a run writes down how far it is. */
const saveIntervalMs = 1_000;

/** Keeps in a node's context what a history node has ever passed on: opened by the first run that needs it. */
export class ArchiveStore {
  readonly archive = new Archive();
  readonly #memory: PersistentState;
  #opened: Promise<void> | undefined;
  #savedAt = -Infinity;

  /** @param store the name of a context store; blank for the default one */
  constructor(node: Node, store: string) {
    this.#memory = new PersistentState(node, "archive", () => ({ positions: this.archive.toJSON() }), store);
  }

  /**
   * Resolves when what a predecessor left has been read; not at all after the close.
   * @throws CloudError `precondition_failed` where the store can't be read: to begin anew would give all values again
   */
  open(): Promise<void> {
    this.#opened ??= new Promise<void>((resolve, reject) => {
      this.#memory.open(() => {
        this.archive.restore(this.#memory.at("positions"));
        resolve();
      }, reject);
    }).catch((reason: unknown) => {
      this.#opened = undefined;
      throw reason;
    });
    return this.#opened;
  }

  /** Writes down how far it is, unless that has just been done. */
  async note(): Promise<void> {
    if (performance.now() - this.#savedAt >= saveIntervalMs) await this.save();
  }

  /** Writes down how far it is. */
  async save(): Promise<void> {
    this.#savedAt = performance.now();
    await this.#memory.save();
  }

  /** Forgets all that was given: the next run is the first one. */
  async forget(): Promise<void> {
    await this.open();
    this.archive.forget();
    await this.save();
  }

  close(): Promise<void> {
    return this.#memory.close();
  }
}
