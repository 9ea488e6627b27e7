import type { Node, NodeAPI } from "node-red";
import { FlowCompletion } from "../runtime/flow-completion";
import type { Message } from "../runtime/input";

/** The nodes that are wired to a property in: messages are handed to them, and followed until they are done with them. */
export class FollowedFlow {
  readonly #completion: FlowCompletion;
  readonly #newId: () => string;
  readonly #node: Node;

  /** @param maxAgeMs after so long nobody counts on a message any more */
  constructor(RED: NodeAPI, node: Node, maxAgeMs: number) {
    this.#completion = new FlowCompletion(RED, node.id, maxAgeMs);
    this.#newId = () => RED.util.generateId();
    this.#node = node;
  }

  /** Hands a message over; resolves when everything that got it is done with it, well or not. */
  readonly deliver = (message: Message): Promise<unknown> => {
    message._msgid = this.#newId();
    return this.#completion.deliver(message, (sent) => this.#node.send(sent));
  };

  /** Ends it: what is under way counts as done. */
  close(): void {
    this.#completion.abandon();
    this.#completion.close();
  }
}
