import type { Node } from "node-red";
import type { Cluster } from "../../cloud/cluster/cluster";
import { seenByClock } from "../../cloud/catch-up/seen-clock";
import { lastNotes, notesKnown, SharedNote } from "../../cloud/cluster/shared-note";
import { spreadSlots } from "../../cloud/cluster/slots";
import { systemClock } from "../../cloud/core/clock";
import { asRecord, isPlainObject } from "../../cloud/core/json";
import { inBackground } from "../../cloud/core/guard";
import { nodePlace } from "../runtime/persistent-state";

/** It is written down so many milliseconds after a change. */
const saveDelayMs = 1_000;
/** Clocks that are apart by less are the same. */
const exactMs = 1_000;

/**
 * Keeps in the engine of a cluster what the copies that speak have seen last, each of the things that it speaks for:
 * copies that all start anew catch up from there.
 */
export class SharedLastSeen {
  readonly #cluster: Cluster;
  readonly #name: string;
  readonly #notes: readonly SharedNote[];
  #stopTimer: (() => void) | undefined;

  /** @param read returns what was seen last, as plain JSON, by texts that begin with the id of a thing and a slash */
  constructor(node: Node, cluster: Cluster, read: () => Record<string, unknown>) {
    this.#cluster = cluster;
    this.#name = `seen/${nodePlace(node)}`;
    this.#notes = Array.from(
      { length: cluster.slots },
      (_none, slot) =>
        new SharedNote({
          ...{ cluster, slot },
          name: cluster.slots === 1 ? this.#name : `${this.#name}/${slot}`,
          read: () =>
            byClock(
              Object.entries(read()).filter(([name]) => this.#slotOf(name) === slot),
              this.#aheadMs,
            ),
          onLost: () => undefined,
        }),
    );
  }

  /** Returns what was written last, by whichever copy, as soon as the engine is known; nothing where it is away. */
  async read(): Promise<Record<string, unknown>> {
    await notesKnown(this.#cluster);
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
      inBackground(this.#save());
    });
  }

  /** Writes down what is left, and ends. */
  async close(): Promise<void> {
    const isDue = this.#stopTimer !== undefined;
    this.#stopTimer?.();
    if (isDue) await this.#save();
  }

  async #save(): Promise<void> {
    const own = this.#notes.filter((_note, slot) => this.#cluster.speaksFor(slot));
    for (const note of own) note.touch();
    await Promise.all(own.map((note) => note.flush()));
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
