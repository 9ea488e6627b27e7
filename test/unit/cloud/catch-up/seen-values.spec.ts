import assert from "node:assert/strict";
import { fingerprint, storedValue } from "../../../../cloud/property-types/fingerprint";
import { type SeenValue, SeenValues } from "../../../../cloud/catch-up/seen-values";
import { settle } from "../../../support/wait";

describe("SeenValues", () => {
  it("goes through JSON, with the sender's clock", () => {
    const seen = new SeenValues();
    seen.since = 1_000_000;
    seen.note("a", { value: 1, timestamp: 2_000_000, at: 2_000_010, isStored: false });
    seen.note("a", { value: { hue: 1 }, timestamp: 3_000_000, at: 4_000_000, isStored: false });
    seen.note("__proto__", { value: "x", timestamp: 5_000_000, at: 5_000_000, isStored: false });
    seen.settle();
    const copy = SeenValues.from(JSON.parse(JSON.stringify(seen)), 9_000_000);
    assert.deepEqual([copy.since, copy.reached, copy.offset("a")], [1_000_000, 5_000_000, -1_000_000]);
    assert.deepEqual(copy.of("a").at(-1)?.value, { hue: 1 });
    assert.equal(copy.of("__proto__").length, 1);
    assert.deepEqual(copy.toJSON(), seen.toJSON());
  });

  it("keeps that a value comes from history, whose times tell nothing of the sender's clock", () => {
    const seen = new SeenValues();
    seen.since = 1_000_000;
    seen.note("a", { value: 1, timestamp: 4_000_000, at: 1_000_000, isStored: false });
    seen.note("a", { value: 2, timestamp: 9_000_000, at: 2_000_000, isStored: true });
    seen.note("b", { value: 3, timestamp: 2_040_000, at: 2_000_000, isStored: true });
    seen.settle();
    const copy = SeenValues.from(JSON.parse(JSON.stringify(seen)), 9_000_000);
    assert.deepEqual([copy.of("a")[0]?.isStored, copy.offset("a")], [true, 3_000_000]);
    assert.deepEqual([copy.of("b")[0]?.isStored, copy.offset("b")], [true, 0]);
    assert.deepEqual(copy.toJSON(), seen.toJSON());
  });

  const valueAt = (at: number): SeenValue => ({ value: at, timestamp: at, at, isStored: false });

  it("counts for a store from the end of the turn, in which nodes get what was sent, unless it is known to arrive", async () => {
    const seen = new SeenValues();
    seen.since = 1_000_000;
    const begun = { "": { time: 1_000_000, value: null } };
    seen.note("a", valueAt(1_000_001));
    assert.deepEqual([seen.toJSON(), seen.isSettled, seen.of("a").length], [{ ...begun }, false, 1]);
    await settle();
    const first = { ...begun, a: { time: 1_000_001, at: 1_000_001, value: 1_000_001 } };
    assert.deepEqual([seen.toJSON(), seen.isSettled], [first, true]);
    for (const at of [1_000_002, 1_000_003]) seen.note("a", valueAt(at));
    seen.note("b", valueAt(1_000_003));
    seen.since = 1_000_004;
    assert.deepEqual([seen.toJSON(), seen.since, seen.reached], [first, 1_000_004, 1_000_004]);
    seen.settle();
    assert.deepEqual(
      Object.values(seen.toJSON()).map(({ time }) => time),
      [1_000_004, 1_000_003, 1_000_003],
    );
  });

  it("counts a value no sooner where others of the same turn wait already, and never where it is dropped", async () => {
    const seen = new SeenValues();
    seen.since = 1_000_000;
    const lastOf = (variable: string): unknown => seen.toJSON()[variable]?.value;
    // As values of a history that is read in many short turns come beside live ones.
    setImmediate(() => seen.note("a", valueAt(1_000_001)));
    seen.note("b", valueAt(1_000_002));
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([lastOf("a"), lastOf("b")], [undefined, 1_000_002]);
    await settle();
    assert.deepEqual([lastOf("a"), lastOf("b")], [1_000_001, 1_000_002]);
    for (const variable of ["a", "b"]) seen.note(variable, valueAt(1_000_003));
    seen.drop();
    await settle();
    assert.deepEqual([lastOf("a"), lastOf("b"), seen.isSettled], [1_000_001, 1_000_002, true]);
    seen.note("b", valueAt(1_000_004));
    await settle();
    assert.deepEqual([lastOf("a"), lastOf("b"), seen.isSettled], [1_000_001, 1_000_004, true]);
  });

  it("learns what another one has seen beyond it, and nothing else", () => {
    const [seen, other] = [new SeenValues(), new SeenValues()];
    seen.note("older", valueAt(1_000_001));
    seen.note("newer", valueAt(1_000_005));
    for (const variable of ["older", "newer", "only"]) other.note(variable, valueAt(1_000_003));
    seen.settle();
    seen.renew(other);
    const times = ["older", "newer", "only"].map((variable) => seen.of(variable).map(({ at }) => at));
    assert.deepEqual([times, seen.reached], [[[1_000_003], [1_000_005], [1_000_003]], 1_000_005]);
  });

  it("takes anything else for nothing, and no time for later than now", () => {
    for (const json of [undefined, null, 1, "x", [], { a: null, b: { time: "soon", value: 1 }, c: { time: NaN } }]) {
      assert.equal(SeenValues.from(json, 1_000).since, undefined);
    }
    const seen = SeenValues.from({ a: { time: 5_000_000, value: 1 } }, 4_000_000);
    assert.deepEqual([seen.since, seen.reached], [4_000_000, 4_000_000]);
  });
});

describe("fingerprint", () => {
  it("is the same for what the cloud can't tell apart, and only for that", () => {
    const same: [string | undefined, unknown, unknown][] = [
      ["FLOAT", 21.3, 21.299999237060547],
      ["FLOAT", 16_777_217, 16_777_216],
      ["STATUS", true, 1],
      ["STATUS", false, "false"],
      ["COLOR_HSB", { hue: 1.1 }, { bri: 0, sat: 0, hue: 1.100000023841858 }],
      ["GENERIC_COMPLEX_PROPERTY", { a: 1, b: "x" }, { b: "x", a: 1 }],
      [undefined, 0.1, 0.10000000149011612],
      ["NEW_TYPE", "x", "x"],
    ];
    for (const [type, one, other] of same) assert.equal(fingerprint(type, one), fingerprint(type, other), type);
    const different: [string | undefined, unknown, unknown][] = [
      ["INT", 16_777_217, 16_777_216],
      ["CHARSTRING", "1", "1.0"],
      ["COLOR_HSB", { hue: 1, sat: 0, bri: 0 }, { hue: 0, sat: 1, bri: 0 }],
      ["STATUS", true, false],
      [undefined, 1, "1"],
    ];
    for (const [type, one, other] of different) assert.notEqual(fingerprint(type, one), fingerprint(type, other), type);
  });

  it("goes with values in their live form", () => {
    assert.equal(storedValue("STATUS", 1), true);
    assert.equal(storedValue("TEMPERATURE", 21.299999237060547), 21.3);
    assert.deepEqual(storedValue("COLOR_HSB", { hue: 1, sat: 2, bri: 3 }), { hue: 1, sat: 2, bri: 3 });
    assert.equal(storedValue("INT", 1.5), 1.5);
  });
});
