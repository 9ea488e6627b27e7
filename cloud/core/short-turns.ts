import { turn } from "./guard";

/** Everything else waits while a turn lasts: values, other nodes, the editor. Some of a turn is others' anyway. */
const maxTurnMs = 5;

/** Whoever waits for a turn has one of his own: the work of ten nodes at once must not make one long turn again. */
let lastTurn: Promise<void> = Promise.resolve();

/** Waits for a turn in which no other work of this kind is done. Timers and what has come over the network go first. */
export function ownTurn(): Promise<void> {
  lastTurn = lastTurn.then(async () => {
    // This one may still come in the round of the event loop that has called.
    await turn();
    await turn();
  });
  return lastTurn;
}

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
    await ownTurn();
    if (isOver()) return;
    began = now();
  }
}
