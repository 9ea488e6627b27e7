import { type Clock, systemClock } from "../../cloud/core/clock";
import { stopLater } from "./stop";

/** What passes between two looks at the time counts up to so many milliseconds; looks are much closer. */
const longestStepMs = 50;
const lookEveryMs = 10;

/**
 * Returns a clock by which this process never stalls, for what tells messages apart by when they came. It ends with the
 * test or file.
 */
export function steadyClock(): Clock {
  let passed = 0;
  let seenAt = performance.now();
  const monotonic = (): number => {
    const now = performance.now();
    passed += Math.min(now - seenAt, longestStepMs);
    seenAt = now;
    return passed;
  };
  const timer = setInterval(monotonic, lookEveryMs);
  stopLater(() => {
    clearInterval(timer);
    return Promise.resolve();
  });
  return { ...systemClock, monotonic };
}
