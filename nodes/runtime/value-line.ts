import { type Clock, systemClock } from "../../cloud/core/clock";
import type { EditorPresence } from "./editor-presence";
import { type ShownValue, valueLine } from "./value-text";

/** The line changes no more often than this: twice a second. */
const pauseMs = 500;

/** The last value of a node as a line of text, made only as often as somebody can read it, and only for somebody. */
export class ValueLine {
  readonly #presence: EditorPresence;
  readonly #onChange: () => void;
  readonly #clock: Clock;
  readonly #unlisten: () => void;
  #latest: (() => ShownValue) | undefined;
  #text: string | undefined;
  #madeAt = -Infinity;
  #stopTimer: (() => void) | undefined;

  /** @param onChange told when there is another text */
  constructor(presence: EditorPresence, onChange: () => void, clock = systemClock) {
    this.#clock = clock;
    this.#presence = presence;
    this.#onChange = onChange;
    this.#unlisten = presence.onOpen(() => this.#makeSoon());
  }

  /** The text as of late; undefined before the first value. */
  get text(): string | undefined {
    return this.#text;
  }

  /** Takes a value; `read` is called when the text is made, if that comes. */
  note(read: () => ShownValue): void {
    this.#latest = read;
    if (this.#stopTimer === undefined && this.#presence.isWatched) this.#makeSoon();
  }

  /** Forgets the value. */
  clear(): void {
    this.#latest = undefined;
    this.#text = undefined;
  }

  stop(): void {
    this.#unlisten();
    this.#stopTimer?.();
    this.#latest = undefined;
  }

  #makeSoon(): void {
    if (this.#latest === undefined || this.#stopTimer !== undefined) return;
    const waitMs = this.#madeAt + pauseMs - this.#clock.monotonic();
    if (waitMs <= 0) this.#make();
    else this.#stopTimer = this.#clock.after(waitMs, () => this.#make());
  }

  #make(): void {
    this.#stopTimer = undefined;
    if (this.#latest === undefined) return;
    this.#text = valueLine(this.#latest());
    this.#latest = undefined;
    this.#madeAt = this.#clock.monotonic();
    this.#onChange();
  }
}
