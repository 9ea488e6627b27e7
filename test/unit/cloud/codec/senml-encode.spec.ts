import assert from "node:assert/strict";
import { decodeReadings } from "../../../../cloud/codec/senml-decode";
import { encodePack, encodeWrite, type Write } from "../../../../cloud/codec/senml-encode";

const hex = (write: Write): string => encodeWrite(write).toString("hex");

describe("encodeWrite", () => {
  it("sends whole numbers as integers, up to 2^53, and all others as float64", () => {
    assert.equal(hex({ property: "t", value: 31 }), "81a20061740218" + "1f");
    assert.equal(hex({ property: "t", value: -0 }), "81a20061740200");
    assert.equal(hex({ property: "t", value: -1000 }), "81a2006174023903e7");
    assert.equal(hex({ property: "t", value: 2 ** 53 }), "81a2006174021b0020000000000000");
    assert.equal(hex({ property: "t", value: 2 ** 54 }), "81a200617402fb4350000000000000");
    assert.equal(hex({ property: "t", value: 31.5 }), "81a200617402fb403f800000000000");
    assert.equal(
      hex({ property: "l", value: { swi: true, bri: 2, hue: 0.5 } }),
      "83a200656c3a73776904f5a200656c3a6272690202a200656c3a68756502fb3fe0000000000000",
    );
  });

  it("writes characters that Arduino's own client breaks", () => {
    assert.equal(hex({ property: "m", value: "！" }), "81a200616d0363efbc81");
    for (const value of ["！￿", "﷐", "😀", "a".repeat(70_000), "é".repeat(300)]) {
      assert.equal(decodeReadings(encodeWrite({ property: "m", value })).readings[0]?.value, value);
    }
  });

  it("refuses what the format can't carry", () => {
    const values: unknown[] = [NaN, Infinity, -Infinity, null, undefined, 1n, Symbol("x"), () => 1, {}, [], new Date()];
    values.push(
      "\ud800",
      "a\udc00b",
      { a: {} },
      { a: null },
      { a: NaN },
      { a: 1, b: "\ud800" },
      { "": 1 },
      { "a:b": 1 },
    );
    for (const value of values) {
      const write = { property: "pump", value } as Write;
      assert.throws(() => encodeWrite(write), { name: "CloudError", code: "invalid_value", message: /"pump"/ });
    }
  });

  it("refuses names and times that the format can't carry", () => {
    for (const property of ["", "a:b", "\ud800", undefined]) {
      assert.throws(() => encodeWrite({ property, value: 1 } as Write), { code: "invalid_value" });
    }
    for (const time of [NaN, Infinity]) {
      assert.throws(() => encodeWrite({ property: "a", value: 1, time }), { code: "invalid_value" });
    }
  });
});

describe("encodePack", () => {
  it("puts several variables into one array, each with its own time", () => {
    const bytes = encodePack([
      { property: "a", value: 1, time: 1_700_000_000_000 },
      { property: "lamp", value: { swi: false, bri: 5 }, time: 1_700_000_000_500 },
      { property: "b", value: "x" },
    ]);
    assert.equal(bytes[0], 0x84);
    assert.deepEqual(decodeReadings(bytes).readings, [
      { property: "a", value: 1, time: 1_700_000_000_000 },
      { property: "lamp", value: { swi: false, bri: 5 }, time: 1_700_000_000_500 },
      { property: "b", value: "x", time: 1_700_000_000_500 },
    ]);
  });

  it("gives an empty array for nothing", () => assert.equal(encodePack([]).toString("hex"), "80"));
});
