import { guarded } from "../core/guard";

/** The listeners to what other copies tell, by topic. */
export class Announcements {
  readonly #me: string;
  readonly #listeners = new Map<string, Set<(text: string) => void>>();

  constructor(me: string) {
    this.#me = me;
  }

  /** Listens to what other copies tell about a topic; returns the function that ends it. */
  listen(topic: string, listener: (text: string) => void): () => void {
    const safe = guarded(listener);
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(safe));
    return () => listeners.delete(safe);
  }

  /** Returns a text as it is told, with who tells it. */
  signed(text: string): string {
    return `${this.#me} ${text}`;
  }

  /** Takes what the engine has passed on. */
  heard(topic: string, signed: string): void {
    const end = `${signed} `.indexOf(" ");
    if (signed.slice(0, end) === this.#me) return;
    for (const listener of [...(this.#listeners.get(topic) ?? [])]) listener(signed.slice(end + 1));
  }
}
