import assert from "node:assert/strict";
import { limitsOf, reportBytes } from "../../../../cloud/property-types/value-limits";
import type { PropertyValue } from "../../../../cloud/codec/values";
import { encodeSenml } from "../../../../simulator/codec/senml";

const kinds = (type: string | undefined, value: PropertyValue, toBoard = true): string[] =>
  limitsOf("x", type, value, toBoard).map(({ kind }) => kind);

describe("limitsOf", () => {
  it("tells numbers that a float of a board can't hold", () => {
    for (const value of [16_777_217, 1e39, -1e39, 1e-50, 1_234_567_890.5, 1_767_225_601]) {
      assert.deepEqual(kinds("FLOAT", value), ["float32"], String(value));
      assert.deepEqual(kinds("TEMPERATURE", value), ["float32"]);
      assert.deepEqual(kinds("LOCATION", { lat: value, lon: 7 }), ["float32"]);
    }
    for (const value of [0, -0, 21.3, 0.1, 16_777_216, 1e-20, 1e38 / 3e38, 2 ** 24 + 2, 99_999.99]) {
      assert.deepEqual(kinds("FLOAT", value), [], String(value));
    }
    assert.match(limitsOf("x", "FLOAT", 16_777_217, true)[0]!.warning, /"x" = 16777217: .* makes 16777216 of it/);
    assert.match(limitsOf("x", "FLOAT", 1e39, true)[0]!.warning, /makes an infinite number of it/);
    assert.match(limitsOf("x", "LOCATION", { lat: 1e39, lon: 0 }, true)[0]!.warning, /"x:lat" = 1e\+39/);
  });

  it("says nothing of integers in their range, nor of what no board gets", () => {
    assert.deepEqual(kinds("INT", 16_777_217), []);
    assert.deepEqual(kinds("TIME", 1_767_225_601), []);
    assert.deepEqual(kinds("SCHEDULE", { frm: 1_767_225_601, to: 0, len: 1, msk: 0 }), []);
    assert.deepEqual(kinds("FLOAT", 16_777_217, false), []);
    assert.deepEqual(kinds("CHARSTRING", "x".repeat(1_000), false), []);
  });

  it("tells whole numbers beyond 2^53, whoever gets them", () => {
    for (const type of ["FLOAT", undefined, "TYPE_OF_TOMORROW"]) {
      assert.deepEqual(kinds(type, 2 ** 53), ["exact"]);
      assert.deepEqual(kinds(type, -(2 ** 53) - 2, false), ["exact"]);
      assert.deepEqual(kinds(type, 2 ** 53 - 1, false), []);
    }
    assert.deepEqual(kinds("GENERIC_COMPLEX_PROPERTY", { a: 2 ** 60, b: 1 }), ["exact"]);
  });

  it("tells what a board takes and can't report", () => {
    assert.deepEqual(kinds("CHARSTRING", "x".repeat(247)), []);
    assert.deepEqual(kinds("CHARSTRING", "x".repeat(248)), ["message"]);
    assert.deepEqual(kinds("CHARSTRING", "é".repeat(124)), ["message"]);
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`part${index}`, "some text"]));
    assert.deepEqual(kinds("GENERIC_COMPLEX_PROPERTY", many), ["message"]);
    const television = { swi: true, vol: 1, mut: false, pbc: 0, inp: 0, cha: 1 };
    assert.deepEqual(kinds("HOME_TELEVISION", television), []);
    assert.equal(limitsOf("t".repeat(64), "HOME_TELEVISION", television, true)[0]?.kind, "message");
    assert.match(limitsOf("x", "CHARSTRING", "x".repeat(300), true)[0]!.warning, /"x" takes 310 bytes .* 256 bytes/);
  });
});

describe("reportBytes", () => {
  it("is what a C++ board sends", () => {
    const values: PropertyValue[] = [
      "",
      "x".repeat(23),
      "x".repeat(24),
      "x".repeat(256),
      true,
      21.5,
      { a: 1.5, b: "é" },
    ];
    for (const value of values) {
      assert.equal(reportBytes("variable", value), encodeSenml([{ variable: "variable", value }], "cpp").length);
    }
  });
});
