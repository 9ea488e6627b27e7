import assert from "node:assert/strict";
import { RateLimiter } from "../../../../cloud/core/rate-limiter";

describe("RateLimiter", () => {
  /** The moments at which so many events happen that come as soon as they may. */
  function momentsOf(limiter: RateLimiter, count: number, from = 0): number[] {
    let now = from;
    return Array.from({ length: count }, () => {
      now += limiter.wait(now);
      limiter.take(now);
      return now;
    });
  }

  it("lets a fifth of a second's events come back to back, and the others evenly", () => {
    assert.deepEqual(momentsOf(new RateLimiter(10), 6), [0, 0, 100, 200, 300, 400]);
  });

  for (const perSecond of [1, 3, 10, 25]) {
    it(`never has more than ${perSecond} in any second`, () => {
      const limiter = new RateLimiter(perSecond);
      const moments: number[] = [];
      for (const restMs of [0, 100, 950, 5_000]) {
        moments.push(...momentsOf(limiter, 40, (moments.at(-1) ?? 0) + restMs));
      }
      for (const [index, moment] of moments.entries()) {
        const later = moments[index + perSecond];
        if (later !== undefined) assert.ok(later - moment >= 1_000 - 1e-6, `${later} after ${moment}`);
      }
    });
  }

  it("takes less than one a second", () => {
    assert.deepEqual(momentsOf(new RateLimiter(0.5), 3), [0, 2_000, 4_000]);
  });

  it("goes by another pace as soon as it is set, with what has happened in mind", () => {
    const limiter = new RateLimiter(10, { burst: 3 });
    assert.deepEqual(momentsOf(limiter, 3), [0, 0, 0]);
    limiter.perSecond = 2;
    assert.deepEqual(momentsOf(limiter, 2), [1_000, 1_000]);
    limiter.perSecond = 10;
    assert.equal(limiter.wait(1_000), 800);
  });

  it("takes a second for longer where it is told to", () => {
    assert.deepEqual(momentsOf(new RateLimiter(1, { secondMs: 1_050 }), 2), [0, 1_050]);
  });
});
