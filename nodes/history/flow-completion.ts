import type { NodeAPI } from "node-red";
import { cancelled, type CloudError, toCloudError } from "../../cloud/core/errors";
import type { Message } from "../runtime/input";
import { guarded } from "../../cloud/core/guard";

/** A node of a flow as Node-RED's message hooks tell it. */
interface HookNode {
  id: string;
  type: string;
  /** How many of its handlers say when they are done; 0 in nodes of before Node-RED 1.0. */
  _expectedDoneCount?: number;
}

interface HookEnd {
  id: string;
  node?: HookNode;
}

/** The part of `RED.hooks` that is used here; the types of Node-RED do not have it. */
interface Hooks {
  add(name: string, handler: (event: never) => void): void;
  remove(name: string): void;
}

/** A message on its way through a node. */
interface PendingMessage {
  message: unknown;
  node: HookNode;
}

/** Core nodes that complete what they gather only when they have all of it: to wait for them would be for ever. */
const gatheringTypes: readonly string[] = ["join", "batch", "sort"];

let count = 0;

/**
 * Hands messages to what is wired to a node, and tells when all of it has completed them, by Node-RED's message hooks.
 * Junctions and subflows count as wires. A node that gathers messages, or can't say when it is done, counts as done
 * when it has the message. One message at a time. In a runtime without hooks nothing is waited for.
 */
export class FlowCompletion {
  readonly #hooks: Hooks | undefined;
  readonly #events: NodeJS.EventEmitter;
  readonly #sender: string;
  readonly #label = `arduino-cloud-${++count}`;
  readonly #onFlows: () => void;
  #id: string | undefined;
  #waiting: PendingMessage[] = [];
  #isSent = false;
  #failure: CloudError | undefined;
  #finish: () => void = () => undefined;

  /** @param sender the id of the node that sends */
  constructor(RED: NodeAPI, sender: string) {
    this.#hooks = (RED as unknown as { hooks?: Hooks }).hooks;
    this.#events = RED.events;
    this.#sender = sender;
    // A node that a deploy has replaced never completes what it had.
    this.#onFlows = guarded(() => this.#drop((node) => (RED.nodes.getNode(node.id) as unknown) !== node));
    this.#events.on("flows:started", this.#onFlows);
    this.#hooks?.add(`preDeliver.${this.#label}`, (event: { msg: Message; source: HookEnd; destination: HookEnd }) =>
      this.#delivers(event.msg, event.source, event.destination.node),
    );
    this.#hooks?.add(`postReceive.${this.#label}`, (event: { msg: unknown; destination: HookEnd }) => {
      if (isDoneWhenReceived(event.destination.node)) this.#completes(event.msg, event.destination.id);
    });
    this.#hooks?.add(`onComplete.${this.#label}`, (event: { msg: unknown; node: HookEnd; error?: unknown }) =>
      this.#completes(event.msg, event.node.id, event.error),
    );
  }

  /**
   * Resolves when every node that got the message has completed it, well or with an error, to what went wrong first, a
   * deploy that replaced the node included.
   */
  async deliver(message: Message, send: (message: Message) => void): Promise<CloudError | undefined> {
    this.#id = message._msgid;
    this.#waiting = [];
    this.#isSent = false;
    this.#failure = undefined;
    const completed = new Promise<void>((resolve) => (this.#finish = resolve));
    send(message);
    this.#isSent = true;
    this.#check();
    await completed;
    return this.#failure;
  }

  /** Takes the hooks back. */
  close(): void {
    this.#hooks?.remove(`*.${this.#label}`);
    this.#events.off("flows:started", this.#onFlows);
  }

  /** Notes that a message leaves a node; by now it has been copied where it goes to several. */
  #delivers(message: Message, { id, node: source }: HookEnd, node: HookNode | undefined): void {
    if (node === undefined || this.#id === undefined || message._msgid !== this.#id) return;
    const isPassing = isWire(source) && this.#waiting.some((one) => one.node.id === id);
    if (id === this.#sender || isPassing) this.#waiting.push({ message, node });
  }

  /**
   * Notes that a node is done with a message. It is known by the message itself, since its id may be changed on the
   * way.
   */
  #completes(message: unknown, id: string, error?: unknown): void {
    const at = this.#waiting.findIndex((one) => one.message === message && one.node.id === id);
    if (at < 0) return;
    if (error) this.#failure ??= toCloudError(error);
    this.#waiting.splice(at, 1);
    this.#check();
  }

  #drop(isGone: (node: HookNode) => boolean): void {
    const kept = this.#waiting.filter(({ node }) => !isGone(node));
    if (kept.length < this.#waiting.length) this.#failure ??= cancelled("The work of the flow");
    this.#waiting = kept;
    this.#check();
  }

  #check(): void {
    if (this.#isSent && this.#waiting.length === 0) this.#finish();
  }
}

function isDoneWhenReceived(node: HookNode | undefined): boolean {
  return node !== undefined && (node._expectedDoneCount === 0 || gatheringTypes.includes(node.type));
}

function isWire(node: HookNode | undefined): boolean {
  return node !== undefined && (node.type === "junction" || node.type.startsWith("subflow:"));
}
