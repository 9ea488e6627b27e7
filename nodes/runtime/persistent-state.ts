import type { Node, NodeAPI } from "node-red";
import { isPlainObject } from "../../cloud/core/json";
import { CloudError, toCloudError } from "../../cloud/core/errors";
import { printable } from "../../cloud/core/text";
import { systemClock } from "../../cloud/core/clock";

/**
 * A node writes down what it remembers at its first change, and then after so many milliseconds at most. A kill costs a second
 * of values with the time that a store takes.
 */
const saveIntervalMs = 750;
/** After a store has failed it is tried again. */
const saveRetryDelayMs = 5_000;
/** After this a store counts as one that does not answer. Node-RED waits 15 s for a node that closes. */
const answerTimeoutMs = 10_000;

/**
 * States that closed nodes left to their successors in this process: where no store is configured, Node-RED deletes the
 * context of a node that closes.
 */
const parked = new Map<string, Record<string, unknown>>();

/**
 * Keeps what a node remembers beyond its own life in its context: over a redeploy always, over a restart of Node-RED
 * where the user has a persistent context store. Kept as plain JSON.
 */
export class PersistentState {
  readonly #node: Node;
  readonly #key: string;
  readonly #store: string | undefined;
  readonly #read: () => Record<string, unknown>;
  #kept: Record<string, unknown> = {};
  #saved = "";
  /** Resolves when the store has what was last written. */
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;
  /** Present while something is written and has changed since: resolves when the store has that too. */
  #next: Promise<void> | undefined;
  /** When it was last saved, by the monotonic clock. */
  #savedAt = -Infinity;
  /** Present while something is to be written down soon. */
  #stopTimer: (() => void) | undefined;
  /** Ends the wait for the moment to tell that the store has not been read yet. */
  #stopReading: () => void = () => undefined;
  #isOpen = false;
  #isClosed = false;

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

  /**
   * Reads what a predecessor left, calls `ready`, and from then on writes down what `touch` and `save` tell of. Calls
   * nothing any more once it is closed. A store that does not answer is waited for, since whoever begins without what
   * was left would write over it; the log tells so.
   * @param failed called in place of `ready` where the store can't be read; without it, that is told of and counts as
   *   nothing left
   */
  open(ready: () => void, failed?: (error: CloudError) => void): void {
    this.#stopReading = systemClock.after(answerTimeoutMs, () => this.#node.warn(unansweredFault.message));
    this.#node.context().get(this.#key, this.#store, (error: unknown, value: unknown) => {
      this.#stopReading();
      // A store may take its time; by then a successor may be at work with the same key.
      if (this.#isClosed) return;
      if (error) {
        const fault = storeFault("read", error);
        if (failed !== undefined) {
          failed(fault);
          return;
        }
        this.#node.warn(fault.message);
      }
      const left = this.#takeParked() ?? value;
      if (isPlainObject(left)) this.#kept = left;
      this.#isOpen = true;
      ready();
    });
  }

  /** Returns what a predecessor left under a name. */
  at(name: string): unknown {
    return this.#kept[name];
  }

  /** Everything that a predecessor left, by name. */
  get kept(): Readonly<Record<string, unknown>> {
    return this.#kept;
  }

  /** Notes that something has changed: it is written down within a second, with all that changes until then. */
  touch(): void {
    this.#saveAfter(Math.max(0, this.#savedAt + saveIntervalMs - systemClock.monotonic()));
  }

  /** Writes down what has changed. Resolves when the store has it; a store that fails is told of, and tried again. */
  save(): Promise<void> {
    // What a predecessor left is still to be read.
    if (!this.#isOpen) return Promise.resolve();
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (!this.#isWriting) return this.#saveNow();
    // Only the newest state counts: where each were written, a slow store would be ever further behind.
    this.#next ??= this.#writing.then(() => {
      this.#next = undefined;
      return this.save();
    });
    return this.#next;
  }

  #saveNow(): Promise<void> {
    this.#savedAt = systemClock.monotonic();
    // It is called from timers, out of which nothing may throw: neither what is kept, nor a store.
    try {
      const text = JSON.stringify(this.#read());
      if (text === this.#saved) return this.#writing;
      this.#saved = text;
      this.#isWriting = true;
      this.#writing = this.#write(text);
    } catch (reason) {
      this.#failed(reason);
    }
    return this.#writing;
  }

  #saveAfter(delayMs: number): void {
    if (!this.#isOpen || this.#isClosed) return;
    this.#stopTimer ??= systemClock.after(delayMs, () => this.save());
  }

  #write(text: string): Promise<void> {
    return new Promise((resolve) => {
      let isAnswered = false;
      const answered = (error: unknown): void => {
        // What comes after the time counts no more: something newer may be on its way.
        if (isAnswered) return;
        isAnswered = true;
        stopWaiting();
        this.#isWriting = false;
        if (error) this.#failed(error);
        resolve();
      };
      const stopWaiting = systemClock.after(answerTimeoutMs, () => answered(new Error("it did not answer for 10 s")));
      try {
        this.#node.context().set(this.#key, JSON.parse(text), this.#store, answered);
      } catch (reason) {
        answered(reason);
      }
    });
  }

  /** Tells that it could not be written, and tries it again. */
  #failed(reason: unknown): void {
    this.#isWriting = false;
    this.#saved = "";
    this.#node.warn(storeFault("written", reason).message);
    this.#saveAfter(saveRetryDelayMs);
  }

  /**
   * Writes down what is left, if it was ever opened, and ends.
   * @param removed whether the node is gone for good, without a successor
   */
  async close(removed = false): Promise<void> {
    this.#isClosed = true;
    this.#stopReading();
    if (!this.#isOpen) return;
    if (!removed) this.#park();
    await this.save();
  }

  #park(): void {
    try {
      parked.set(this.#place, JSON.parse(JSON.stringify(this.#read())) as Record<string, unknown>);
    } catch {
      // What can't be kept is told of when it is written down.
    }
  }

  #takeParked(): Record<string, unknown> | undefined {
    const left = parked.get(this.#place);
    parked.delete(this.#place);
    return left;
  }

  /** The name of this state among those of all nodes. */
  get #place(): string {
    return JSON.stringify([nodePlace(this.#node), this.#key, this.#store]);
  }
}

/** Returns the name of a node that its successor has too: inside a subflow Node-RED makes new ids at each deploy. */
export function nodePlace({ id, z, _alias: alias = id }: Node): string {
  return `${z}/${alias}`;
}

/**
 * Sees to it that there is a context store of this name; blank for the default one. Node-RED itself would take the
 * default one in silence, which need not outlive a restart.
 * @throws CloudError `not_configured`
 */
export function requireStore(RED: NodeAPI, store: string): void {
  const { contextStorage } = RED.settings as { contextStorage?: unknown };
  const names = isPlainObject(contextStorage) ? Object.keys(contextStorage) : [];
  if (store === "" || store === "default" || names.includes(store)) return;
  throw new CloudError(
    "not_configured",
    `There is no context store "${printable(store)}" in this Node-RED: choose another one in the node's settings, or add it to contextStorage in settings.js.`,
  );
}

const unansweredFault = new CloudError(
  "precondition_failed",
  "The context store has not answered for 10 s. The node begins when it does.",
);

function storeFault(done: "read" | "written", reason: unknown): CloudError {
  return new CloudError(
    "precondition_failed",
    `The context store could not be ${done}: ${toCloudError(reason).message}`,
  );
}
