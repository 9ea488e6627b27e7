import assert from "node:assert/strict";
import { readProperty, readRawSeries, readThing } from "../../../../cloud/rest/index";

const thingId = "11111111-0000-4000-8000-000000000000";
const propertyId = "22222222-0000-4000-8000-000000000000";

describe("models", () => {
  it("read a thing with its properties, leaving out what is not used", () => {
    const thing = readThing({
      href: "/iot/v1/things/1",
      id: thingId,
      name: "Tank",
      device_id: "9",
      timezone: "Europe/Rome",
      properties: [
        {
          id: propertyId,
          name: "Level",
          type: "FLOAT",
          permission: "READ_ONLY",
          variable_name: "level",
          last_value: 0,
        },
      ],
    });
    assert.deepEqual(thing, {
      id: thingId,
      name: "Tank",
      device_id: "9",
      timezone: "Europe/Rome",
      properties: [
        {
          id: propertyId,
          name: "Level",
          type: "FLOAT",
          permission: "READ_ONLY",
          variable_name: "level",
          last_value: 0,
        },
      ],
    });
  });

  it("take what has another form than documented for left out", () => {
    assert.deepEqual(readThing({ id: thingId, name: { a: 1 }, device_id: 7, properties: "none", timezone: null }), {
      id: thingId,
      name: "",
      properties: [],
    });
    assert.deepEqual(
      readProperty({ id: propertyId, min_value: "0", persist: 1, last_value: null, variable_name: [] }),
      {
        id: propertyId,
        name: "",
        type: "",
        permission: "",
        last_value: null,
      },
    );
    for (const nothing of [
      undefined,
      null,
      7,
      "x",
      [],
      {},
      { id: 7 },
      { id: "" },
      { id: "+" },
      { id: "#" },
      { id: `${thingId}/+` },
      { id: "x".repeat(66_000) },
      { id: thingId, deleted_at: "2026-01-01T00:00:00Z" },
    ]) {
      assert.equal(readThing(nothing), undefined);
      assert.equal(readProperty(nothing), undefined);
    }
  });

  it("read raw series, times and values always of one length", () => {
    const responses = [
      null,
      { query: "property.1", status: "ok", times: ["a", 7, "c", "d"], values: [1, 2, null], property_id: "1" },
      { times: "x" },
    ];
    assert.deepEqual(readRawSeries({ responses }), [
      { query: "property.1", status: "ok", times: ["a", "c", "d"], values: [1, null, undefined], property_id: "1" },
      { query: "", status: "", times: [], values: [] },
    ]);
    for (const nothing of [null, undefined, [], "x", { responses: null }]) assert.deepEqual(readRawSeries(nothing), []);
  });
});
