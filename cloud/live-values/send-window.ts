import type { Clock } from "../core/clock";
import { CloudError, isTransient } from "../core/errors";
import { inBackground } from "../core/guard";
import { RateLimiter } from "../core/rate-limiter";
import type { MessageSender } from "./queued-message";

interface SendWindowOptions {
  clock: Clock;
  messagesPerSecond: number;
  /** How many payloads may be under way at once. */
  size: number;
  /** Called when something may go out again. */
  onRoom: () => void;
  /** Called when the sender has failed in a way that may pass: the far side is out of reach. */
  onLost: () => void;
}

/** The way out of an outbox: sends no more at once, and no more in a second, than the far side takes. */
export class SendWindow<Payload> {
  readonly #options: SendWindowOptions;
  readonly #rate: RateLimiter;
  #sender: MessageSender<Payload> | undefined;
  #isPaused = false;
  #underWay = 0;
  #stopRateTimer: (() => void) | undefined;
  #drained: (() => void)[] = [];

  constructor(options: SendWindowOptions) {
    this.#options = options;
    this.#rate = new RateLimiter(options.messagesPerSecond);
  }

  /** Whether there is a sender. */
  get isOpen(): boolean {
    return this.#sender !== undefined;
  }

  /** Sends over this sender from now on. */
  open(sender: MessageSender<Payload>): void {
    this.#sender = sender;
    this.#isPaused = false;
  }

  /** Ends the use of the sender: what was under way is not answered any more. */
  close(): void {
    this.#sender = undefined;
    this.#underWay = 0;
    this.#stopRateTimer?.();
    this.#stopRateTimer = undefined;
    this.#tellDrained();
  }

  /** Stops sending until `open`, and resolves when nothing is under way any more. */
  drain(): Promise<void> {
    this.#isPaused = true;
    return new Promise((resolve) => {
      this.#drained.push(resolve);
      this.#tellDrained();
    });
  }

  /**
   * Returns whether a payload may go out now. Where only the rate forbids it, `onRoom` is called as soon as it may.
   * @param maxUnderWay how many may be under way then, if fewer than the window's size
   */
  hasRoom(maxUnderWay = Infinity): boolean {
    const { clock, size, onRoom } = this.#options;
    if (this.#sender === undefined || this.#isPaused || this.#underWay >= Math.min(maxUnderWay, size)) return false;
    const waitMs = this.#rate.wait(clock.monotonic());
    if (waitMs <= 0) return true;
    this.#stopRateTimer ??= clock.after(Math.ceil(waitMs), () => {
      this.#stopRateTimer = undefined;
      onRoom();
    });
    return false;
  }

  /**
   * Sends a payload, where `hasRoom` has allowed it.
   * @param onAnswer called when the far side has taken the payload, or with the error with which it has refused it for
   *   good; not called when the window is closed first
   */
  send(payload: Payload, onAnswer: (refusal?: CloudError) => void): void {
    const sender = this.#sender;
    if (sender === undefined) return;
    this.#rate.take(this.#options.clock.monotonic());
    this.#underWay++;
    const answered = (refusal?: CloudError): void => {
      if (this.#sender !== sender) return;
      this.#underWay--;
      onAnswer(refusal);
      this.#tellDrained();
      this.#options.onRoom();
    };
    const refused = (reason: unknown): void => {
      if (reason instanceof CloudError && !isTransient(reason)) answered(reason);
      else if (this.#sender === sender) this.#options.onLost();
    };
    inBackground(sender.send(payload).then(() => answered(), refused));
  }

  #tellDrained(): void {
    if (this.#underWay > 0) return;
    for (const tell of this.#drained.splice(0)) tell();
  }
}
