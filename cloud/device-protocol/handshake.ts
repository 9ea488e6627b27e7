import { exponentialMs } from "../core/backoff";
import type { Clock } from "../core/clock";
import { RetryTimer } from "./retry-timer";

/** Acts that a handshake asks its owner to do. */
interface HandshakeActs {
  /** Asks for the thing by commands, and for `attempt` above 0 by the device's input topic too. */
  askThing(attempt: number): void;
  /** Asks for the last values, by command and by the thing's own topic. */
  askLastValues(): void;
  /** Tells that the cloud has named the thing; `""` is none. Called once on each connection, and on each change. */
  named(thingId: string): void;
}

/** Pauses while the cloud has not said anything: 4 s, doubling to 32 s (docs/protocol.md#handshake). */
const silent = doubling(4_000, 32_000);
/** Pauses while there is no thing: 20 s, doubling to 1280 s (docs/protocol.md#handshake). */
const without = doubling(20_000, 1_280_000);
/** Last values are asked for every 15 s, up to ten times; then it goes on without (docs/protocol.md#handshake). */
const betweenLastValuesMs = 15_000;
const maxLastValues = 10;

/**
 * Leads a device to its thing and the last values, on one connection after the other (docs/protocol.md#discovery):
 * the discovery by the input topic and the command protocol together, so that either will do. Pure but for the clock:
 * messages come in as calls, what is to be sent goes out as acts.
 */
export class Handshake {
  readonly #acts: HandshakeActs;
  readonly #silentMs: (attempt: number) => number;
  readonly #thing: RetryTimer;
  readonly #lastValues: RetryTimer;
  #isOnline = false;
  /** The thing that the cloud has named on this connection. */
  #named: string | undefined;
  /** The thing whose topics are subscribed on this connection. */
  #subscribed: string | undefined;
  #isAwaitingValues = false;

  /** @param silentMs the pause after the given attempt to ask for the thing, while the cloud has not said anything */
  constructor(clock: Clock, acts: HandshakeActs, silentMs: (attempt: number) => number = silent) {
    this.#acts = acts;
    this.#silentMs = silentMs;
    this.#thing = new RetryTimer(clock, (attempt) => acts.askThing(attempt));
    this.#lastValues = new RetryTimer(clock, () => acts.askLastValues());
  }

  /** The thing that the cloud has named on this connection; `""` is none, `undefined` not yet known. */
  get thingId(): string | undefined {
    return this.#isOnline ? this.#named : undefined;
  }

  /** Whether that is none, or its topics are subscribed: values can arrive. */
  get isSettled(): boolean {
    return this.thingId !== undefined && (this.thingId === "" || this.thingId === this.#subscribed);
  }

  /** Begins on an open connection. The cloud may have named the thing before, as soon as the topics were subscribed. */
  online(): void {
    this.#isOnline = true;
    this.#thing.start(this.#silentMs);
    if (this.#named !== undefined) this.#apply(this.#named);
  }

  offline(): void {
    this.#isOnline = false;
    this.#named = undefined;
    this.#subscribed = undefined;
    this.#stop();
  }

  /** Notes that the cloud names the thing, by either way. */
  named(thingId: string): void {
    if (thingId === this.#named) return;
    this.#named = thingId;
    if (this.#isOnline) this.#apply(thingId);
  }

  /** Notes that the cloud has taken the device from this thing. */
  detached(thingId: string): void {
    if (thingId === this.#named) this.named("");
  }

  /** Notes that the topics of a thing are subscribed, or were refused: there is no more to wait for. */
  subscribed(thingId: string): void {
    this.#subscribed = thingId;
    if (thingId === this.thingId) this.refresh();
  }

  /** Asks for the last values and, with them, the time zone. Nothing happens while there is no thing. */
  refresh(): void {
    if (!this.thingId) return;
    this.#isAwaitingValues = true;
    this.#lastValues.start((attempt) => (attempt + 1 < maxLastValues ? betweenLastValuesMs : undefined));
  }

  /** Notes that last values have come; returns false where nobody waits for them, since they are the second answer. */
  lastValuesArrived(): boolean {
    const isAwaited = this.#isAwaitingValues;
    this.#isAwaitingValues = false;
    this.#lastValues.stop();
    return isAwaited;
  }

  #apply(thingId: string): void {
    this.#stop();
    this.#acts.named(thingId);
    // The cloud tells by itself when the device is attached; asking is for the case that its word is lost.
    if (thingId === "") this.#thing.startLater(without);
    else if (this.#subscribed === thingId) this.refresh();
  }

  #stop(): void {
    this.#thing.stop();
    this.#lastValues.stop();
    this.#isAwaitingValues = false;
  }
}

function doubling(firstMs: number, limitMs: number): (attempt: number) => number {
  return (attempt) => exponentialMs(firstMs, limitMs, attempt);
}
