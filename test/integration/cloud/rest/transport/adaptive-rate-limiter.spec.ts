import assert from "node:assert/strict";
import { AdaptiveRateLimiter } from "../../../../../cloud/rest/transport/adaptive-rate-limiter";
import { FakeClock } from "../../../../support/fake-clock";
import { restOn, startFakeCloud } from "../../../../support/fake-api";
import { rejection } from "../../../../support/rejection";
import { operation } from "../../../../../cloud/rest/index";
import { systemClock } from "../../../../../cloud/core/clock";

/** The most moments that fall into any span of this length. */
function mostIn(moments: readonly number[], span: number): number {
  return Math.max(0, ...moments.map((from) => moments.filter((at) => at >= from && at < from + span).length));
}

describe("pace", () => {
  let clock: FakeClock;
  beforeEach(() => (clock = new FakeClock()));

  function gate(requestsPerSecond: number): {
    pace: AdaptiveRateLimiter;
    starts: number[];
    ask: (count: number) => void;
  } {
    const pace = new AdaptiveRateLimiter({ requestsPerSecond, clock });
    const starts: number[] = [];
    const ask = (count: number): void => {
      for (let asked = 0; asked < count; asked++) void pace.enter().then((at) => starts.push(at));
    };
    return { pace, starts, ask };
  }

  for (const rate of [0.25, 1, 1.5, 2, 10, 100]) {
    it(`never lets more than ${rate} a second through, nor needlessly less`, async () => {
      const { starts, ask } = gate(rate);
      const allowed = Math.max(1, Math.floor(rate));
      ask(allowed * 5);
      await clock.advance((allowed * 5 * 1_200) / Math.min(rate, allowed));
      assert.equal(starts.length, allowed * 5);
      assert(mostIn(starts, 1_000) <= allowed, `${mostIn(starts, 1_000)} in a second`);
      const spread = (starts.at(-1)! - starts[0]!) / (starts.length - 1);
      assert(spread <= 1_100 / Math.min(rate, allowed), `one every ${spread} ms`);
      assert.equal(clock.waiting, 0);
    });
  }

  it("lets three go at once after a rest, the others spread over the second", async () => {
    const { starts, ask } = gate(10);
    ask(10);
    await clock.advance(0);
    assert.equal(starts.length, 3);
    await clock.advance(1_000);
    assert.equal(starts.length, 10);
    await clock.advance(10_000);
    ask(30);
    await clock.advance(4_000);
    assert.equal(starts.length, 40);
    assert(mostIn(starts, 1_000) <= 10);
  });

  it("serves those who come first, and skips those who gave up", async () => {
    const pace = new AdaptiveRateLimiter({ requestsPerSecond: 1, clock });
    const order: number[] = [];
    const aborts = Array.from({ length: 6 }, () => new AbortController());
    const waits = aborts.map(({ signal }, index) => pace.enter(signal).then(() => order.push(index)));
    const settled = Promise.allSettled(waits);
    await clock.advance(0);
    aborts[1]?.abort();
    aborts[4]?.abort();
    await rejection(waits[1]!, "cancelled");
    await clock.advance(10_000);
    assert.deepEqual(order, [0, 2, 3, 5]);
    await settled;
    await rejection(pace.enter(AbortSignal.abort()), "cancelled");
  });

  it("goes down to what the service let through, and counts refusals of one moment as one", async () => {
    const { pace, starts, ask } = gate(10);
    ask(6);
    await clock.advance(500);
    assert.equal(starts.length, 6);
    for (const refused of starts.slice(4)) pace.refused(refused);
    assert.equal(pace.rate, 5, "by half at the most");
    ask(20);
    await clock.advance(10_000);
    assert.equal(starts.length, 26);
    assert(mostIn(starts.slice(6), 1_000) <= 5);
  });

  it("pauses for a good second where nothing was let through, or for as long as the service asks", async () => {
    for (const [retryAfter, pause] of [
      [undefined, 1_000],
      [4_000, 4_000],
    ] as const) {
      const { pace, starts, ask } = gate(10);
      ask(1);
      await clock.advance(0);
      pace.refused(starts[0]!, retryAfter);
      ask(1);
      await clock.advance(pause - 1);
      assert.equal(starts.length, 1);
      await clock.advance(600);
      assert.equal(starts.length, 2);
      assert.equal(pace.rate, 10, "the pace is not to blame");
      await clock.advance(10_000);
    }
  });

  it("does not go down further than to what is let through, however slow", async () => {
    const { pace, starts, ask } = gate(10);
    const rates = [];
    for (let refusal = 0; refusal < 6; refusal++) {
      ask(2);
      await clock.advance(2_000);
      pace.refused(starts.at(-1)!);
      await clock.advance(3_000);
      rates.push(pace.rate);
    }
    assert.deepEqual(rates, [5, 2.5, 1.25, 1.25, 1.25, 1.25]);
    const slow = gate(0.2);
    slow.ask(1);
    await clock.advance(0);
    slow.pace.refused(slow.starts[0]!);
    assert.equal(slow.pace.rate, 0.2);
  });

  it("recovers step by step to the full pace, never beyond", async () => {
    const { pace, starts, ask } = gate(10);
    ask(3);
    await clock.advance(0);
    pace.refused(starts[2]!);
    for (let success = 0; success < 1_000; success++) pace.accepted(starts[0]!);
    assert.equal(pace.rate, 5, "what went out before the refusal says nothing");
    await clock.advance(1);
    const rates = new Set([pace.rate]);
    for (let success = 0; success < 1_000; success++) {
      pace.accepted(clock.monotonic());
      rates.add(pace.rate);
    }
    assert.equal(pace.rate, 10);
    assert(rates.size > 3, "not in steps");
  });

  it("rejects all who wait when it closes", async () => {
    const { pace } = gate(1);
    await pace.enter();
    const waiting = [pace.enter(), pace.enter()];
    const settled = Promise.allSettled(waiting);
    pace.close();
    await settled;
    for (const wait of [...waiting, pace.enter()]) await rejection(wait, "cancelled");
    assert.equal(clock.waiting, 0);
  });

  it("holds on real sockets", async () => {
    const cloud = await startFakeCloud();
    const rest = restOn(cloud, { requestsPerSecond: 20, clock: systemClock });
    try {
      const start = performance.now();
      await Promise.all(Array.from({ length: 50 }, () => rest.client.call(operation("property_types_v1#listTypes"))));
      assert.equal(cloud.requests.length, 50);
      const took = cloud.requests.at(-1)!.at - start;
      assert(took > 1_450, `50 requests at 20 a second within ${took} ms`);
    } finally {
      rest.close();
      await cloud.stop();
    }
  });
});
