import type { Node } from "node-red";
import { isPlainObject } from "../../cloud/data/render";
import { toCloudError } from "../../cloud/errors";

/** How often what a node remembers is written down while it runs, in milliseconds. */
const savePause = 5_000;

/**
 * What a node remembers beyond its own life, in its context: over a redeploy always, over a restart of Node-RED where the
 * user has a persistent context store. Kept as plain JSON.
 */
export class NodeMemory {
  readonly #node: Node;
  readonly #key: string;
  readonly #store: string | undefined;
  readonly #read: () => Record<string, unknown>;
  #kept: Record<string, unknown> = {};
  #saved = "";
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param read gives what is to be remembered at the moment
   * @param store the name of a context store; blank for the default one
   */
  constructor(node: Node, key: string, read: () => Record<string, unknown>, store = "") {
    this.#node = node;
    this.#key = key;
    this.#read = read;
    this.#store = store === "" ? undefined : store;
  }

  /** Reads what a predecessor left, calls `ready`, and from then on writes down every few seconds what has changed. */
  open(ready: () => void): void {
    this.#node.context().get(this.#key, this.#store, (error: unknown, value: unknown) => {
      if (error) this.#node.warn(`The context store could not be read: ${toCloudError(error).message}`);
      if (isPlainObject(value)) this.#kept = value;
      this.#timer = setInterval(() => void this.save(), savePause);
      ready();
    });
  }

  /** What a predecessor left under a name. */
  at(name: string): unknown {
    return this.#kept[name];
  }

  /** Writes down what has changed. Resolves when the store has it; a store that fails is told of, and tried again. */
  save(): Promise<void> {
    const text = JSON.stringify(this.#read());
    if (text === this.#saved) return Promise.resolve();
    this.#saved = text;
    return new Promise((resolve) => {
      this.#node.context().set(this.#key, JSON.parse(text), this.#store, (error: unknown) => {
        if (error) {
          this.#saved = "";
          this.#node.warn(`The context store could not be written: ${toCloudError(error).message}`);
        }
        resolve();
      });
    });
  }

  /** Writes down what is left, if it was ever opened, and ends. */
  async close(): Promise<void> {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    await this.save();
  }
}
