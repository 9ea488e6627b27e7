import assert from "node:assert/strict";
import { Heartbeat } from "../../../../cloud/cluster/heartbeat";
import { FakeClock } from "../../../support/fake-clock";

describe("a heartbeat", () => {
  /** One whose work takes 50 ms and is due again after a second, and when it has begun. */
  const start = (): { clock: FakeClock; heartbeat: Heartbeat; beats: number[] } => {
    const clock = new FakeClock();
    const beats: number[] = [];
    const heartbeat = new Heartbeat(clock, () => {
      beats.push(clock.monotonic());
      return new Promise((resolve) => clock.after(50, () => resolve(1_000)));
    });
    heartbeat.in(0);
    return { clock, heartbeat, beats };
  };

  it("beats again and again, and no more when it is stopped", async () => {
    const { clock, heartbeat, beats } = start();
    await clock.advance(2_500);
    heartbeat.stop();
    await clock.advance(5_000);
    assert.deepEqual(beats, [0, 1_050, 2_100]);
  });

  it("does behind its work what was asked for while that went on", async () => {
    for (const [atMs, inMs, next] of [
      [20, 0, 50],
      [40, 20, 60],
    ] as const) {
      const { clock, heartbeat, beats } = start();
      await clock.advance(atMs);
      heartbeat.in(inMs);
      await clock.advance(500);
      assert.deepEqual(beats, [0, next]);
    }
  });
});
