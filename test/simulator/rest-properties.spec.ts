import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { decodeSenml } from "../../simulator/codec/senml";
import { until } from "../support/wait";
import { arduinoClient, refused, request, tokenOf, type ArduinoClient } from "./support/arduino-client";

const fields = (more: object = {}): object => ({
  name: "Level",
  type: "FLOAT",
  permission: "READ_WRITE",
  update_strategy: "ON_CHANGE",
  ...more,
});

describe("simulator REST: properties", () => {
  let simulator: Simulator;
  let client: ArduinoClient;
  let token: string;
  let thingId: string;
  let deviceId: string;

  before(async () => {
    simulator = await startSimulator({ faults: { requestsPerSecond: null } });
    client = await arduinoClient(simulator);
    token = await tokenOf(simulator);
  });
  after(() => simulator.stop());

  beforeEach(async () => {
    deviceId = (await client.devices.devicesV2Create({ type: "giga" })).id;
    thingId = (await client.things.thingsV2Create({ name: "thing", device_id: deviceId })).id;
    Object.assign(simulator.faults, { publishDelayMs: 0 });
    simulator.observed.publishes.length = 0;
  });

  /** What REST has put on MQTT: topic and values. */
  const published = (): unknown[] =>
    simulator.observed.publishes.map(({ topic, payload }) => [
      topic.replace(thingId, "T"),
      ...decodeSenml(payload).map(({ variable, value }) => [variable, value]),
    ]);

  it("creates with defaults, lists, updates, hides and removes", async () => {
    const { properties } = client;
    const made = await properties.propertiesV2Create(thingId, fields({ name: "Level 1" }));
    assert.deepEqual([made.persist, made.variable_name, made.last_value], [true, "Level_1", "N/A"]);
    assert.equal(made.value_updated_at, undefined);
    const changed = fields({ name: "Level 2", persist: false, variable_name: "lvl" });
    const updated = await properties.propertiesV2Update(thingId, made.id, changed);
    assert.deepEqual([updated.name, updated.persist, updated.variable_name], ["Level 2", false, "lvl"]);
    await properties.propertiesV2Delete(thingId, made.id);
    assert.match(await refused(properties.propertiesV2Show(thingId, made.id), 404), /not_found/);
    assert.equal((await properties.propertiesV2List(thingId)).length, 0);
    assert.equal((await properties.propertiesV2List(thingId, { showDeleted: true })).length, 1);
    assert.ok((await properties.propertiesV2Show(thingId, made.id, { showDeleted: true })).deleted_at);
    await properties.propertiesV2Delete(thingId, made.id, { force: true });
    assert.equal((await properties.propertiesV2List(thingId, { showDeleted: true })).length, 0);
  });

  it("refuses bad fields and a variable name twice", async () => {
    const { properties } = client;
    await properties.propertiesV2Create(thingId, fields({ variable_name: "taken" }));
    for (const bad of [
      { type: "WARMTH" },
      { permission: "WRITE_ONLY" },
      { update_strategy: "NEVER" },
      { variable_name: "1st" },
      { variable_name: "x".repeat(65) },
      { variable_name: "taken" },
      { min_value: "low" },
    ]) {
      await refused(properties.propertiesV2Create(thingId, fields(bad)), 400);
    }
  });

  it("lists 104 of 132 types, and takes the others too", async () => {
    const types = await client.propertyTypes.propertyTypesV1ListTypes();
    assert.equal(types.length, 104);
    assert.equal(types.filter(({ deprecated }) => deprecated !== true).length, 48);
    await client.properties.propertiesV2Create(thingId, fields({ type: "GOOGLE_HOME_LIGHT" }));
  });

  it("publishes to the device by default, and as the device with device_id", async () => {
    const { properties } = client;
    const { id } = await properties.propertiesV2Create(thingId, fields());
    await properties.propertiesV2Publish(thingId, id, { value: 21.5 });
    assert.equal((await properties.propertiesV2Show(thingId, id)).last_value, "N/A");
    await properties.propertiesV2Publish(thingId, id, { value: 22.5, device_id: deviceId });
    const read = await properties.propertiesV2Show(thingId, id);
    assert.equal(read.last_value, 22.5);
    assert.ok(Math.abs(Date.now() - (read.value_updated_at as Date).getTime()) < 10_000);
    assert.deepEqual(published(), [
      ["/a/t/T/e/i", ["Level", 21.5]],
      ["/a/t/T/e/o", ["Level", 22.5]],
    ]);
    await refused(properties.propertiesV2Publish(thingId, id, { value: 1, device_id: thingId }), 400);
    await refused(properties.propertiesV2Publish(thingId, id, { value: [1] }), 400);
    await refused(properties.propertiesV2Publish(thingId, id, { value: { a: { b: 1 } } }), 400);
    assert.equal(await refused(properties.propertiesV2Publish(thingId, thingId, { value: 1 }), 404), "");
  });

  it("publishes many, as the device by default and to the device on demand", async () => {
    await client.properties.propertiesV2Create(thingId, fields({ name: "a b", variable_name: "one" }));
    await client.properties.propertiesV2Create(thingId, fields({ variable_name: "two", type: "HOME_DIMMED_LIGHT" }));
    const path = `/iot/v2/things/${thingId}/publish`;
    const values = [
      { property: "one", value: 1 },
      { property: "two", value: { swi: true, bri: 30 } },
    ];
    const send = async (body: object): Promise<[number, string]> => {
      const { status, text } = await request(simulator, "PUT", path, { token, body });
      return [status, text];
    };
    assert.deepEqual(await send({ properties: values }), [200, ""]);
    assert.deepEqual(await send({ properties: [{ property: "a b", value: 2 }], to_device: true }), [200, ""]);
    assert.deepEqual(published(), [
      ["/a/t/T/e/o", ["one", 1], ["two", { swi: true, bri: 30 }]],
      ["/a/t/T/e/i", ["one", 2]],
    ]);
    assert.equal(simulator.store.propertyNamed(thingId, "one")?.last_value, 1);
    assert.equal((await send({ properties: [] }))[0], 400);
    assert.equal((await send({ properties: [{ property: "three", value: 1 }] }))[0], 400);
  });

  it("takes past values in a batch", async () => {
    const { id } = await client.properties.propertiesV2Create(thingId, fields());
    const path = `/iot/v2/things/${thingId}/properties/${id}/publish_batch`;
    const body = [
      { timestamp: "2026-01-01T02:00:00+02:00", value: 1 },
      { timestamp: "2025-12-31T00:00:00Z", value: 2 },
    ];
    const { status, text, type } = await request(simulator, "PUT", path, { token, body });
    assert.deepEqual([status, text, type], [200, "", null]);
    assert.deepEqual(
      simulator.store.propertyNamed(thingId, "Level")?.history.map(({ value }) => value),
      [2, 1],
    );
    const read = await client.properties.propertiesV2Show(thingId, id);
    assert.deepEqual([read.last_value, read.value_updated_at], [1, new Date("2026-01-01T00:00:00Z")]);
    assert.equal((await request(simulator, "PUT", path, { token, body: [{ value: 1 }] })).status, 400);
    assert.equal((await request(simulator, "PUT", path, { token, body: { value: 1 } })).status, 400);
  });

  it("resets missing components and stores no history without persist", async () => {
    const { properties } = client;
    const light = fields({ type: "HOME_COLORED_LIGHT", persist: false });
    const { id } = await properties.propertiesV2Create(thingId, light);
    await properties.propertiesV2Publish(thingId, id, { value: { hue: 5, swi: true }, device_id: deviceId });
    const { last_value: value } = await properties.propertiesV2Show(thingId, id);
    assert.deepEqual(value, { swi: true, hue: 5, sat: 0, bri: 0 });
    assert.deepEqual(simulator.store.propertyNamed(thingId, "Level")?.history, []);
  });

  it("shows a published value after the ordered delay only", async () => {
    simulator.faults.publishDelayMs = 150;
    const { properties } = client;
    const { id } = await properties.propertiesV2Create(thingId, fields());
    const start = performance.now();
    await properties.propertiesV2Publish(thingId, id, { value: 1, device_id: deviceId });
    await until("the value", () => simulator.store.propertyNamed(thingId, "Level")?.last_value === 1);
    assert.ok(performance.now() - start >= 145);
    assert.equal((await properties.propertiesV2Show(thingId, id)).last_value, 1);
  });

  it("answers open questions the other way when so chosen", async () => {
    const { properties } = client;
    const { id } = await properties.propertiesV2Create(thingId, fields({ permission: "READ_ONLY" }));
    Object.assign(simulator.choices, { checkPublishKind: true, refuseReadOnlyPublish: true, storeInputs: true });
    await refused(properties.propertiesV2Publish(thingId, id, { value: 1 }), 400);
    await refused(properties.propertiesV2Publish(thingId, id, { value: "warm", device_id: deviceId }), 400);
    simulator.choices.refuseReadOnlyPublish = false;
    await properties.propertiesV2Publish(thingId, id, { value: 3 });
    assert.equal((await properties.propertiesV2Show(thingId, id)).last_value, 3);
    Object.assign(simulator.choices, { checkPublishKind: false, storeInputs: false });
  });
});
