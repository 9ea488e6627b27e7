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

/** A message that was handed to the flow, with what has become of it. */
interface Delivery {
  readonly id: string;
  /** By the monotonic clock. */
  readonly sentAt: number;
  readonly waiting: PendingMessage[];
  isSent: boolean;
  failure: CloudError | undefined;
  finish: () => void;
}

/** A message on its way through a node. */
interface PendingMessage {
  readonly delivery: Delivery;
  readonly message: unknown;
  readonly node: HookNode;
}

/** Core nodes that complete what they gather only when they have all of it: to wait for them would be for ever. */
const gatheringTypes: readonly string[] = ["join", "batch", "sort"];

let count = 0;

/**
 * Hands messages to what is wired to a node, and tells of each when all of it has completed it, by Node-RED's message
 * hooks. Junctions and subflows count as wires. A node that gathers messages, or can't say when it is done, counts as
 * done when it has the message. In a runtime without hooks nothing is waited for.
 */
export class FlowCompletion {
  readonly #hooks: Hooks | undefined;
  readonly #events: NodeJS.EventEmitter;
  readonly #sender: string;
  readonly #maxAgeMs: number;
  readonly #label = `arduino-cloud-${++count}`;
  readonly #onFlows: () => void;
  /** Under way, by the id of the message, oldest first. */
  readonly #deliveries = new Map<unknown, Delivery>();
  /** Messages that nodes have and have not completed, by the message itself, since its id may be changed on the way. */
  readonly #pending = new Map<unknown, PendingMessage[]>();

  /**
   * @param sender the id of the node that sends
   * @param maxAgeMs after so long nothing is waited for any more, at the latest when the next message is sent
   */
  constructor(RED: NodeAPI, sender: string, maxAgeMs = Infinity) {
    this.#hooks = (RED as unknown as { hooks?: Hooks }).hooks;
    this.#events = RED.events;
    this.#sender = sender;
    this.#maxAgeMs = maxAgeMs;
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
   * deploy that replaced the node included. Several messages may be under way, each with an id of its own.
   */
  async deliver(message: Message, send: (message: Message) => void): Promise<CloudError | undefined> {
    const sentAt = performance.now();
    for (const old of this.#deliveries.values()) {
      if (sentAt - old.sentAt <= this.#maxAgeMs) break;
      this.#end(old);
    }
    const id = message._msgid ?? "";
    const delivery: Delivery = {
      ...{ id, sentAt, waiting: [], isSent: false, failure: undefined },
      finish: () => undefined,
    };
    const completed = new Promise<void>((resolve) => (delivery.finish = resolve));
    this.#deliveries.set(id, delivery);
    send(message);
    delivery.isSent = true;
    this.#check(delivery);
    await completed;
    return delivery.failure;
  }

  /** Waits no more for what is under way. */
  abandon(): void {
    for (const delivery of this.#deliveries.values()) this.#end(delivery);
  }

  /** Takes the hooks back. */
  close(): void {
    this.#hooks?.remove(`*.${this.#label}`);
    this.#events.off("flows:started", this.#onFlows);
  }

  /** Notes that a message leaves a node; by now it has been copied where it goes to several. */
  #delivers(message: Message, { id, node: source }: HookEnd, node: HookNode | undefined): void {
    const delivery = this.#deliveries.get(message._msgid ?? "");
    if (node === undefined || delivery === undefined) return;
    const isPassing = isWire(source) && delivery.waiting.some((one) => one.node.id === id);
    if (id !== this.#sender && !isPassing) return;
    const pending: PendingMessage = { delivery, message, node };
    delivery.waiting.push(pending);
    const others = this.#pending.get(message);
    if (others === undefined) this.#pending.set(message, [pending]);
    else others.push(pending);
  }

  /** Notes that a node is done with a message. */
  #completes(message: unknown, id: string, error?: unknown): void {
    const pending = this.#pending.get(message)?.find(({ node }) => node.id === id);
    if (pending === undefined) return;
    const { delivery } = pending;
    if (error) delivery.failure ??= toCloudError(error);
    this.#forget(pending);
    this.#check(delivery);
  }

  #drop(isGone: (node: HookNode) => boolean): void {
    for (const delivery of this.#deliveries.values()) {
      const gone = delivery.waiting.filter(({ node }) => isGone(node));
      if (gone.length > 0) delivery.failure ??= cancelled("The work of the flow");
      for (const pending of gone) this.#forget(pending);
      this.#check(delivery);
    }
  }

  #forget(pending: PendingMessage): void {
    const { delivery, message } = pending;
    delivery.waiting.splice(delivery.waiting.indexOf(pending), 1);
    const others = (this.#pending.get(message) ?? []).filter((other) => other !== pending);
    if (others.length === 0) this.#pending.delete(message);
    else this.#pending.set(message, others);
  }

  #check(delivery: Delivery): void {
    if (delivery.isSent && delivery.waiting.length === 0) this.#end(delivery);
  }

  #end(delivery: Delivery): void {
    for (const pending of [...delivery.waiting]) this.#forget(pending);
    if (this.#deliveries.get(delivery.id) === delivery) this.#deliveries.delete(delivery.id);
    delivery.finish();
  }
}

function isDoneWhenReceived(node: HookNode | undefined): boolean {
  return node !== undefined && (node._expectedDoneCount === 0 || gatheringTypes.includes(node.type));
}

function isWire(node: HookNode | undefined): boolean {
  return node !== undefined && (node.type === "junction" || node.type.startsWith("subflow:"));
}
