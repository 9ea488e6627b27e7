/** Names come from messages, so there may be any number of them; there are people behind the first few. */
const maxWarnings = 1_000;

/** Warns of each thing once. */
export class WarnOnce {
  readonly #warn: (warning: string) => void;
  readonly #told = new Set<string>();

  constructor(warn: (warning: string) => void) {
    this.#warn = warn;
  }

  /** Warns, unless that was done before under this key. */
  note(key: string, warning: string): void {
    if (this.#told.has(key) || this.#told.size >= maxWarnings) return;
    this.#told.add(key);
    this.#warn(warning);
  }
}
