import type { Node } from "node-red";
import { isOfAccount, toCloudError } from "../../cloud/core/errors";
import type { SharedFaults } from "./shared-faults";
import type { NodeStatus } from "./status";

/** Tells of the failures of work that is repeated: on the status always, to Catch nodes once per change. */
export class RepeatedErrors {
  readonly #node: Node;
  readonly #status: NodeStatus;
  readonly #faults: SharedFaults;
  #told: string | undefined;

  /** @param faults those of the account, whose affair is all that passes or is corrected there */
  constructor(node: Node, status: NodeStatus, faults: SharedFaults) {
    this.#node = node;
    this.#status = status;
    this.#faults = faults;
  }

  failed(reason: unknown): void {
    const error = toCloudError(reason);
    this.#status.failed(error);
    if (error.code === this.#told) return;
    this.#told = error.code;
    if (isOfAccount(error)) this.#faults.tell(error, [this.#node]);
    else this.#node.error(error, {});
  }

  /** Notes that the work is done, so that the next failure is told again. */
  passed(): void {
    this.#told = undefined;
    this.#faults.recovered();
  }
}
