import { setImmediate } from "node:timers/promises";

/** Everything else waits while a turn lasts: values, other nodes, the editor. */
const maxTurnMs = 10;

/**
 * Does some work for each item, a few milliseconds of it in one turn. Resolves when all is done, or given up since
 * `isOver` says so.
 */
export async function inShortTurns<T>(
  items: Iterable<T>,
  work: (item: T) => void,
  isOver: () => boolean = () => false,
): Promise<void> {
  let began = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - began < maxTurnMs) continue;
    await setImmediate();
    if (isOver()) return;
    began = performance.now();
  }
}
