import assert from "node:assert/strict";
import { differs, sameValue } from "../../../../cloud/property-types/equality";

describe("sameValue", () => {
  it("compares after the conversion of the type", () => {
    assert.equal(sameValue("STATUS", 1, true), true);
    assert.equal(sameValue("INT", "5", 5), true);
    assert.equal(sameValue("CHARSTRING", 5, "5"), true);
    assert.equal(sameValue(undefined, 5, "5"), false);
    assert.equal(sameValue("HOME_DIMMED_LIGHT", { swi: 1, bri: 5 }, { bri: 5, swi: true }), true);
    assert.equal(sameValue("HOME_DIMMED_LIGHT", { swi: 1, bri: 5 }, { swi: false, bri: 5 }), false);
  });

  it("takes floats as the same if they are the same float32", () => {
    assert.equal(sameValue("FLOAT", 21.3, Math.fround(21.3)), true);
    assert.equal(
      sameValue("LOCATION", { lat: 45.1, lon: 7.2 }, { lat: Math.fround(45.1), lon: Math.fround(7.2) }),
      true,
    );
    assert.equal(sameValue(undefined, 0.1, Math.fround(0.1)), true);
    assert.equal(sameValue("GENERIC_COMPLEX_PROPERTY", { a: 0.1 }, { a: Math.fround(0.1) }), true);
    assert.equal(sameValue("FLOAT", 21.3, 21.4), false);
    assert.equal(sameValue("FLOAT", 1e39, 2e39), false);
    assert.equal(sameValue("INT", 16777216, 16777217), false);
    assert.equal(sameValue(undefined, 16777216, 16777217), false);
  });

  it("survives what is no value", () => {
    const circular: Record<string, unknown> = {};
    circular.a = circular;
    assert.equal(sameValue("FLOAT", circular, 1), false);
    assert.equal(sameValue("LOCATION", circular, { a: 1 }), false);
    assert.equal(sameValue("FLOAT", null, null), true);
    assert.equal(sameValue("FLOAT", undefined, 0), false);
    assert.equal(sameValue("LOCATION", { lat: 1 }, { lat: 1, lon: 2 }), false);
    assert.equal(sameValue(undefined, { a: 1 }, { b: 1 }), false);
  });
});

describe("differs", () => {
  it("compares exactly without a deadband", () => {
    for (const value of [0, "", false, { a: 1 }]) {
      assert.equal(differs(undefined, value), true);
      assert.equal(differs(value, typeof value === "object" ? { ...value } : value), false);
    }
    assert.equal(differs(0, -0), false);
    assert.equal(differs(1, true), true);
    assert.equal(differs(0, false), true);
    assert.equal(differs({ a: 1, b: 2 }, { b: 2, a: 1 }), false);
    assert.equal(differs({ a: 1 }, { a: 1, b: 2 }), true);
    assert.equal(differs({ a: 1, b: 2 }, { a: 1 }), true);
    assert.equal(differs({ a: 1 }, { toString: 1 }), true);
  });

  it("ignores changes of numbers up to the deadband", () => {
    assert.equal(differs(20, 20.5, 0.5), false);
    assert.equal(differs(20, 20.6, 0.5), true);
    assert.equal(differs(20, 19, 0.5), true);
    assert.equal(differs({ lat: 1, on: true }, { lat: 1.2, on: true }, 0.5), false);
    assert.equal(differs({ lat: 1, on: true }, { lat: 1.2, on: false }, 0.5), true);
    assert.equal(differs("1", "2", 5), true);
    assert.equal(differs(1, NaN, 5), true);
    assert.equal(differs(NaN, NaN, 5), false);
  });
});
