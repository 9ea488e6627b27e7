import assert from "node:assert/strict";
import { propertyTypes, propertyKind } from "../../../../cloud/property-types/index";
import type { KnownThing, Property } from "../../../../cloud/rest/index";
import { bridgeThing, configTopic } from "../../../../nodes/home-assistant/discovery";
import { statesOf } from "../../../../nodes/home-assistant/states";
import { classUnits, typeRows } from "../../../../nodes/home-assistant/type-table";
import { bridgeSettings, never, propertyOf, thingWith } from "../../../support/bridged-things";
import { complaints, expandDevice, stateComplaint } from "../../../support/home-assistant-rules";

const settings = bridgeSettings();

function thingOf(type: string, permission: string, more: Partial<Property> = {}): KnownThing {
  return thingWith(propertyOf("value", type, { name: "Value", permission, ...more }));
}

/** A few values as the cloud has them, by the kind of a type. */
function samples(type: string): unknown[] {
  const format = propertyTypes.get(type)?.format;
  if (typeof format === "object") {
    const ranges: Record<string, number[]> = { hue: [0, 360, 123.456], inp: [16, 200], msk: [0, 0x0800_003e] };
    return [0, 1, 2].map((index) =>
      Object.fromEntries(
        Object.entries(format).map(([name, kind]) => {
          const numbers = ranges[name] ?? [0, 40, 100];
          return [name, kind === "boolean" ? index > 0 : (numbers[index] ?? numbers[0])];
        }),
      ),
    );
  }
  if (format === "free") return [{ r: 1, text: "x".repeat(400) }];
  const kinds = { boolean: [true, false], string: ["", "on", "ä".repeat(300)], number: [0, 21.3], integer: [0, 7] };
  return kinds[propertyKind(type) as keyof typeof kinds];
}

describe("the table of types for Home Assistant", () => {
  it("has all 132 types, and no other", () => {
    assert.equal(typeRows.size, 132);
    assert.deepEqual([...typeRows.keys()].sort(), [...propertyTypes.keys()].sort());
  });

  it("knows the units of each class that it uses", () => {
    for (const [type, { shape, readOnlyClass }] of typeRows) {
      if (shape === "number" && readOnlyClass !== undefined) assert.ok(readOnlyClass in classUnits, type);
    }
  });

  for (const permission of ["READ_ONLY", "READ_WRITE"]) {
    it(`makes what Home Assistant takes of each type that is ${permission}, with its values`, () => {
      for (const type of propertyTypes.keys()) {
        const bridged = bridgeThing(thingOf(type, permission), settings, never);
        assert.deepEqual(complaints(configTopic("homeassistant", bridged.key), bridged.discovery), [], type);
        const components = Object.values(expandDevice(bridged.discovery).components);
        assert.ok(components.length > 0, type);
        const [variable] = bridged.variables.values();
        for (const value of samples(type)) {
          const states = new Map(
            statesOf(variable!, value as never, { now: Date.now(), timezone: "Europe/Rome" }).map(
              ({ topic, payload }) => [topic, payload],
            ),
          );
          for (const component of components) {
            const topic = component["state_topic"] as string | undefined;
            const where = (component["json_attributes_topic"] as string | undefined) ?? topic;
            assert.ok(component["platform"] === "button" || states.has(String(where)), `${type} has ${String(where)}`);
            if (topic !== undefined) {
              const said = stateComplaint(component, String(states.get(topic)));
              assert.equal(said, undefined, `${type} ${JSON.stringify(value)}`);
            }
          }
        }
      }
    });
  }

  it("lets only READ_WRITE variables be set, and none where nothing may be", () => {
    const counts = (isWritable: boolean, permission: string): number =>
      [...propertyTypes.keys()]
        .map((type) => bridgeThing(thingOf(type, permission), { ...settings, isWritable }, never))
        .reduce(
          (sum, { variables }) => sum + [...variables.values()].filter((v) => v.mapping.commands.size > 0).length,
          0,
        );
    assert.ok(counts(true, "READ_WRITE") > 115);
    assert.equal(counts(true, "READ_ONLY"), 0);
    assert.equal(counts(false, "READ_WRITE"), 0);
  });

  it("takes a unit of the account's list only where the class has it", () => {
    const component = (unit: string): Record<string, unknown> => {
      const units = new Map([["TEMPERATURE", unit]]);
      return expandDevice(bridgeThing(thingOf("TEMPERATURE", "READ_ONLY"), { ...settings, units }, never).discovery)
        .components["value"]!;
    };
    assert.deepEqual(
      [component("°C"), component("ºX")].map((one) => [one["device_class"], one["unit_of_measurement"]]),
      [
        ["temperature", "°C"],
        [undefined, "ºX"],
      ],
    );
  });

  it("takes the range of a number from its variable, where that has one", () => {
    const range = (type: string, more: Partial<Property>): unknown[] => {
      const { components } = expandDevice(bridgeThing(thingOf(type, "READ_WRITE", more), settings, never).discovery);
      const { min, max, step } = components["value"]!;
      return [min, max, step];
    };
    assert.deepEqual(range("INT", { min_value: 0, max_value: 3 }), [0, 3, 1]);
    assert.deepEqual(range("FLOAT", { min_value: 0, max_value: 0 }), [-1_000_000, 1_000_000, 0.001]);
    assert.deepEqual(range("INT", {}), [-2147483648, 2147483647, 1]);
    assert.deepEqual(range("PERCENTAGE", {}), [0, 100, 0.001]);
  });

  it("shows a type that nobody knows as it comes", () => {
    const bridged = bridgeThing(thingOf("NEW_TYPE", "READ_WRITE"), settings, never);
    assert.deepEqual(complaints(configTopic("homeassistant", bridged.key), bridged.discovery), []);
    assert.deepEqual(bridged.platforms, { value: "sensor" });
  });
});
