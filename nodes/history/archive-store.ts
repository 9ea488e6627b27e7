import type { Node } from "node-red";
import { Archive } from "../../cloud/history/archive";
import { PersistentState } from "../runtime/persistent-state";

/** Keeps in a node's context what a history node has ever passed on: opened by the first run that needs it. */
export class ArchiveStore {
  readonly archive = new Archive();
  readonly #memory: PersistentState;
  #opened: Promise<void> | undefined;

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

  /** Notes that a run has come further: it is written down within a second. */
  note(): void {
    this.#memory.touch();
  }

  /** Writes down how far it is. */
  save(): Promise<void> {
    return this.#memory.save();
  }

  /** Forgets all that was given: the next run is the first one. */
  async forget(): Promise<void> {
    await this.open();
    this.archive.forget();
    await this.save();
  }

  /**
   * Writes down what is left, and ends.
   * @param removed whether the node is gone for good
   */
  close(removed: boolean): Promise<void> {
    return this.#memory.close(removed);
  }
}
