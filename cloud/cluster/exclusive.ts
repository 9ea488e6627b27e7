import { randomUUID } from "node:crypto";
import { type Clock, sleep, systemClock } from "../core/clock";
import { inBackground } from "../core/guard";
import type { Cluster } from "./cluster";
import { Lease } from "./lease";
import { untilKnown } from "./until-known";

/** A lease that is freed early is asked for after at most so long, in milliseconds. */
const maxPauseMs = 100;
const renewalsPerTtl = 3;

interface ExclusiveOptions {
  cluster: Pick<Cluster, "start" | "state" | "observe" | "engine" | "ttlMs">;
  /** The name of the work, the same in all copies. */
  name: string;
  /** The words for it in an error. */
  what: string;
  signal: AbortSignal;
  clock?: Clock;
}

/**
 * Runs work that no copy does at the same time as another, in the order in which it is asked for as far as the engine
 * tells. Without the engine it runs all the same.
 * @throws CloudError `cancelled` while it waits, and what the work throws
 */
export async function exclusively<T>(
  { cluster, name, what, signal, clock = systemClock }: ExclusiveOptions,
  work: () => Promise<T>,
): Promise<T> {
  await untilKnown(cluster, signal, what);
  const { engine, ttlMs } = cluster;
  if (engine === undefined) return work();
  // Each run is a holder of its own, also within one copy.
  const lease = new Lease({ engine, clock, name: `work:${name}`, me: randomUUID(), ttlMs });
  for (;;) {
    const outcome = await lease.attempt(true).catch(() => undefined);
    if (outcome === undefined) return work();
    if (outcome.isHeld) break;
    await sleep(clock, Math.min(maxPauseMs, outcome.leftMs + 1), signal);
  }
  const stop = keepHeld(lease, clock, ttlMs / renewalsPerTtl);
  try {
    return await work();
  } finally {
    stop();
    await lease.free().catch(() => undefined);
  }
}

/** Keeps a lease until the returned function is called. */
function keepHeld(lease: Lease, clock: Clock, pauseMs: number): () => void {
  let stopTimer: () => void = () => undefined;
  let isOver = false;
  const renewLater = (): void => {
    stopTimer = clock.after(pauseMs, () =>
      inBackground(
        lease
          .attempt(false)
          .catch(() => undefined)
          .finally(() => isOver || renewLater()),
      ),
    );
  };
  renewLater();
  return () => {
    isOver = true;
    stopTimer();
  };
}
