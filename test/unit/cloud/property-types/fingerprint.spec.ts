import assert from "node:assert/strict";
import { fingerprint, storedValue } from "../../../../cloud/property-types/fingerprint";

describe("storedValue", () => {
  it("converts what the cloud stores to the form in which it comes live", () => {
    for (const [type, stored, live] of [
      ["STATUS", 0, false],
      ["STATUS", 1, true],
      ["HOME_SWITCH", "false", false],
      ["INT", "7", 7],
      ["FLOAT", 21.299999237060547, 21.3],
      ["CHARSTRING", 5, "5"],
      ["HOME_DIMMED_LIGHT", { swi: 1, bri: 33 }, { swi: true, bri: 33 }],
      ["HOME_DIMMED_LIGHT", '{"swi":0,"bri":33}', { swi: false, bri: 33 }],
      ["HOME_TELEVISION", { mut: 0, swi: "true", vol: 3, pbc: 0, inp: 0, cha: 1 }, undefined],
      [undefined, 0, 0],
      ["TYPE_OF_TOMORROW", { a: 0 }, { a: 0 }],
      ["GENERIC_COMPLEX_PROPERTY", '{"a":1}', { a: 1 }],
    ] as const) {
      const expected = live ?? { swi: true, vol: 3, mut: false, pbc: 0, inp: 0, cha: 1 };
      assert.deepEqual(storedValue(type, stored), expected, `${type} ${JSON.stringify(stored)}`);
    }
  });

  it("converts each component for itself, whatever else is missing or new", () => {
    assert.deepEqual(storedValue("HOME_COLORED_LIGHT", { swi: 0 }), { swi: false });
    assert.deepEqual(storedValue("HOME_DIMMED_LIGHT", { bri: 0.10000000149011612, swi: 1, tone: 0 }), {
      swi: true,
      bri: 0.1,
      tone: 0,
    });
  });

  it("leaves alone what the type does not take, and times in whatever unit their sender has", () => {
    for (const [type, stored] of [
      ["INT", 2.5],
      ["STATUS", "perhaps"],
      ["STATUS", null],
      ["TIME", 1_767_225_600_000],
      ["TIME", "2026-01-01T00:00:00Z"],
      ["HOME_DIMMED_LIGHT", [1]],
    ] as const) {
      assert.deepEqual(storedValue(type, stored), stored);
    }
  });
});

describe("fingerprint", () => {
  it("is the same for what the cloud can't tell apart", () => {
    const same = (type: string, one: unknown, other: unknown): void =>
      assert.equal(fingerprint(type, one), fingerprint(type, other));
    same("STATUS", 0, false);
    same("FLOAT", 21.3, 21.299999237060547);
    same("HOME_DIMMED_LIGHT", { bri: 3 }, { swi: 0, bri: 3 });
    same("TIME", 5, "5");
    assert.notEqual(fingerprint("TIME", 1_767_225_600), fingerprint("TIME", 1_767_225_600_000));
  });
});
