import assert from "node:assert/strict";
import { faultKinds, planOf, stormKinds, stormOf, variantOf } from "../../chaos/plan";

describe("the plan of a chaos run", () => {
  it("is the same for the same seed, and another one for another", () => {
    assert.deepEqual(planOf(7, 60), planOf(7, 60));
    assert.notDeepEqual(planOf(7, 60), planOf(8, 60));
  });

  it("takes about as long as it is to last", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const plan = planOf(seed, 120);
      const lasts = plan.reduce(
        (sum, { waitMs, holdMs, isOverlapped }) => sum + waitMs + (isOverlapped ? 0 : holdMs),
        0,
      );
      assert.ok(lasts <= 120_000 && lasts > 50_000, `seed ${seed} lasts ${lasts} ms`);
    }
  });

  it("has all kinds of faults, in long runs also those that take long, and some at once", () => {
    const kindsOf = (seconds: number): Set<string> =>
      new Set(
        Array.from({ length: 40 }, (_, seed) => planOf(seed, seconds)).flatMap((plan) => plan.map(({ kind }) => kind)),
      );
    assert.deepEqual([...kindsOf(120)].sort(), [...faultKinds].sort());
    assert.equal(kindsOf(20).has("connections are half-open"), false);
    assert.ok(planOf(1, 600).some(({ isOverlapped }) => isOverlapped));
    assert.ok(planOf(1, 600).every(({ isOverlapped, holdMs }) => !isOverlapped || holdMs > 0));
  });

  it("is of a storm so many restarts of all kinds, close together, the same for the same seed", () => {
    const storm = stormOf(7, 200);
    assert.deepEqual(storm, stormOf(7, 200));
    assert.notDeepEqual(storm, stormOf(8, 200));
    assert.equal(storm.length, 200);
    assert.deepEqual(new Set(storm.map(({ kind }) => kind)), new Set(stormKinds));
    assert.ok(storm.every(({ waitMs, holdMs }) => waitMs < 1_000 && holdMs === 0));
  });

  it("chooses every variant", () => {
    const variants = ["a", "b", "c"] as const;
    assert.deepEqual(
      [0, 0.34, 0.999].map((choice) => variantOf(variants, { choice })),
      variants,
    );
  });
});
