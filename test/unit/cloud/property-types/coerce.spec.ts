import assert from "node:assert/strict";
import { types } from "node:util";
import { runInNewContext } from "node:vm";
import { CloudError } from "../../../../cloud/core/errors";
import { coerceValue, maxTextBytes } from "../../../../cloud/property-types/coerce";
import { encodeWrite } from "../../../../cloud/codec/senml-encode";
import { propertyTypes } from "../../../../cloud/property-types/index";

const coerce = (type: string | undefined, value: unknown, lastKnown?: unknown): unknown =>
  coerceValue(type, value, { variable: "pump", lastKnown });

function refusal(type: string | undefined, value: unknown, lastKnown?: unknown): CloudError {
  try {
    coerce(type, value, lastKnown);
  } catch (error) {
    assert.ok(error instanceof CloudError);
    assert.match(error.message, /^The value for "pump" \(.+\) can't be sent: /);
    assert.ok(error.message.length < 500, error.message);
    return error;
  }
  assert.fail(`${String(type)} took a value that it must refuse`);
}

const refuses = (type: string | undefined, value: unknown, lastKnown?: unknown): void =>
  assert.equal(refusal(type, value, lastKnown).code, "invalid_value");

class Custom {
  swi = true;
  bri = 1;
}

const circular: Record<string, unknown> = {};
circular.self = circular;
const throwing = Object.defineProperty({}, "swi", {
  enumerable: true,
  get: () => {
    throw new Error("boom");
  },
});
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
const odd: unknown[] = [null, undefined, NaN, Infinity, -Infinity, 10n ** 5000n, Symbol("x"), () => 1, Custom];
odd.push(Buffer.from("21"), new Date(), new Map([["a", 1]]), new Set(), new Custom(), new Number(5), new String("a"));
odd.push([], [1, 2], circular, throwing, revoked, {}, new Uint8Array(1e6), new Error("x"), Promise.resolve(), /x/);

describe("coerceValue", () => {
  it("refuses for every type what is no value", () => {
    for (const type of [...propertyTypes.keys(), "TYPE_OF_TOMORROW", undefined]) {
      // A time takes a Date; one that is none it refuses too.
      for (const value of odd) if (type !== "TIME" || !types.isDate(value)) refuses(type, value);
    }
  });

  it("takes numbers, also as trimmed decimal text", () => {
    const good = { " 21.5 ": 21.5, "-3": -3, "+7": 7, ".5": 0.5, "5.": 5, "1e3": 1000, "-2.5E-1": -0.25, "\t0\n": 0 };
    for (const [text, number] of Object.entries(good)) assert.equal(coerce("FLOAT", text), number);
    assert.equal(coerce("TEMPERATURE", 21), 21);
    const bad = [
      "",
      " ",
      "0x10",
      "Infinity",
      "NaN",
      "1e999",
      "1,5",
      "1 2",
      "--1",
      "1e",
      ".",
      "e5",
      "0b1",
      "1_000",
      "21°",
    ];
    for (const text of bad) refuses("FLOAT", text);
    for (const value of [true, false, {}, "true"]) refuses("FLOAT", value);
  });

  it("takes integers in their range only", () => {
    for (const type of ["INT", "COUNT", "INFORMATION_CONTENT"]) {
      assert.equal(coerce(type, -(2 ** 31)), -(2 ** 31));
      assert.equal(coerce(type, "2147483647"), 2 ** 31 - 1);
      assert.equal(coerce(type, "5.0"), 5);
      for (const value of [2 ** 31, -(2 ** 31) - 1, 2.5, "2.5", true, "1e10"]) refuses(type, value);
    }
    assert.equal(coerce("TIME", 2 ** 32 - 1), 2 ** 32 - 1);
    assert.match(refusal("INT", 2.5).message, /2\.5 was given, a whole number from -2147483648 to 2147483647/);
  });

  it("takes times as seconds, milliseconds by their size, ISO text and dates", () => {
    const seconds = 1_767_225_600;
    const same: unknown[] = [seconds, String(seconds), seconds * 1e3, seconds * 1e3 + 999, `${seconds * 1e3}`];
    same.push(seconds * 1e6, seconds * 1e9, "2026-01-01T00:00:00Z", " 2026-01-01T01:00:00.5+01:00 ");
    same.push(new Date(seconds * 1e3), runInNewContext(`new Date(${seconds * 1e3})`));
    for (const value of same) assert.equal(coerce("TIME", value), seconds, String(value));
    assert.equal(coerce("TIME", "2026-07-01"), new Date(2026, 6, 1).getTime() / 1e3);
    assert.equal(coerce("TIME", 0), 0);
    const bad = [-1, 1.5, 2 ** 32, 1e11, "soon", "2026-02-30", "2107-01-01T00:00:00Z", new Date(NaN), new Date(-1), ""];
    for (const value of bad) refuses("TIME", value);
    assert.match(refusal("TIME", "soon").message, /seconds since 1970.* milliseconds, as ISO 8601/);
    for (const type of ["INT", "FLOAT", "CHARSTRING"]) refuses(type, new Date());
  });

  it("takes a schedule in seconds of local time, milliseconds by their size, and says so", () => {
    const schedule = { frm: 1_767_254_400, to: 0, len: 600, msk: 0 };
    assert.deepEqual(coerce("SCHEDULE", { ...schedule, frm: schedule.frm * 1e3 }), schedule);
    assert.deepEqual(coerce("SCHEDULE", JSON.stringify({ ...schedule, to: 1.8e12 })), { ...schedule, to: 1.8e9 });
    // An instant is no local time: which one is meant, nobody knows here.
    for (const frm of ["2026-01-01T08:00:00Z", new Date(), -1]) {
      assert.match(
        refusal("SCHEDULE", { ...schedule, frm }).message,
        /frm .* local time in whole seconds .*1767254400/,
      );
    }
    refuses("SCHEDULE", { ...schedule, len: 1e12 });
  });

  it("takes booleans in all the usual forms", () => {
    for (const value of [true, 1, "true", "TRUE", "On", "1"]) assert.equal(coerce("STATUS", value), true);
    for (const value of [false, 0, "false", "False", "OFF", "0"]) assert.equal(coerce("HOME_SWITCH", value), false);
    for (const value of [2, -1, "yes", "", "2", "no"]) refuses("STATUS", value);
  });

  it("takes text, finite numbers and booleans as text", () => {
    assert.equal(coerce("CHARSTRING", ""), "");
    assert.equal(coerce("CHARSTRING", " a "), " a ");
    assert.equal(coerce("CHARSTRING", 21.5), "21.5");
    assert.equal(coerce("CHARSTRING", false), "false");
    refuses("CHARSTRING", "\ud800");
  });

  it("holds text to a limit in bytes", () => {
    assert.equal(coerce("CHARSTRING", "a".repeat(maxTextBytes)), "a".repeat(maxTextBytes));
    const tooLong = ["a".repeat(maxTextBytes + 1), "é".repeat(maxTextBytes / 2 + 1), "1".repeat(1e7)];
    for (const type of ["CHARSTRING", undefined]) {
      for (const text of tooLong) assert.equal(refusal(type, text).code, "too_large");
    }
    assert.equal(refusal("FLOAT", "1".repeat(1e7)).code, "too_large");
    assert.equal(refusal("COLOR_RGB", { a: "x".repeat(40_000), b: "x".repeat(40_000) }).code, "too_large");
  });

  it("takes objects and JSON text, each component by its own type, in wire order", () => {
    const coerced = coerce("HOME_COLORED_LIGHT", '{"bri":"50","swi":1,"hue":30.5,"sat":0}');
    assert.equal(JSON.stringify(coerced), '{"swi":true,"hue":30.5,"sat":0,"bri":50}');
    assert.deepEqual(coerce("LOCATION", { lat: "45.5", lon: -7 }), { lat: 45.5, lon: -7 });
    assert.deepEqual(coerce("LOCATION", Object.assign(Object.create(null), { lat: 1, lon: 2 })), { lat: 1, lon: 2 });
    const bad = [
      "{",
      "[1]",
      "null",
      "5",
      '"x"',
      '{"lat":1,"lon":null}',
      { lat: 1, lon: [] },
      { lat: 1, lon: undefined },
    ];
    for (const value of bad) refuses("LOCATION", value, { lat: 1, lon: 2 });
    for (const frm of [-1, 1.5, 2 ** 32]) refuses("SCHEDULE", { frm, to: 0, len: 1, msk: 0 });
    refuses("HOME_TELEVISION", { swi: true, vol: 1.5, mut: false, pbc: 0, inp: 0, cha: 0 });
  });

  it("takes objects made in the context of a function node", () => {
    assert.deepEqual(coerce("LOCATION", runInNewContext("({ lat: 1, lon: 2 })")), { lat: 1, lon: 2 });
    for (const code of ["new Date()", "[1]", "new Map()", "new (class A { lat = 1; lon = 2 })()"]) {
      refuses("LOCATION", runInNewContext(code));
    }
  });

  it("refuses components that the type does not have", () => {
    assert.match(refusal("LOCATION", { lat: 1, lon: 2, alt: 3 }).message, /no component alt, only lat, lon/);
    for (const name of ["constructor", "toString", "__proto__"]) {
      refuses("LOCATION", JSON.parse(`{"lat":1,"lon":2,"${name}":3}`));
    }
  });

  it("completes a partial object from the last known value", () => {
    const last = { swi: 0, hue: 10, sat: 20, bri: 30 };
    assert.deepEqual(coerce("HOME_COLORED_LIGHT", { hue: 5 }, last), { swi: false, hue: 5, sat: 20, bri: 30 });
    assert.deepEqual(coerce("HOME_DIMMED_LIGHT", { swi: true }, '{"bri":7}'), { swi: true, bri: 7 });
    assert.match(refusal("HOME_COLORED_LIGHT", { hue: 5, swi: true }).message, /components sat, bri are missing/);
    for (const useless of ["N/A", null, 5, { bri: null }, throwing]) {
      assert.match(refusal("HOME_DIMMED_LIGHT", { swi: true }, useless).message, /bri are missing/);
    }
  });

  it("takes any flat object where the type fixes no components", () => {
    for (const type of ["GENERIC_COMPLEX_PROPERTY", "COLOR_RGB", "TYPE_OF_TOMORROW", undefined]) {
      assert.deepEqual(coerce(type, { a: 1, b: "x", c: true }), { a: 1, b: "x", c: true });
      assert.deepEqual(coerce(type, { a: 1 }, { a: 5, b: 2, c: null }), { a: 1, b: 2 });
      for (const value of [{ a: {} }, { a: NaN }, { "": 1 }, { "a:b": 1 }, JSON.parse('{"__proto__":1}')]) {
        refuses(type, value);
      }
      refuses(type, Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, index])));
    }
    assert.deepEqual(coerce("GENERIC_COMPLEX_PROPERTY", '{"a":1}'), { a: 1 });
    refuses("GENERIC_COMPLEX_PROPERTY", "text");
    refuses("GENERIC_COMPLEX_PROPERTY", 5);
  });

  it("passes scalars of unknown types", () => {
    for (const value of [0, -1.5, "", '{"a":1}', false]) assert.equal(coerce("TYPE_OF_TOMORROW", value), value);
  });

  it("gives what the encoder needs", () => {
    const value = coerceValue("HOME_DIMMED_LIGHT", { swi: "on", bri: 5 }, { variable: "lamp" });
    const bytes = encodeWrite({ property: "lamp", value });
    assert.equal(bytes.toString("hex"), "82a200686c616d703a73776904f5a200686c616d703a6272690205");
  });
});
