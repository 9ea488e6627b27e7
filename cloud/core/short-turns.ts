import { setImmediate } from "node:timers/promises";

/** Everything else waits while a turn lasts: values, other nodes, the editor. */
const maxTurnMs = 10;

/**
 * Does some work for each item, a few milliseconds of it in one turn. Resolves when all is done, or given up since
 * `isOver` says so.
 * @param now the milliseconds of some clock
 */
export async function inShortTurns<T>(
  items: Iterable<T>,
  work: (item: T) => void,
  isOver: () => boolean = () => false,
  now: () => number = () => performance.now(),
): Promise<void> {
  let began = now();
  for (const item of items) {
    work(item);
    if (now() - began < maxTurnMs) continue;
    await setImmediate();
    if (isOver()) return;
    began = now();
  }
}
