import assert from "node:assert/strict";
import { shortestFloat32, tidyValue } from "../../../../cloud/codec/float32";
import { randomSource } from "../../../support/random-source";

/** The obvious way: try one digit more until the number is the same float32. */
function byTrial(value: number): number {
  for (let digits = 1; digits <= 17; digits += 1) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}

describe("shortestFloat32", () => {
  it("gives the decimal that was meant", () => {
    for (const decimal of [21.3, 0.1, -0.1, 3.14159, 100.25, 0.5, 1e-7, 1.5e-10, 8388607.5, 0.00123, -55.123, 1e-45]) {
      assert.equal(shortestFloat32(Math.fround(decimal)), decimal);
    }
    assert.equal(shortestFloat32(21.299999237060547), 21.3);
  });

  it("leaves whole numbers, doubles and non-numbers alone", () => {
    for (const value of [
      0,
      -0,
      1,
      -7,
      16777216,
      3.4e38,
      2 ** 60,
      21.3,
      0.1,
      Math.PI,
      1e-300,
      NaN,
      Infinity,
      -Infinity,
    ]) {
      assert.ok(Object.is(shortestFloat32(value), value), String(value));
    }
  });

  it("agrees with trying all lengths, for floats of every size", () => {
    const random = randomSource(5);
    const view = new DataView(new ArrayBuffer(4));
    for (let round = 0; round < 20_000; round += 1) {
      view.setUint32(0, random() * 2 ** 32);
      const value = round % 2 === 0 ? view.getFloat32(0) : Math.fround((random() - 0.5) * 200);
      if (!Number.isFinite(value) || Number.isInteger(value)) continue;
      assert.equal(shortestFloat32(value), byTrial(value));
    }
  });
});

describe("tidyValue", () => {
  it("tidies numbers and components", () => {
    assert.equal(tidyValue(Math.fround(21.3)), 21.3);
    const given = Object.freeze({ lat: Math.fround(45.1), lon: 7, name: "x", on: true });
    assert.deepEqual(tidyValue(given), { lat: 45.1, lon: 7, name: "x", on: true });
    assert.deepEqual(tidyValue({ a: NaN, b: 1 }), { a: NaN, b: 1 });
  });

  it("gives anything else back as it is", () => {
    for (const value of [
      "21.299999237060547",
      true,
      null,
      undefined,
      [Math.fround(0.1)],
      { a: { b: Math.fround(0.1) } },
    ]) {
      assert.equal(tidyValue(value), value);
    }
  });

  it("keeps a component of the name __proto__ an ordinary one", () => {
    const tidy = tidyValue(JSON.parse('{"__proto__":{"polluted":1},"a":0.10000000149011612}') as { a: number });
    assert.equal(tidy.a, 0.1);
    assert.equal(Object.getPrototypeOf(tidy), Object.prototype);
    assert.equal(JSON.stringify(tidy), '{"__proto__":{"polluted":1},"a":0.1}');
  });
});
