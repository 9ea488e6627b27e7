import { randomUUID } from "node:crypto";
import { CloudError } from "../core/errors";
import { inBackground } from "../core/guard";
import { parseJson } from "../core/json";
import type { Cluster } from "./cluster";
import { firstSlot } from "./slots";
import { untilKnown } from "./until-known";

interface SharedNoteOptions {
  cluster: Cluster;
  /** Tells one note from the others, in all copies alike. */
  name: string;
  /** The slot whose speaker writes it down. */
  slot?: number;
  /** Returns what is to be written down at the moment. */
  read: () => unknown;
  /** Told that another copy has taken over: what is done from now on counts for nothing. */
  onLost: () => void;
}

/** A note that nobody has written or read for so long belongs to a node that is no more. */
const noteLifeMs = 90 * 86_400_000;
const field = "note";
const byField = "by";

/** Returns what was written last into notes, by whichever copy; undefined where there is nothing, or it can't be read. */
export function lastNotes(cluster: Cluster, names: readonly string[]): Promise<unknown[]> {
  return Promise.all(
    names.map((name) =>
      readNote(cluster, name).then(
        ({ note }) => note,
        () => undefined,
      ),
    ),
  );
}

/**
 * Returns what was written last into a note, and by whom.
 * @throws CloudError where the engine is away
 */
async function readNote({ engine }: Cluster, name: string): Promise<{ note: unknown; by?: string | undefined }> {
  if (engine === undefined) throw new CloudError("offline", "The cluster has no Redis at present.");
  const { [field]: text, [byField]: by } = (await engine.ask(groupOf(name))).fields;
  if (text === undefined) return { note: undefined };
  // Whoever reads it needs it: it lives on.
  await engine.mark(groupOf(name), {}, undefined, noteLifeMs).catch(() => undefined);
  return { note: parseJson(text), by };
}

/** Returns the group of a note: each has one of its own, which ends by itself. */
function groupOf(name: string): string {
  return `note:${name}`;
}

/** A note that one copy at a time writes down for all: how far an archive is, for example. */
export class SharedNote {
  readonly #options: SharedNoteOptions;
  readonly #id = randomUUID();
  /** Whether there is something newer than what is being written. */
  #isDirty = false;
  #isWriting = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: SharedNoteOptions) {
    this.#options = options;
  }

  /**
   * Returns whether it is the turn of this copy, as soon as that is known.
   * @throws CloudError why it can't be known, where this copy may not go on alone; `cancelled`
   */
  async isOurTurn(signal: AbortSignal, what: string): Promise<boolean> {
    const { cluster } = this.#options;
    await untilKnown(cluster, signal, what);
    const isOurs = this.#isOurs;
    if (!isOurs && cluster.state.name === "no-engine") throw cluster.state.error;
    return isOurs;
  }

  /**
   * Returns what another copy has written last; undefined where this copy knows as much, or goes on alone.
   * @throws CloudError where the engine can't tell: to begin with what this copy knows would do things once more
   */
  async last(): Promise<unknown> {
    const { cluster, name } = this.#options;
    if (cluster.state.name === "no-engine") return undefined;
    const { note, by } = await readNote(cluster, name);
    return by === this.#id ? undefined : note;
  }

  /** Notes that it has changed. */
  touch(): void {
    this.#isDirty = true;
    if (this.#isWriting) return;
    this.#writing = this.#writeAll();
    inBackground(this.#writing);
  }

  /** Writes down what has changed. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  /** Writes it down whoever's turn it is. */
  async overwrite(): Promise<void> {
    const { cluster, name } = this.#options;
    await cluster.engine?.mark(groupOf(name), this.#fields, undefined, noteLifeMs);
  }

  get #fields(): Record<string, string> {
    return { [field]: JSON.stringify(this.#options.read()), [byField]: this.#id };
  }

  get #isOurs(): boolean {
    const { cluster, slot = firstSlot } = this.#options;
    return cluster.speaksFor(slot);
  }

  async #writeAll(): Promise<void> {
    const { cluster, name, slot = firstSlot, onLost } = this.#options;
    this.#isWriting = true;
    try {
      while (this.#isDirty) {
        this.#isDirty = false;
        const { engine } = cluster;
        const fence = cluster.fenceOf(slot);
        // Without an engine this copy goes on alone; where it may not, it does not speak.
        if ((engine === undefined || fence === undefined) && this.#isOurs) continue;
        const written = fence && engine?.mark(groupOf(name), this.#fields, fence, noteLifeMs);
        const isWritten = await written?.catch(() => this.#isOurs);
        if (isWritten !== true) onLost();
      }
    } finally {
      this.#isWriting = false;
    }
  }
}
