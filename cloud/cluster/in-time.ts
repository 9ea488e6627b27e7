import type { Clock } from "../core/clock";

/** Waits for work for so many milliseconds at most; whether it succeeds does not matter. */
export async function inTime(clock: Clock, work: Promise<unknown>, milliseconds: number): Promise<void> {
  let stop: () => void = () => undefined;
  const late = new Promise<void>((resolve) => (stop = clock.after(milliseconds, resolve)));
  await Promise.race([work.catch(() => undefined), late]);
  stop();
}
