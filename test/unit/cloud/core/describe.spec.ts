import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { describeValue } from "../../../../cloud/core/describe";

describe("describeValue", () => {
  const trap = new Proxy({}, { ownKeys: () => assert.fail("sprung") });
  const cases: [given: unknown, described: string][] = [
    ["a\n b", '"a b"'],
    ["x".repeat(61), `"${"x".repeat(60)}…"`],
    [7, "7"],
    [NaN, "NaN"],
    [true, "true"],
    [null, "null"],
    [undefined, "nothing"],
    [() => 1, "a function"],
    [10n, "a bigint"],
    [[1, 2], "an array of 2"],
    [Buffer.from("abc"), "a Buffer of 3 bytes"],
    [new Uint8Array(3), "a Buffer of 3 bytes"],
    [new Date(0), "the date 1970-01-01T00:00:00.000Z"],
    [new Date(NaN), "an invalid date"],
    [new Map(), "an object of class Map"],
    [{}, "an object without components"],
    [{ hue: 1, sat: 2 }, "an object with hue, sat"],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 }, "an object with a, b, c, d, e and 2 more"],
    [runInNewContext("({ hue: 1 })"), "an object with hue"],
    [trap, "an object that can't be read"],
  ];
  for (const [given, described] of cases) {
    it(`says ${described.slice(0, 40)}`, () => assert.equal(describeValue(given), described));
  }
});
