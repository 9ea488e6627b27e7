import { setImmediate } from "node:timers/promises";
import type { Clock } from "../core/clock";
import { cancelled, type ErrorCode, type HttpFacts, httpFactsOf, toCloudError } from "../core/errors";

/** The outcome of one item. */
export type ItemResult =
  { ok: true; value: unknown } | { ok: false; error: { code: ErrorCode; message: string } & HttpFacts };

/** How far work on many items is. */
export interface Progress {
  done: number;
  total: number;
  /** Seconds that the rest will take at the present pace. */
  secondsLeft: number;
}

interface BulkWork {
  /** May be sparse: a hole is an item too. */
  items: readonly unknown[];
  /** Does one item; what it throws becomes the item's error. */
  work: (item: unknown, index: number) => Promise<unknown>;
  /** Items of the same key never run at the same time, and in their order. */
  keyOf: (item: unknown, index: number) => string;
  clock: Clock;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/**
 * As many as the official exporters run at a time (docs/protocol.md#request-rate); it is the account's pace that limits
 * them.
 */
const maxConcurrent = 20;
/** Milliseconds between two reports of progress. */
const reportIntervalMs = 500;

/**
 * Works through items, started in their order, several at a time. Returns the results in the order of the items; one
 * that fails does not stop the others.
 * @throws CloudError `cancelled` when the signal fires
 */
export async function runBulk({ items, work, keyOf, clock, signal, onProgress }: BulkWork): Promise<ItemResult[]> {
  const results = new Array<ItemResult>(items.length);
  const tails = new Map<string, Promise<void>>();
  const report = reporter(items.length, clock, onProgress);
  let next = 0;
  const settle = async (index: number, before: Promise<void> | undefined): Promise<void> => {
    await before;
    results[index] = await settled(() => work(items[index], index));
    report();
  };
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      if (signal?.aborted) throw cancelled("Work on many items");
      const index = next++;
      const key = keyOf(items[index], index);
      const turn = settle(index, tails.get(key));
      tails.set(key, turn);
      await turn;
      if (tails.get(key) === turn) tails.delete(key);
      // Thousands of items that fail without a request shall not keep everything else waiting.
      await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: maxConcurrent }, lane));
  if (signal?.aborted) throw cancelled("Work on many items");
  return results;
}

async function settled(work: () => Promise<unknown>): Promise<ItemResult> {
  try {
    return { ok: true, value: await work() };
  } catch (reason) {
    const error = toCloudError(reason);
    return { ok: false, error: { code: error.code, message: error.message, ...httpFactsOf(error) } };
  }
}

function reporter(total: number, clock: Clock, onProgress: BulkWork["onProgress"]): () => void {
  const started = clock.monotonic();
  // The first item alone would tell little of how long the rest takes.
  let reported = started;
  let done = 0;
  return () => {
    done++;
    const now = clock.monotonic();
    if (done === total || now < reported + reportIntervalMs) return;
    reported = now;
    onProgress?.({ done, total, secondsLeft: ((now - started) / done / 1_000) * (total - done) });
  };
}
