import assert from "node:assert/strict";
import { BackoffTimer, backoffMs, exponentialMs } from "../../../../cloud/core/backoff";
import { FakeClock } from "../../../support/fake-clock";

describe("backoff", () => {
  it("doubles up to its limit, however often it fails", () => {
    const waits = [0, 1, 2, 3, 4, 5, 1_000].map((failures) => exponentialMs(100, 1_000, failures));
    assert.deepEqual(waits, [100, 200, 400, 800, 1_000, 1_000, 1_000]);
    assert(Number.isFinite(exponentialMs(100, Infinity, 5_000)));
  });

  it("spreads the wait before a connection by a quarter either way", () => {
    const at = (random: number): number => backoffMs(1, Object.assign(new FakeClock(), { random: () => random }));
    assert.deepEqual([at(0), at(0.5), at(1)], [1_500, 2_000, 2_500]);
  });

  it("repeats failed work later and later, once for failures at the same time, until it succeeds", async () => {
    const clock = new FakeClock();
    let runs = 0;
    const timer = new BackoffTimer(clock, () => runs++);
    assert.deepEqual([timer.failed(), timer.failed()], [1_000, undefined]);
    await clock.advance(999);
    assert.equal(runs, 0);
    await clock.advance(1);
    assert.equal(runs, 1);
    assert.equal(timer.failed(), 2_000);
    timer.stop();
    await clock.advance(5_000);
    assert.equal(runs, 1, "what was stopped does not come");
    assert.equal(timer.failed(), 4_000);
    timer.stop();
    timer.succeeded();
    assert.equal(timer.failed(), 1_000);
  });
});
