import type { Clock } from "../core/clock";
import { sameValue } from "../property-types/equality";
import type { ValueFeed } from "./value-feed";
import type { EncodedMessage } from "./queued-message";
import type { PropertyValue } from "../codec/values";
import { maxBoardMessageBytes, reportBytes } from "../property-types/value-limits";
import { CloudError } from "../core/errors";

/** A value that the board has to report back. */
export interface Expected {
  variable: string;
  type: string;
  value: PropertyValue;
}

interface Awaited extends Expected {
  /** The value has gone out: what is reported before that says nothing. */
  isSent: boolean;
  isConfirmed: boolean;
  lastSeen?: unknown;
}

interface Options {
  feed: Pick<ValueFeed, "listen">;
  clock: Clock;
  /** Milliseconds from the broker's acknowledgement on. */
  timeoutMs: number;
  settle: (error?: CloudError) => void;
}

/**
 * Waits until the board has reported the written values back, compared after the type's conversion. It listens before
 * the values go out, so that no answer is missed.
 */
export class WriteConfirmation {
  readonly #options: Options;
  #awaited: Awaited[] = [];
  #ends: (() => void)[] = [];
  #isAcknowledged = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * Listens to the variables; resolves, when the broker sends them, with the messages as they are to go out.
   * @throws CloudError `forbidden` where the broker does not allow it
   */
  async watch<Payload>(
    thingId: string,
    encoded: EncodedMessage<Payload>,
    expected: readonly Expected[],
  ): Promise<EncodedMessage<Payload>> {
    this.end();
    this.#awaited = expected.map((one) => ({ ...one, isSent: false, isConfirmed: false }));
    await Promise.all(this.#awaited.map((awaited) => this.#listen(thingId, awaited)));
    const writes = encoded.writes.map((write, index) => ({
      ...write,
      onSend: () => {
        const awaited = this.#awaited[index];
        if (awaited !== undefined) awaited.isSent = true;
      },
    }));
    return { ...encoded, writes };
  }

  /** Notes that the broker has acknowledged all, or that the message has failed. */
  sentAll(error?: CloudError): void {
    if (error !== undefined) {
      this.#finish(error);
      return;
    }
    this.#isAcknowledged = true;
    this.#ends.push(this.#options.clock.after(this.#options.timeoutMs, () => this.#finish(this.#late())));
    this.#finishIfConfirmed();
  }

  /** Stops listening, without an outcome. */
  end(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
  }

  #listen(thingId: string, awaited: Awaited): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = this.#options.feed.listen(thingId, "reported", awaited.variable, {
        value: (live) => this.#reported(awaited, live.value),
        subscribed: resolve,
        refused: reject,
      });
      this.#ends.push(end);
    });
  }

  #reported(awaited: Awaited, value: unknown): void {
    if (!awaited.isSent) return;
    awaited.lastSeen = value;
    awaited.isConfirmed ||= sameValue(awaited.type, awaited.value, value);
    this.#finishIfConfirmed();
  }

  #finishIfConfirmed(): void {
    if (this.#isAcknowledged && this.#awaited.every(({ isConfirmed }) => isConfirmed)) this.#finish();
  }

  #finish(error?: CloudError): void {
    this.end();
    this.#options.settle(error);
  }

  #late(): CloudError {
    const missing = this.#awaited.find(({ isConfirmed }) => !isConfirmed);
    const what = `"${missing?.variable ?? ""}" = ${contentOf(missing?.value)}`;
    const seen =
      missing?.lastSeen === undefined
        ? "it has reported no value since"
        : `the last value seen is ${contentOf(missing.lastSeen)}`;
    const seconds = this.#options.timeoutMs / 1000;
    const sentence = `The board did not report ${what} back within ${seconds} s; ${seen}.`;
    return new CloudError("timeout", missing === undefined ? sentence : `${sentence}${hintAt(missing)}`);
  }
}

/** Says why a board may never have reported a value back. */
function hintAt({ variable, value, lastSeen }: Awaited): string {
  if (reportBytes(variable, value) > maxBoardMessageBytes) {
    return ` A board with Arduino's C++ library never reports what takes more than ${maxBoardMessageBytes} bytes.`;
  }
  if (lastSeen !== undefined) return "";
  return " Boards with Arduino's Python library, and devices with arduino-iot-js, never report back what they got.";
}

function contentOf(value: unknown): string {
  return JSON.stringify(value).slice(0, 80);
}
