import assert from "node:assert/strict";
import { propertyKind, propertyTypes } from "../../../../cloud/property-types/index";

function countBy(values: Iterable<string | undefined>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
}

describe("The types of variables", () => {
  const types = [...propertyTypes.keys()];

  it("are the 132 of the API", () => {
    assert.equal(types.length, 132);
    assert.deepEqual(countBy(types.map(propertyKind)), { number: 98, integer: 4, boolean: 16, string: 1, object: 13 });
    const statuses = [...propertyTypes.values()].map(({ status }) => status);
    assert.deepEqual(countBy(statuses), { current: 48, legacy: 56, unlisted: 28 });
  });

  it("have the kinds and units of their names", () => {
    assert.equal(propertyKind("LENGHT_C"), "number");
    assert.equal(propertyTypes.get("TEMPERATURE_C")?.unit, "°C");
    assert.equal(propertyTypes.get("FLOAT")?.unit, undefined);
    for (const type of ["INT", "COUNT", "TIME", "INFORMATION_CONTENT"]) assert.equal(propertyKind(type), "integer");
    for (const type of types.filter((name) => /_(SWITCH|PLUG|SENSOR)$/.test(name))) {
      assert.equal(propertyKind(type), "boolean");
    }
    assert.equal(propertyKind("CHARSTRING"), "string");
    assert.equal(propertyKind("TYPE_OF_TOMORROW"), undefined);
    assert.equal(propertyKind("constructor"), undefined);
  });

  it("have their components in wire order, also under the names of other vendors", () => {
    const components = (type: string): string[] => Object.keys(propertyTypes.get(type)?.format ?? {});
    assert.deepEqual(components("LOCATION"), ["lat", "lon"]);
    assert.deepEqual(components("COLOR_HSB"), ["hue", "sat", "bri"]);
    assert.deepEqual(components("SCHEDULE"), ["frm", "to", "len", "msk"]);
    for (const prefix of ["", "GOOGLE_", "SMART_"]) {
      assert.deepEqual(components(`${prefix}HOME_COLORED_LIGHT`), ["swi", "hue", "sat", "bri"]);
      assert.deepEqual(components(`${prefix}HOME_DIMMED_LIGHT`), ["swi", "bri"]);
    }
    for (const prefix of ["", "SMART_"]) {
      assert.deepEqual(components(`${prefix}HOME_TELEVISION`), ["swi", "vol", "mut", "pbc", "inp", "cha"]);
    }
  });
});
