import type { Node } from "node-red";
import { toCloudError } from "../../cloud/core/errors";
import type { NodeStatus } from "./status";

/** Tells of the failures of work that is repeated: on the status always, to Catch nodes once per change. */
export class RepeatedErrors {
  readonly #node: Node;
  readonly #status: NodeStatus;
  #told: string | undefined;

  constructor(node: Node, status: NodeStatus) {
    this.#node = node;
    this.#status = status;
  }

  failed(reason: unknown): void {
    const error = toCloudError(reason);
    this.#status.failed(error);
    if (error.code === this.#told) return;
    this.#told = error.code;
    this.#node.error(error, {});
  }

  /** Notes that the work is done, so that the next failure is told again. */
  passed(): void {
    this.#told = undefined;
  }
}
