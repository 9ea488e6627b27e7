import type { Clock } from "../core/clock";
import type { SessionState } from "../mqtt/session";
import { CloudError } from "../core/errors";

/** How a device stands with the cloud. `until` is in milliseconds since 1970. */
export type DeviceConnectionState =
  | { readonly name: "idle" | "connecting" | "closed" }
  | { readonly name: "online"; readonly thingId: string }
  /** Connected, but attached to no thing. */
  | { readonly name: "no-thing"; readonly error: CloudError }
  /** `taken-over`: another client uses the same identity, again and again. */
  | {
      readonly name: "waiting" | "refused" | "taken-over";
      readonly until: number;
      readonly error: CloudError;
    };

/** A connection that is lost sooner may have been taken over; longer than any wait between two attempts. */
export const stableAfterMs = 30_000;
/** So many of them ... */
const takeOverThreshold = 3;
/** ... within so many milliseconds are no accident. */
const memoryMs = 180_000;

/**
 * Tells that another client uses the same client id: the broker then closes the older connection without a word
 * (docs/protocol.md#takeover), so all that can be seen is that connections are lost soon after they were open, one
 * after the other.
 */
export class TakeOvers {
  readonly #clock: Clock;
  #onlineSince: number | undefined;
  #losses: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes note of each state of the session. */
  note({ name }: SessionState): void {
    const now = this.#clock.monotonic();
    if (name === "online") {
      this.#onlineSince = now;
      return;
    }
    // A session that is stopped was not taken over.
    const isLost = name === "connecting" || name === "waiting" || name === "refused";
    if (this.#onlineSince !== undefined && isLost) {
      this.#losses = this.#losses.filter((at) => now - at < memoryMs);
      if (now - this.#onlineSince < stableAfterMs) this.#losses.push(now);
      else this.#losses = [];
    }
    this.#onlineSince = undefined;
  }

  /** Whether it happens. */
  get areLikely(): boolean {
    return this.#losses.length >= takeOverThreshold;
  }
}

/**
 * Returns how a device stands.
 * @param thingId as the cloud has named it on this connection, once values can arrive; `undefined` until then
 */
export function connectionStateOf(
  state: SessionState,
  thingId: string | undefined,
  takeOvers: TakeOvers,
): DeviceConnectionState {
  switch (state.name) {
    case "online":
      if (thingId === undefined) return { name: "connecting" };
      return thingId === "" ? { name: "no-thing", error: noThing() } : { name: "online", thingId };
    case "waiting":
      if (takeOvers.areLikely) return { name: "taken-over", until: state.until, error: takenOver() };
      return { name: state.name, until: state.until, error: state.error };
    case "refused":
      return { name: state.name, until: state.until, error: state.error };
    default:
      return { name: state.name };
  }
}

function noThing(): CloudError {
  return new CloudError(
    "precondition_failed",
    "The device is attached to no thing, so there is nothing to receive or report: attach it in the Arduino Cloud.",
  );
}

function takenOver(): CloudError {
  return new CloudError(
    "conflict",
    "The connection is closed again and again soon after it was opened: another client uses this device identity. " +
      "Give each client a device of its own.",
  );
}
