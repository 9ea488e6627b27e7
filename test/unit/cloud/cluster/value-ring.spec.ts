import assert from "node:assert/strict";
import { type HeardValue, Lane, ValueRing } from "../../../../cloud/cluster/value-ring";
import { FakeClock } from "../../../support/fake-clock";

describe("the ring of heard values", () => {
  const known = { offsetMs: 0, spokenUntil: 0, isFirst: false, lanes: [] };

  /** A lane that counts for how many values a fingerprint was made. */
  const counting = (): { lane: Lane; asked: () => number } => {
    const asked = new Set<unknown>();
    const lane = new Lane("lane", {
      speak: () => undefined,
      skip: () => undefined,
      print: (item) => {
        asked.add(item);
        return Number(item);
      },
      isInitial: () => false,
    });
    return { lane, asked: () => asked.size };
  };

  const push = (ring: ValueRing, lane: Lane, item: unknown): HeardValue => {
    const value = ring.heard(lane, item);
    ring.keep(value);
    return value;
  };

  it("gives what waits in order, also behind values of which nobody wants to know yet", async () => {
    const clock = new FakeClock();
    const ring = new ValueRing(clock, 10_000, () => undefined);
    const { lane } = counting();
    const values = ["a", "b", "c", "d"].map((item) => push(ring, lane, item));
    const [a, b, c, d] = values;
    assert.equal(ring.nextWaiting(0), a);
    for (const value of [a, c]) if (value) value.isDone = true;
    assert.equal(ring.nextWaiting(0), b);
    assert.equal(ring.nextWaiting((b?.number ?? 0) + 1), d);
    assert.equal(ring.nextWaiting(0), b, "what is left out is not forgotten");
    for (const value of values) value.isDone = true;
    assert.equal(ring.nextWaiting(0), undefined);
    await clock.advance(20_000);
    const e = push(ring, lane, "e");
    assert.equal(ring.nextWaiting(0), e);
  });

  it("makes fingerprints of the values near a mark only", async () => {
    const clock = new FakeClock();
    const ring = new ValueRing(clock, 60_000, () => undefined);
    const { lane, asked } = counting();
    for (let count = 0; count < 500; count++) {
      push(ring, lane, count);
      await clock.advance(100);
    }
    const prints = [399, 400];
    ring.align({ ...known, marks: new Map([["lane", { at: 40_000, prints }]]) });
    assert.equal(ring.nextWaiting(0)?.item, 401);
    assert.ok(asked() < 60, `${asked()} fingerprints`);
  });
});
