import { type CloudError, isMissing, isTransient } from "../../cloud/core/errors";

/** Outcome of the look-up of thing and variable by REST. */
type LookedUp = { is: "unknown" } | { is: "found" } | { is: "failed"; error: CloudError };

/**
 * Puts together what is wrong with one subscription, whichever is told first: the broker refuses the topics of a thing
 * that is not there as well as those of somebody else's, and only REST tells the two apart.
 */
export class SubscriptionFault {
  readonly #onChange: (fault: CloudError | undefined) => void;
  #lookedUp: LookedUp = { is: "unknown" };
  #refusal: CloudError | undefined;
  #told: CloudError | undefined;
  #isTold = false;

  /** @param onChange told of each new fault, and with `undefined` when nothing is wrong, first and later */
  constructor(onChange: (fault: CloudError | undefined) => void) {
    this.#onChange = onChange;
  }

  /** The present fault, if any. */
  get present(): CloudError | undefined {
    if (this.#lookedUp.is !== "failed") return this.#refusal;
    const { error } = this.#lookedUp;
    return isTransient(error) ? (this.#refusal ?? error) : error;
  }

  /** Whether REST says that thing or variable is not there. */
  get isMissing(): boolean {
    return this.#lookedUp.is === "failed" && isMissing(this.#lookedUp.error);
  }

  /** Notes that thing and variable are there. */
  found(): void {
    this.#lookedUp = { is: "found" };
    this.#tell();
  }

  /** Notes why thing or variable could not be looked up. */
  notFound(error: CloudError): void {
    this.#lookedUp = { is: "failed", error };
    this.#tell();
  }

  /** Notes that the broker refuses a topic. */
  refused(error: CloudError): void {
    this.#refusal = error;
    this.#tell();
  }

  /** Notes that the broker has accepted all topics, or that none is waited for. */
  accepted(): void {
    this.#refusal = undefined;
    this.#tell();
  }

  #tell(): void {
    // A refusal waits for what REST says: it is told in a moment, be it a failure.
    if (this.#lookedUp.is === "unknown") return;
    const fault = this.present;
    if (this.#isTold && fault === this.#told) return;
    this.#isTold = true;
    this.#told = fault;
    this.#onChange(fault);
  }
}
