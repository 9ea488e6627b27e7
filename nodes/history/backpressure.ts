import { setTimeout as sleep } from "node:timers/promises";
import type { Node, NodeAPI } from "node-red";
import { CloudError } from "../../cloud/core/errors";
import { abortable } from "../../cloud/core/abort";
import { FlowCompletion } from "../runtime/flow-completion";
import { runName } from "./run-queue";
import type { Message, Send } from "../runtime/input";

/** Milliseconds that a run that was called off still waits for the flow to be done with the message it has. */
const graceMs = 2_000;

/**
 * Hands the messages of one run to the flow, one by one, and waits until the flow is done with each: by itself, or when
 * `goOn` is called.
 */
export class Backpressure {
  readonly #isAutomatic: boolean;
  readonly #watchFlow: () => FlowCompletion;
  #completion: FlowCompletion | undefined;
  #goOn: () => void = () => undefined;

  constructor(RED: NodeAPI, node: Node, advance: "auto" | "next") {
    this.#isAutomatic = advance === "auto";
    this.#watchFlow = () => new FlowCompletion(RED, node.id);
  }

  /** Says that the flow is done with the message it has, where it waits for that. */
  goOn(): void {
    this.#goOn();
  }

  /**
   * Resolves when the flow is done, however it went.
   * @throws CloudError `cancelled` as soon as `signal` is aborted
   */
  async pass(message: Message, send: Send, signal: AbortSignal): Promise<void> {
    await abortable(this.#deliver(message, send), signal, runName);
  }

  /**
   * Resolves when the flow has taken the message. What is called off in the meantime counts, if the flow is done with it
   * soon after.
   * @throws CloudError `cancelled`; `partial_failure` where a node of the flow ended with an error
   */
  async deliver(message: Message, send: Send, signal: AbortSignal): Promise<void> {
    const delivered = this.#deliver(message, send);
    const failure = await (this.#isAutomatic ? this.#soon(delivered, signal) : abortable(delivered, signal, runName));
    if (failure === undefined) return;
    throw new CloudError(
      "partial_failure",
      `The flow failed with a message of the archive, so the next run gives its values again. ${failure.message}`,
    );
  }

  /** Takes back what it has in the runtime. */
  close(): void {
    this.#completion?.close();
  }

  async #deliver(message: Message, send: Send): Promise<CloudError | undefined> {
    if (this.#isAutomatic) {
      this.#completion ??= this.#watchFlow();
      return this.#completion.deliver(message, send);
    }
    const passed = new Promise<void>((resolve) => (this.#goOn = resolve));
    send(message);
    await passed;
    return undefined;
  }

  async #soon(delivered: Promise<CloudError | undefined>, signal: AbortSignal): Promise<CloudError | undefined> {
    try {
      return await abortable(delivered, signal, runName);
    } catch (reason) {
      const late = sleep(graceMs, reason, { ref: false }).then((error: unknown) => Promise.reject(error as Error));
      return Promise.race([delivered, late]);
    }
  }
}
