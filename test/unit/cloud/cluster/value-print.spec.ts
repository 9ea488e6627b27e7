import assert from "node:assert/strict";
import { valuePrint } from "../../../../cloud/cluster/value-print";

describe("the fingerprint of a value", () => {
  it("is a small whole number, the same for the same value", () => {
    for (const value of [20.1, -1e300, "on", true, { hue: 1, sat: 2 }]) {
      const print = valuePrint("lamp", value);
      assert.ok(Number.isInteger(print) && print >= 0 && print < 2 ** 31, String(print));
      assert.equal(valuePrint("lamp", structuredClone(value)), print);
    }
  });

  it("tells values, their types and their variables apart", () => {
    const numbers = Array.from({ length: 5_000 }, (_none, index) => [index, index / 10 + 0.01, -index - 1]).flat();
    const values = [...numbers, "1", "true", true, false, "", "ab", "ba", { lat: 1, lon: 2 }, { lat: 2, lon: 1 }];
    const prints = ["a", "b", "ab"].flatMap((variable) => values.map((value) => valuePrint(variable, value)));
    assert.equal(new Set(prints).size, prints.length);
  });
});
