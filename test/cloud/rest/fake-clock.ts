import type { Clock } from "../../../cloud/clock";

/** A clock that stands still until a test moves it on. */
export interface FakeClock extends Clock {
  /** Moves on, running every timer that falls due on the way and letting promises settle between. */
  advance(milliseconds: number): Promise<void>;
  /** How many timers are set. */
  readonly pending: number;
}

/** A fake clock; `random()` gives 0.5. */
export function fakeClock(): FakeClock {
  let time = 1_000;
  const timers = new Set<{ at: number; work: () => void }>();
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    monotonic: () => time,
    now: () => Date.UTC(2026, 0, 1) + time,
    random: () => 0.5,
    after(milliseconds, work) {
      const timer = { at: time + Math.max(0, milliseconds), work };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    get pending() {
      return timers.size;
    },
    async advance(milliseconds) {
      const end = time + milliseconds;
      await settle();
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers.delete(next);
        time = Math.max(time, next.at);
        next.work();
        await settle();
      }
      time = end;
      await settle();
    },
  };
}
