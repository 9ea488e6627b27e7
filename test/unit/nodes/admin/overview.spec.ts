import assert from "node:assert/strict";
import { overviewDevices, overviewThings } from "../../../../nodes/admin/overview";
import type { Property } from "../../../../cloud/rest/index";

const property = (name: string, more: Partial<Property> = {}): Property => ({
  id: `id of ${name}`,
  name,
  type: "FLOAT",
  permission: "READ_WRITE",
  variable_name: name.toLowerCase(),
  ...more,
});
const time = "2026-01-01T00:00:00Z";

function valueOf(last_value: unknown, more: Partial<Property> = {}): unknown {
  const [thing] = overviewThings([
    { id: "t", name: "T", properties: [property("P", { last_value, value_updated_at: time, ...more })] },
  ]);
  return thing?.variables[0]?.value;
}

describe("the overview of an account", () => {
  it("orders things and variables by name, with units, permissions and device", () => {
    const variables = [property("b", { type: "TEMPERATURE_C", permission: "READ_ONLY" }), property("A")];
    const [first, second] = overviewThings([
      { id: "2", name: "Zoo", device_id: "board", properties: variables },
      { id: "1", name: "Attic", properties: [] },
    ]);
    assert.deepEqual([first?.name, first?.device, second?.name, second?.device], ["Attic", null, "Zoo", "board"]);
    assert.deepEqual(second?.variables, [
      {
        id: "id of A",
        variable: "a",
        name: "A",
        type: "FLOAT",
        writable: true,
        control: "number",
        value: null,
        time: null,
      },
      {
        ...{ id: "id of b", variable: "b", name: "b", type: "TEMPERATURE_C", unit: "°C" },
        ...{ writable: false, value: null, time: null },
      },
    ]);
  });

  it("shows values as people read them", () => {
    assert.equal(valueOf(21.299999237060547), 21.3);
    assert.equal(valueOf(false), false);
    assert.equal(valueOf("on"), "on");
    assert.deepEqual(valueOf({ swi: true, bri: 30.299999237060547 }), { swi: true, bri: 30.3 });
    assert.equal(valueOf({ a: "x".repeat(300) }), `a "${"x".repeat(197)}…`);
    assert.equal(valueOf({ a: { b: 1 } }), 'a {"b":1}');
    assert.equal(valueOf([1, 2]), "[1,2]");
    assert.equal(valueOf("x".repeat(300)), `${"x".repeat(200)}…`);
  });

  it("has no value where none was ever written", () => {
    assert.equal(valueOf(null), null);
    const never = property("P", { last_value: "N/A" });
    const [thing] = overviewThings([{ id: "t", name: "T", properties: [never] }]);
    assert.deepEqual([thing?.variables[0]?.value, thing?.variables[0]?.time], [null, null]);
  });

  it("takes what it does not know of a device's status for unknown", () => {
    const states = ["ONLINE", "OFFLINE", "UNKNOWN", "ASLEEP", undefined];
    const devices = overviewDevices(
      states.map((device_status, index) => ({
        ...{ id: String(index), name: String(index), type: "giga" },
        ...(device_status === undefined ? {} : { device_status }),
      })),
    );
    assert.deepEqual(
      devices.map(({ status }) => status),
      ["ONLINE", "OFFLINE", "UNKNOWN", "UNKNOWN", "UNKNOWN"],
    );
  });
});
