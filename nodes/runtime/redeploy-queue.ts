import type { Node } from "node-red";
import { CloudError } from "../../cloud/core/errors";
import type { Message } from "./input";
import { PersistentState } from "./persistent-state";
import { inBackground, nextTurn } from "../../cloud/core/guard";

/** A message under way. */
export interface WaitingMessage {
  message: Message;
  fail: (error: CloudError) => void;
  /** Ends what still waits for the board. */
  forget: () => void;
  /** Its outcome is known: it ends here, though the flow has not been told yet. */
  isSettled?: boolean;
}

/** Messages that a node left when it was redeployed, for its successor. */
interface Parked {
  /** Where they were bound for: a successor that writes elsewhere must not send them there. */
  target: string;
  messages: Message[];
}

/**
 * Node-RED builds the successor of a node from nothing, so what waits is left here, by node id. Each entry is taken up
 * by the next node of that id, within the same deploy.
 */
const parked = new Map<string, Parked>();

/**
 * The messages of a node that are neither delivered nor failed, in order. They outlive the node: a redeploy hands them
 * to its successor, and where they are kept in the context store, a restart of Node-RED does.
 */
export class RedeployQueue {
  readonly #node: Node;
  readonly #target: string;
  /** The messages that wait, each with the part of it that a context store can hold; undefined where that is nothing. */
  readonly #waiting = new Map<WaitingMessage, unknown>();
  readonly #memory: PersistentState | undefined;

  /**
   * @param target where the node's messages are bound for
   * @param isKept whether they are kept in the context store too
   */
  constructor(node: Node, target: string, isKept: boolean) {
    this.#node = node;
    this.#target = target;
    this.#memory = isKept ? new PersistentState(node, "queue", () => this.#snapshot()) : undefined;
  }

  /**
   * Does something with a message that waits here meanwhile. What no store can hold waits all the same, but does not
   * outlive Node-RED. Rejects as `work` does.
   */
  async during(message: Message, work: (entry: WaitingMessage) => Promise<void>): Promise<void> {
    const entry: WaitingMessage = { message, fail: () => undefined, forget: () => undefined };
    this.#waiting.set(entry, this.#memory === undefined ? undefined : storable(message));
    this.#save();
    try {
      await work(entry);
    } finally {
      this.#waiting.delete(entry);
      this.#save();
    }
  }

  /** Takes up what a predecessor left. */
  takeUp(): void {
    const left = parked.get(this.#node.id);
    this.#memory?.open(() => {
      const kept = this.#memory?.at("messages");
      if (left === undefined && Array.isArray(kept)) {
        returnTo(this.#node, { target: String(this.#memory?.at("target")), messages: kept as Message[] }, this.#target);
      }
    });
    returnParked(this.#node, this.#target);
  }

  /** Leaves what is left to the successor; a node that is gone for good cancels it. */
  async close(removed: boolean): Promise<void> {
    const left = [...this.#waiting.keys()].filter(({ isSettled }) => isSettled !== true);
    for (const { forget } of left) forget();
    const messages = left.map(({ message }) => message);
    if (!removed && messages.length > 0) parked.set(this.#node.id, { target: this.#target, messages });
    await this.#memory?.close(removed);
    if (removed) for (const { fail } of left) fail(undelivered("removed"));
  }

  #save(): void {
    if (this.#memory !== undefined) inBackground(this.#memory.save());
  }

  #snapshot(): Record<string, unknown> {
    const left = [...this.#waiting].filter(([{ isSettled }, message]) => isSettled !== true && message !== undefined);
    return { target: this.#target, messages: left.map(([, message]) => message) };
  }
}

/**
 * Resolves when something is delivered, unless the entry ends it sooner; rejects with the CloudError of what was not.
 * @param write begins, calls back with the outcome, and returns the function that ends what still waits
 */
export function delivered(
  entry: WaitingMessage,
  write: (settle: (error?: CloudError) => void) => () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    entry.fail = reject;
    entry.forget = write((error) => {
      entry.isSettled = true;
      if (error === undefined) resolve();
      else reject(error);
    });
  });
}

/**
 * Takes up what a predecessor left, as if the messages had just come: they are checked again, and end in `done` here.
 * What was bound for another place is cancelled.
 */
export function returnParked(node: Node, target: string | undefined): void {
  const left = parked.get(node.id);
  if (left === undefined) return;
  parked.delete(node.id);
  returnTo(node, left, target);
}

function returnTo(node: Node, left: Parked, target: string | undefined): void {
  // The flow is complete only when all nodes have been constructed.
  nextTurn(() => {
    for (const message of left.messages) {
      if (left.target === target) node.receive(message);
      else node.error(undelivered("changed"), message);
    }
  });
}

function undelivered(what: string): CloudError {
  return new CloudError("cancelled", `The node was ${what} before the message was delivered.`);
}

/**
 * Returns what of a message a store can hold: all of it where it is plain data, else what tells what to write where;
 * undefined where even that is none. Never throws, whatever a flow has put on the message.
 */
function storable(message: Message): unknown {
  return (
    asStored(() => message) ?? asStored(() => pick(message, ["_msgid", "payload", "topic", "thingId", "property"]))
  );
}

function pick(message: Message, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, message[name]]));
}

/** Returns a value as JSON holds it; undefined where it can't. */
function asStored(read: () => unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(read())) as unknown;
  } catch {
    return undefined;
  }
}
