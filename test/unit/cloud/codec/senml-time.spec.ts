import assert from "node:assert/strict";
import { toMs, usableTimestamp } from "../../../../cloud/codec/senml-time";

describe("toMilliseconds", () => {
  const cases: [string, number | undefined, number | undefined][] = [
    ["nothing", undefined, undefined],
    ["seconds", 1_700_000_000, 1_700_000_000_000],
    ["seconds with a fraction", 1_698_479_034.118, 1_698_479_034_118],
    ["milliseconds", 1_700_000_000_123, 1_700_000_000_123],
    ["milliseconds with a fraction", 1_700_000_000_123.4, 1_700_000_000_123],
    ["microseconds", 1_700_000_000_123_456, 1_700_000_000_123],
    ["nanoseconds", 1_700_000_000_123_456_800, 1_700_000_000_123],
    ["the largest seconds", 1e11, 1e14],
    ["the largest milliseconds", 1e14, 1e14],
    ["the largest microseconds", 1e17, 1e14],
    ["the smallest milliseconds", 2e11, 2e11],
    ["the smallest microseconds", 2e14, 2e11],
    ["the smallest nanoseconds", 2e17, 2e11],
    ["2^64 - 1", 2 ** 64, 18_446_744_073_710],
    ["a small number", 45, 45_000],
    ["a negative number", -1000, -1_000_000],
    ["no number", NaN, undefined],
    ["infinity", Infinity, undefined],
    ["minus infinity", -Infinity, undefined],
    ["more than a Date holds", 1e300, undefined],
    ["less than a Date holds", -1e300, undefined],
  ];
  for (const [what, carried, expected] of cases) {
    it(`reads ${what}`, () => assert.equal(toMs(carried), expected));
  }
});

describe("usableTimestamp", () => {
  it("gives absolute times in milliseconds", () => {
    assert.equal(usableTimestamp(1_700_000_000), 1_700_000_000_000);
    assert.equal(usableTimestamp(2 ** 28), 2 ** 28 * 1000);
  });

  it("gives nothing for times that RFC 8428 reads as relative, for none and for no number", () => {
    for (const carried of [undefined, 0, 45, 2 ** 28 - 1, -1000, NaN, Infinity, -Infinity]) {
      assert.equal(usableTimestamp(carried), undefined);
    }
  });
});
