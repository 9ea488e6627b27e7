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
  /** The store was not read yet: what it holds comes ahead of these. */
  isUnread: boolean;
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
  /** The messages of a predecessor that are not back yet, each with the part of it that a context store can hold. */
  readonly #left: [Message, unknown][] = [];
  /** Whether the store, where there is one, is still to be read. */
  #isUnread: boolean;
  /** Whether all that a predecessor left is back: what comes sooner waits behind that. */
  #isBack = false;
  #isReturning = false;
  #isClosed = false;
  /** Let those go on that came too soon. */
  readonly #early: (() => void)[] = [];

  /**
   * @param target where the node's messages are bound for
   * @param isKept whether they are kept in the context store too
   */
  constructor(node: Node, target: string, isKept: boolean) {
    this.#node = node;
    this.#target = target;
    this.#isUnread = isKept;
    this.#memory = isKept ? new PersistentState(node, "queue", () => this.#snapshot()) : undefined;
  }

  /**
   * Does something with a message that waits here meanwhile. What no store can hold waits all the same, but does not
   * outlive Node-RED. Rejects as `work` does.
   */
  async during(message: Message, work: (entry: WaitingMessage) => Promise<void>): Promise<void> {
    const entry: WaitingMessage = { message, fail: () => undefined, forget: () => undefined };
    this.#waiting.set(entry, this.#storable(message));
    this.#save();
    try {
      if (!this.#isBack && !this.#isReturning) await this.#turnOf(entry);
      await work(entry);
    } finally {
      this.#waiting.delete(entry);
      this.#save();
    }
  }

  /**
   * Takes up what a predecessor left, as if the messages had just come: they are checked again, and end in `done` here.
   * What was bound for another place is cancelled.
   */
  takeUp(): void {
    const left = takeParked(this.#node);
    const all = left === undefined ? [] : [left];
    if (left?.isUnread === false) this.#isUnread = false;
    if (!this.#isUnread) this.#giveBack(all);
    this.#memory?.open(() => {
      if (this.#isUnread) this.#giveBack([...this.#kept(), ...all]);
      this.#isUnread = false;
      // What came before the store was read is not in it.
      if (this.#waiting.size > 0) this.#save();
    });
  }

  #kept(): Parked[] {
    const messages = this.#memory?.at("messages");
    if (!Array.isArray(messages)) return [];
    return [{ target: String(this.#memory?.at("target")), messages: messages as Message[], isUnread: false }];
  }

  /** Leaves what is left to the successor; a node that is gone for good cancels it. */
  async close(removed: boolean): Promise<void> {
    this.#isClosed = true;
    const left = [...this.#waiting.keys()].filter(({ isSettled }) => isSettled !== true);
    for (const { forget } of left) forget();
    const messages = [...this.#left.map(([message]) => message), ...left.map(({ message }) => message)];
    const isUnread = this.#isUnread;
    if (!removed && messages.length > 0) parked.set(this.#node.id, { target: this.#target, messages, isUnread });
    await this.#memory?.close(removed);
    if (!removed) return;
    for (const [message] of this.#left) this.#node.error(undelivered("removed"), message);
    for (const { fail } of left) fail(undelivered("removed"));
  }

  /** Waits until all is back that a predecessor left, and stands behind it then. */
  async #turnOf(entry: WaitingMessage): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      entry.fail = reject;
      this.#early.push(resolve);
    });
    const stored = this.#waiting.get(entry);
    this.#waiting.delete(entry);
    this.#waiting.set(entry, stored);
  }

  /** Hands the node what predecessors left, if anything, and after it what came sooner. */
  #giveBack(all: readonly Parked[]): void {
    for (const left of all) {
      if (left.target !== this.#target) cancel(this.#node, left);
      else for (const message of left.messages) this.#left.push([message, this.#storable(message)]);
    }
    if (this.#left.length === 0) this.#goOn();
    // The flow is complete only when all nodes have been constructed.
    else nextTurn(() => this.#receiveLeft());
  }

  #receiveLeft(): void {
    if (this.#isClosed) return;
    this.#isReturning = true;
    for (let next = this.#left.shift(); next !== undefined; next = this.#left.shift()) this.#node.receive(next[0]);
    this.#isReturning = false;
    this.#goOn();
  }

  #goOn(): void {
    this.#isBack = true;
    for (const goOn of this.#early.splice(0)) goOn();
  }

  #save(): void {
    if (this.#memory !== undefined) inBackground(this.#memory.save());
  }

  #snapshot(): Record<string, unknown> {
    const waiting = [...this.#waiting].filter(([{ isSettled }]) => isSettled !== true);
    const messages = [...this.#left, ...waiting].map(([, stored]) => stored).filter((stored) => stored !== undefined);
    return { target: this.#target, messages };
  }

  #storable(message: Message): unknown {
    return this.#memory === undefined ? undefined : storable(message);
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

/** Cancels what a predecessor left: the node as it is now writes nothing. */
export function cancelParked(node: Node): void {
  const left = takeParked(node);
  if (left !== undefined) cancel(node, left);
}

function takeParked({ id }: Node): Parked | undefined {
  const left = parked.get(id);
  parked.delete(id);
  return left;
}

function cancel(node: Node, { messages }: Parked): void {
  // The flow is complete only when all nodes have been constructed.
  nextTurn(() => {
    for (const message of messages) node.error(undelivered("changed"), message);
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
