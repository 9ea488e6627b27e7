import type { Node } from "node-red";
import { Archive } from "../../cloud/history/archive";
import type { Cluster } from "../../cloud/cluster/cluster";
import { SharedNote } from "../../cloud/cluster/shared-note";
import { runName } from "./run-queue";
import { nodePlace, PersistentState } from "../runtime/persistent-state";

/** Keeps in a node's context what a history node has ever passed on: opened by the first run that needs it. */
export class ArchiveStore {
  readonly archive = new Archive();
  readonly #memory: PersistentState;
  readonly #shared: SharedNote | undefined;
  #opened: Promise<void> | undefined;

  /**
   * @param store the name of a context store; blank for the default one
   * @param cluster the copies of the flow, where there are several: they keep it together
   * @param onLost told that another copy has taken over
   */
  constructor(node: Node, store: string, cluster?: Cluster, onLost: () => void = () => undefined) {
    const read = (): unknown => this.archive.toJSON();
    this.#shared = cluster && new SharedNote({ cluster, name: `archive/${nodePlace(node)}`, read, onLost });
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

  /**
   * Begins a run; returns whether it is this copy's turn, and then has the positions of the copy that ran last.
   * @throws CloudError where that can't be known; `cancelled`
   */
  async begin(signal: AbortSignal): Promise<boolean> {
    if (this.#shared === undefined) return true;
    if (!(await this.#shared.isOurTurn(signal, runName))) return false;
    const last = await this.#shared.last();
    if (last === undefined) return true;
    this.archive.forget();
    this.archive.restore(last);
    return true;
  }

  /** Notes that a run has come further: it is written down within a second. */
  note(): void {
    this.#shared?.touch();
    this.#memory.touch();
  }

  /** Writes down how far it is. */
  async save(): Promise<void> {
    this.#shared?.touch();
    await this.#shared?.flush();
    await this.#memory.save();
  }

  /** Forgets all that was given: the next run is the first one. */
  async forget(): Promise<void> {
    await this.open();
    this.archive.forget();
    await this.#shared?.overwrite();
    await this.#memory.save();
  }

  /**
   * Writes down what is left, and ends.
   * @param removed whether the node is gone for good
   */
  close(removed: boolean): Promise<void> {
    return this.#memory.close(removed);
  }
}
