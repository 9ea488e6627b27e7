import type { Node } from "node-red";
import type { Cluster } from "../../cloud/cluster/cluster";
import { seenByClock } from "../../cloud/catch-up/seen-clock";
import { lastNotes, SharedNote } from "../../cloud/cluster/shared-note";
import { spreadSlots } from "../../cloud/cluster/slots";
import { systemClock } from "../../cloud/core/clock";
import { asRecord, isPlainObject } from "../../cloud/core/json";
import { nodePlace } from "../runtime/persistent-state";

/** It is written down so many milliseconds after a change. */
const saveDelayMs = 1_000;
/** Clocks that are apart by less are the same. */
const exactMs = 1_000;

/** The note of the values seen last of the things of one slot. */
interface SlotNote {
  readonly slot: number;
  readonly name: string;
  readonly note: SharedNote;
  /** The values seen by this copy, as they were when they were last to be written down. */
  own: Record<string, unknown>;
  /** The values seen by other copies when this one began to speak, and the grant under which that was asked. */
  others: unknown;
  askedUnder: string;
}

/**
 * Keeps in the engine of a cluster what the copies that speak have seen last, each of the things that it speaks for:
 * copies that start anew catch up from there.
 */
export class SharedLastSeen {
  readonly #cluster: Cluster;
  readonly #name: string;
  readonly #notes: readonly SlotNote[];
  readonly #read: () => Record<string, unknown>;
  readonly #unfollow: () => void;
  #stopTimer: (() => void) | undefined;
  #saving: Promise<unknown> = Promise.resolve();
  /** The answer that is on its way, for all who ask meanwhile. */
  #reading: Promise<Record<string, unknown>> | undefined;

  /** @param read returns what was seen last, as plain JSON, by texts that begin with the id of a thing and a slash */
  constructor(node: Node, cluster: Cluster, read: () => Record<string, unknown>) {
    this.#cluster = cluster;
    this.#name = `seen/${nodePlace(node)}`;
    this.#read = read;
    this.#notes = Array.from({ length: cluster.slots }, (_none, slot) => this.#noteOf(slot));
    // Whoever goes on begins behind what has been given until then.
    this.#unfollow = cluster.beforeGiving(() => this.#saveRest());
  }

  /** Returns what was written last, by whichever copy, as soon as the engine answers; nothing where it is away. */
  read(): Promise<Record<string, unknown>> {
    this.#reading ??= this.#readAll().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readAll(): Promise<Record<string, unknown>> {
    await this.#cluster.answered();
    const slots = Array.from({ length: spreadSlots }, (_none, slot) => `${this.#name}/${slot}`);
    return byClock(Object.entries(latestOf(await lastNotes(this.#cluster, [this.#name, ...slots]))), -this.#aheadMs);
  }

  /** How far the clock of the engine, which all copies share, is ahead of ours; 0 where that is as much as nothing. */
  get #aheadMs(): number {
    const { clockSkewMs } = this.#cluster;
    return Math.abs(clockSkewMs) < exactMs ? 0 : Math.round(clockSkewMs);
  }

  /** Notes that it has changed: it is written down within a second, by the copies that speak. */
  touch(): void {
    this.#stopTimer ??= systemClock.after(saveDelayMs, () => {
      this.#stopTimer = undefined;
      this.#save();
    });
  }

  /** Writes down what is left, and ends. */
  async close(): Promise<void> {
    await this.#saveRest();
    this.#unfollow();
  }

  async #saveRest(): Promise<void> {
    const isDue = this.#stopTimer !== undefined;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (isDue) this.#save();
    await this.#saving;
  }

  #save(): void {
    const seen = Object.entries(this.#read());
    const spoken = this.#notes.filter(({ slot }) => this.#cluster.speaksFor(slot));
    for (const note of spoken) {
      note.own = byClock(
        seen.filter(([thing]) => this.#slotOf(thing) === note.slot),
        this.#aheadMs,
      );
    }
    this.#saving = Promise.all([this.#saving, ...spoken.map((note) => this.#saveSlot(note))]);
  }

  async #saveSlot(own: SlotNote): Promise<void> {
    const { name, slot, note } = own;
    const grant = this.#cluster.fenceOf(slot)?.holder ?? "";
    // A copy that has begun to speak may have seen less, up to now, than the one before it has given.
    if (own.askedUnder !== grant) [own.others] = await lastNotes(this.#cluster, [name]);
    own.askedUnder = grant;
    note.touch();
    await note.flush();
  }

  #noteOf(slot: number): SlotNote {
    const cluster = this.#cluster;
    const name = cluster.slots === 1 ? this.#name : `${this.#name}/${slot}`;
    const read = (): unknown => latestOf([slotNote.others, slotNote.own]);
    const note = new SharedNote({ cluster, slot, name, read, onLost: () => undefined });
    const slotNote: SlotNote = { slot, name, note, own: {}, others: undefined, askedUnder: "" };
    return slotNote;
  }

  #slotOf(name: string): number {
    return this.#cluster.slotOf(name.slice(0, name.indexOf("/")));
  }
}

function byClock(things: [string, unknown][], aheadMs: number): Record<string, unknown> {
  return Object.fromEntries(things.map(([name, seen]) => [name, seenByClock(seen, aheadMs)]));
}

/** Returns of each thing what was seen last: copies may have shared the things in another way before. */
function latestOf(notes: readonly unknown[]): Record<string, unknown> {
  const latest: Record<string, unknown> = {};
  for (const [name, seen] of notes.filter(isPlainObject).flatMap((note) => Object.entries(note))) {
    if (latest[name] === undefined || reachedBy(seen) > reachedBy(latest[name])) latest[name] = seen;
  }
  return latest;
}

/** Returns when the last of the values came. */
function reachedBy(seen: unknown): number {
  const times = Object.values(asRecord(seen) ?? {}).map((entry) => Number(asRecord(entry)?.["at"] ?? 0));
  return Math.max(0, ...times);
}
