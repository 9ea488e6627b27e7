import assert from "node:assert/strict";
import { IntervalScheduler } from "../../../../cloud/polling/interval-scheduler";
import { FakeClock } from "../../../support/fake-clock";

describe("Beats", () => {
  let clock: FakeClock;
  let beats: IntervalScheduler;
  let times: Record<string, number[]>;

  beforeEach(() => {
    clock = new FakeClock();
    beats = new IntervalScheduler(clock);
    times = {};
  });

  const repeat = (name: string, interval: number, takes = 0): (() => void) =>
    beats.repeat(interval, async () => {
      (times[name] ??= []).push(clock.monotonic());
      if (takes > 0) await new Promise<void>((resolve) => clock.after(takes, resolve));
    });

  it("run a work at once and then at each interval", async () => {
    const stop = repeat("a", 1_000);
    await clock.advance(3_500);
    assert.deepEqual(times["a"], [0, 1_000, 2_000, 3_000]);
    stop();
    await clock.advance(5_000);
    assert.equal(times["a"].length, 4);
    assert.equal(clock.waiting, 0);
  });

  it("are common to what was started at different moments", async () => {
    repeat("a", 1_000);
    await clock.advance(300);
    repeat("b", 1_000);
    await clock.advance(400);
    repeat("c", 2_000);
    await clock.advance(3_500);
    assert.deepEqual(times, {
      a: [0, 1_000, 2_000, 3_000, 4_000],
      b: [300, 1_000, 2_000, 3_000, 4_000],
      c: [700, 2_000, 4_000],
    });
    assert.equal(clock.waiting, 2, "one timer for each interval");
  });

  it("pass by a work that still runs, and no other", async () => {
    repeat("slow", 1_000, 2_500);
    repeat("quick", 1_000);
    await clock.advance(6_500);
    assert.deepEqual(times, { slow: [0, 3_000, 6_000], quick: [0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000] });
  });

  it("never drift, whatever timers do", async () => {
    // Timers that fire late by a third of the interval, and once a little early.
    let lag = 333;
    const after = clock.after.bind(clock);
    clock.after = (milliseconds, work) => after(Math.max(0, milliseconds + lag), work);
    repeat("a", 1_000);
    await clock.advance(1_500);
    lag = -2;
    await clock.advance(1_000_000);
    const last = times["a"]?.at(-1) ?? 0;
    assert.equal(last % 1_000, 998);
    assert.equal(times["a"]?.length, 1_002);
  });

  it("leave out what was missed", async () => {
    let asleep = 5_600;
    const after = clock.after.bind(clock);
    clock.after = (milliseconds, work) => {
      const stop = after(milliseconds + asleep, work);
      asleep = 0;
      return stop;
    };
    repeat("a", 1_000);
    await clock.advance(8_500);
    assert.deepEqual(times["a"], [0, 6_600, 7_000, 8_000]);
  });

  it("bear an interval of four weeks", async () => {
    const fourWeeks = 4 * 7 * 24 * 3_600_000;
    const stop = repeat("a", fourWeeks);
    await clock.advance(2 * fourWeeks);
    assert.deepEqual(times["a"], [0, fourWeeks, 2 * fourWeeks]);
    stop();
  });

  it("tell a work by its signal when it is stopped, even in the middle of a beat", async () => {
    let signal: AbortSignal | undefined;
    let stopOther: () => void = () => undefined;
    let count = 0;
    beats.repeat(1_000, (given) => {
      signal = given;
      if (++count === 2) stopOther();
      return Promise.resolve();
    });
    stopOther = repeat("other", 1_000);
    await clock.advance(1_000);
    assert.deepEqual(times["other"], [0]);
    assert.equal(signal?.aborted, false);
  });
});
