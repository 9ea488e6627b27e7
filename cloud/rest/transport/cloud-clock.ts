import type { Clock } from "../../core/clock";

/** Clocks that differ more than this are told of, in milliseconds. */
const toldFromMs = 30_000;

/** The cloud's time, as its answers tell it (docs/protocol.md#conventions). */
export class CloudClock {
  readonly #clock: Clock;
  readonly #onOff: ((message: string) => void) | undefined;
  #skewMs = 0;
  #isTold = false;

  /** @param onOff told once, when this computer's clock turns out to be off */
  constructor(clock: Clock, onOff?: (message: string) => void) {
    this.#clock = clock;
    this.#onOff = onOff;
  }

  /**
   * Milliseconds by which the clock of the service is at least ahead of ours (negative: behind); 0 where the difference
   * may be due to its whole seconds and the way.
   */
  get skewMs(): number {
    return this.#skewMs;
  }

  /** Returns the cloud's present time in milliseconds since 1970, within a second or so of what is known of it. */
  now(): number {
    return this.#clock.now() + this.#skewMs;
  }

  /**
   * Takes in the Date of an answer; what is no date changes nothing.
   * @param sentAt when the request went out, in milliseconds since 1970 by our clock
   */
  compare(date: string, sentAt: number): void {
    const time = Date.parse(date);
    if (!Number.isFinite(time)) return;
    const [least, most] = [time - this.#clock.now(), time + 1_000 - sentAt];
    this.#skewMs = Math.max(0, least) + Math.min(0, most);
    if (this.#isTold || Math.abs(this.#skewMs) < toldFromMs) return;
    this.#isTold = true;
    const way = this.#skewMs > 0 ? "behind" : "ahead of";
    this.#onOff?.(
      `The clock of this computer is ${inWords(Math.abs(this.#skewMs))} ${way} the Arduino Cloud's. ` +
        "What is relative to now goes by the cloud's time; set the clock right all the same, other software relies on it.",
    );
  }
}

/** Returns a span in its largest fitting unit: "2 hours". */
function inWords(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  const [count, unit] =
    minutes < 120 ? [minutes, "minute"] : minutes < 2_880 ? [minutes / 60, "hour"] : [minutes / 1_440, "day"];
  const rounded = Math.round(count);
  return `${rounded} ${unit}${rounded === 1 ? "" : "s"}`;
}
