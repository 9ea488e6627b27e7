import assert from "node:assert/strict";
import {
  dropKnownPrefix,
  dropKnownSuffix,
  type Edge,
  estimateSkew,
  maxSkewMs,
  type StoredValue,
} from "../../../../cloud/catch-up/sequence-alignment";

/** Stored values of one variable, written as one character each: its value; `second` is the time of the first. */
const stored = (prints: string, second: number, stepMs = 1_000): StoredValue[] =>
  Array.from(prints).map((print, index) => ({
    variable: "a",
    value: print,
    timestamp: second * 1_000 + index * stepMs,
    print,
  }));
/** The same as live values with the times of their arrival, the one next to the outage last. */
const edge = (prints: string, second: number, isExact = false): ReadonlyMap<string, Edge> => {
  const known = stored(prints, second).map(({ print, timestamp }) => {
    return { print, timestamp: timestamp + (isExact ? 0 : 20), isExact, isSurelyStored: true, toleranceMs: maxSkewMs };
  });
  return new Map([["a", { known, limit: 0 }]]);
};
const exactly = { byMs: 0, withinMs: 0 };
const text = (values: readonly StoredValue[]): string => values.map(({ print }) => print).join("");

describe("the alignment of what is known with what is stored", () => {
  it("leaves out what is known, at either side", () => {
    const points = stored("abcdefgh", 100);
    assert.equal(text(dropKnownPrefix(points, edge("abc", 100), exactly).rest), "defgh");
    // Seen from the outage, the first of them is the last.
    const after = stored("gh", 106)
      .reverse()
      .map(({ print, timestamp }) => {
        return { print, timestamp: timestamp + 20, isExact: false, isSurelyStored: true, toleranceMs: maxSkewMs };
      });
    const edges = new Map([["a", { known: after, limit: Infinity }]]);
    assert.equal(text(dropKnownSuffix(points, edges, exactly).rest), "abcdef");
  });

  it("goes by the sequence where values repeat closer than the clocks tell", () => {
    const points = stored("0110100", 100, 300);
    const known = stored("011", 100, 300).map(({ print, timestamp }) => {
      return { print, timestamp: timestamp + 200, isExact: false, isSurelyStored: true, toleranceMs: maxSkewMs };
    });
    assert.equal(text(dropKnownPrefix(points, new Map([["a", { known, limit: 0 }]]), exactly).rest), "0100");
  });

  it("prefers what fits a little where the clocks would have it to what fits better far from there", () => {
    // History lacks the second 1 of "1101" at 120 s, and has all four at 100 s.
    const points = [...stored("1101", 100), ...stored("00", 110), ...stored("101", 121)];
    assert.equal(text(dropKnownPrefix(points, edge("1101", 120), exactly).rest), "");
  });

  it("measures the clocks by values that can't fit by chance", () => {
    assert.equal(estimateSkew(stored("abcd", 150), edge("abcd", 100), 0), 49_980);
    assert.equal(estimateSkew(stored("0011", 150), edge("01", 100), 0), undefined, "two of two kinds");
    assert.equal(estimateSkew(stored("0011", 100), edge("01", 101), 0), -20, "but near to what is known of the clocks");
    const long = "0110100110010110";
    const points = [...stored("x".repeat(20), 120), ...stored(long, 150)];
    assert.equal(estimateSkew(points, edge(long, 100), 0), 49_980, "a long sequence");
  });

  it("takes the first place of those that fit as well, which rather repeats than loses", () => {
    const points = stored("0000", 100, 200);
    const around = { byMs: 0, withinMs: 1_100 };
    assert.equal(text(dropKnownPrefix(points, edge("0", 100), around).rest), "000");
  });
});
