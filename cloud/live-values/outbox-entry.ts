import { CloudError } from "../core/errors";
import type { EncodedMessage, QueuedMessage } from "./queued-message";

/** A message that went down with the connection so often is sent alone, to find out whether it is the cause ... */
const suspectAfter = 3;
/** ... and is given up after so many. */
const giveUpAfter = 20;

/** A message in an outbox, and how far it has come. */
export class OutboxEntry<Payload> {
  readonly message: QueuedMessage<Payload>;
  /** The message came while there was no session. */
  readonly cameOffline: boolean;
  isPreparing = false;
  #encoded: EncodedMessage<Payload> | undefined;
  /** Per write: waiting, in flight or acknowledged. */
  #progress: ("waiting" | "sent" | "done")[] = [];
  /** How often the connection was lost with this message as the oldest unacknowledged one. */
  #drops = 0;

  constructor(message: QueuedMessage<Payload>, cameOffline: boolean) {
    this.message = message;
    this.cameOffline = cameOffline;
  }

  /** The payloads to be sent, once they are known. */
  get encoded(): EncodedMessage<Payload> | undefined {
    return this.#encoded;
  }

  /** Whether a part of it has gone out and is not acknowledged. */
  get isUnderWay(): boolean {
    return this.#progress.includes("sent");
  }

  /** Whether all of it is acknowledged. */
  get isDelivered(): boolean {
    return this.#encoded !== undefined && this.#progress.every((step) => step === "done");
  }

  /** Whether it may be what brings the connection down. */
  get isSuspect(): boolean {
    return this.#drops >= suspectAfter;
  }

  /** Takes what is to be sent. */
  setEncoded(encoded: EncodedMessage<Payload>): void {
    this.#encoded = encoded;
    this.#progress = encoded.writes.map(() => "waiting");
  }

  /** Returns the indices of the writes that have not gone out. */
  waiting(): number[] {
    return [...this.#progress.keys()].filter((index) => this.#progress[index] === "waiting");
  }

  /** Notes that a write goes out, or that it is acknowledged. */
  note(index: number, step: "sent" | "done"): void {
    this.#progress[index] = step;
  }

  /**
   * Notes that the connection is lost, so that what is not acknowledged waits again; returns the error that ends the
   * message with it, if any.
   * @param isOldest whether it was the oldest of all that were under way
   */
  lost(isOldest: boolean): CloudError | undefined {
    if (isOldest) this.#drops++;
    this.#progress = this.#progress.map((step) => (step === "sent" ? "waiting" : step));
    if (this.message.whenOffline === "reject") return lostWhileWaiting();
    return this.#drops >= giveUpAfter ? brokerDropsIt() : undefined;
  }

  /** Returns whether this message, its target not looked up yet, may be for the target of a later one. */
  mayConcernTargetOf(later: OutboxEntry<Payload>): boolean {
    const { target } = this.message;
    return target === later.message.target || (later.encoded?.targetNames ?? []).includes(target);
  }
}

function lostWhileWaiting(): CloudError {
  return new CloudError(
    "offline",
    "The connection to the broker was lost before the message was acknowledged, and the node does not queue.",
  );
}

function brokerDropsIt(): CloudError {
  return new CloudError(
    "server_error",
    `The broker closed the connection ${giveUpAfter} times when this message was sent; it was given up.`,
  );
}
