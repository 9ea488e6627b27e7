import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { arduinoClient, refused, type ArduinoClient } from "./support/arduino-client";

const variable = (name: string, more: object = {}): object => ({
  name,
  type: "FLOAT",
  permission: "READ_WRITE",
  update_strategy: "ON_CHANGE",
  ...more,
});

describe("simulator REST: things", () => {
  let simulator: Simulator;
  let client: ArduinoClient;

  before(async () => {
    simulator = await startSimulator({ faults: { requestsPerSecond: null } });
    client = await arduinoClient(simulator);
  });
  after(() => simulator.stop());

  it("creates, reads, updates and deletes", async () => {
    const { things } = client;
    const made = await things.thingsV2Create({ name: "Weather 1", properties: [variable("temp")] });
    assert.equal(made.timezone, "America/New_York");
    assert.equal(made.user_id, simulator.userId);
    assert.equal(made.properties_count, 1);
    assert.equal(made.properties[0]?.last_value, "N/A");
    await things.thingsV2Update(made.id, { name: "Weather 2", timezone: "Europe/Zurich" });
    const read = await things.thingsV2Show(made.id);
    assert.deepEqual([read.name, read.timezone, read.properties.length], ["Weather 2", "Europe/Zurich", 1]);
    await things.thingsV2Delete(made.id);
    assert.equal(await refused(things.thingsV2Show(made.id), 404), "");
  });

  it("hides a deleted thing, shows it on demand and restores it", async () => {
    const { things } = client;
    const { id } = await things.thingsV2Create({ name: "Gone", properties: [variable("x")] });
    await things.thingsV2Delete(id);
    const listed = async (showDeleted: boolean): Promise<boolean> =>
      (await things.thingsV2List({ showDeleted })).some((thing) => thing.id === id);
    assert.deepEqual([await listed(false), await listed(true)], [false, true]);
    assert.ok((await things.thingsV2Show(id, { showDeleted: true })).deleted_at);
    await refused(things.thingsV2Update(id, { name: "Back" }), 404);
    await things.thingsV2Update(id, { soft_deleted: false });
    assert.equal((await things.thingsV2Show(id)).deleted_at, undefined);
    await things.thingsV2Delete(id, { force: true });
    assert.equal(await listed(true), false);
    await refused(things.thingsV2Update(id, { soft_deleted: false }), 404);
  });

  it("filters the list by ids, device, tags and gives properties only when asked", async () => {
    const { things, thingTags, devices } = client;
    const device = await devices.devicesV2Create({ type: "unor4wifi" });
    const one = await things.thingsV2Create({ name: "one", tags: [{ key: "room", value: "attic" }] });
    const two = await things.thingsV2Create({ name: "two", device_id: device.id, properties: [variable("v")] });
    await thingTags.thingsV2TagsUpsert(two.id, { key: "room", value: "attic" });
    await thingTags.thingsV2TagsUpsert(two.id, { key: "floor", value: "2" });
    const ids = async (options: object): Promise<string[]> =>
      (await things.thingsV2List(options as Record<string, unknown>)).map(({ id }) => id);
    assert.deepEqual(await ids({ ids: [one.id, two.id] }), [one.id, two.id]);
    assert.deepEqual(await ids({ ids: [two.id] }), [two.id]);
    assert.deepEqual(await ids({ deviceId: device.id }), [two.id]);
    assert.deepEqual(await ids({ tags: ["room:attic"] }), [one.id, two.id]);
    assert.deepEqual(await ids({ tags: ["room:attic", "floor:2"] }), [two.id]);
    const [plain] = await things.thingsV2List({ ids: [two.id] });
    assert.equal(plain?.properties, undefined);
    const [full] = await things.thingsV2List({ ids: [two.id], showProperties: true });
    assert.equal(full?.properties.length, 1);
    await thingTags.thingsV2TagsDelete(two.id, "floor");
    assert.equal(JSON.stringify(await thingTags.thingsV2TagsList(two.id)), '{"tags":[{"key":"room","value":"attic"}]}');
  });

  it("binds a device to one thing, answers 409 elsewhere, moves it with force and unbinds it", async () => {
    const { things, devices } = client;
    const device = await devices.devicesV2Create({ name: "board", type: "nano_33_iot", fqbn: "a:b:c" });
    const first = await things.thingsV2Create({ name: "first", device_id: device.id });
    assert.deepEqual([first.device_id, first.device_name, first.device_fqbn], [device.id, "board", "a:b:c"]);
    const second = await things.thingsV2Create({ name: "second" });
    assert.match(await refused(things.thingsV2Update(second.id, { device_id: device.id }), 409), /"conflict"/);
    await things.thingsV2Update(second.id, { device_id: device.id }, { force: true });
    assert.equal((await things.thingsV2Show(first.id)).device_id, undefined);
    assert.equal(simulator.store.thingOfDevice(device.id)?.id, second.id);
    await things.thingsV2Update(second.id, { device_id: "" });
    assert.equal(simulator.store.thingOfDevice(device.id), undefined);
  });

  it("clones with variables, without values and device", async () => {
    const { things } = client;
    const device = await client.devices.devicesV2Create({ type: "giga" });
    const fields = { name: "origin", device_id: device.id, properties: [variable("v", { min_value: -3 })] };
    const origin = await things.thingsV2Create({ ...fields, tags: [{ key: "k", value: "v" }] });
    simulator.store.record(origin.id, "v", 1, Date.now());
    const copy = await things.thingsV2Clone(origin.id, { name: "copy", include_tags: true });
    const [property] = copy.properties;
    assert.deepEqual([copy.device_id, copy.tags], [undefined, { k: "v" }]);
    assert.deepEqual([property?.variable_name, property?.min_value, property?.last_value], ["v", -3, "N/A"]);
    assert.notEqual(property?.id, origin.properties[0]?.id);
    assert.deepEqual(simulator.store.things.get(copy.id)?.properties[0]?.history, []);
  });

  it("refuses bad fields with 400 that names them", async () => {
    const { things } = client;
    const cases: [object, RegExp][] = [
      [{ name: "no/slash" }, /body\.name/],
      [{ name: "x".repeat(65) }, /body\.name/],
      [{}, /name/],
      [{ name: "a", assistant: "SIRI" }, /assistant/],
      [{ name: "a", properties: [variable("v", { type: "FLOATS" })] }, /properties\[0\]\.type/],
      [{ name: "a", device_id: "7fe6ae4b-45ba-4d3c-9d3e-6c1e3ff40a31" }, /device/],
      [{ name: "a", tags: [{ key: "a b", value: "c" }] }, /tags\[0\]\.key/],
    ];
    for (const [body, text] of cases) {
      const error = JSON.parse(await refused(things.thingsV2Create(body), 400)) as Record<string, unknown>;
      assert.deepEqual([error.code, error.status], ["invalid_value", 400]);
      assert.match(String(error.detail), text);
      assert.match(String(error.id), /^[0-9A-Z]{8}$/);
    }
  });

  it("fails so that Arduino's client tells the statuses apart", async () => {
    const { things } = client;
    simulator.faults.rest.push({ status: 429 }, { status: 500 }, { status: 503 }, { drop: true });
    assert.equal(await refused(things.thingsV2List(), 429), "You have reached maximum request limit.");
    assert.match(await refused(things.thingsV2List(), 500), /"internal"/);
    assert.match(await refused(things.thingsV2List(), 503), /"status":503/);
    await assert.rejects(things.thingsV2List(), (error: object) => !("status" in error));
    const late = await arduinoClient(simulator);
    simulator.tokens.revokeAll();
    assert.match(await refused(late.things.thingsV2List(), 401), /"unauthorized"/);
    client = await arduinoClient(simulator);
  });

  it("separates spaces", async () => {
    const { organizationId: xOrganization } = simulator;
    const inSpace = await arduinoClient(simulator, xOrganization);
    const shared = await inSpace.things.thingsV2Create({ name: "shared" }, { xOrganization });
    assert.equal(shared.organization_id, xOrganization);
    await inSpace.things.thingsV2Show(shared.id, { xOrganization });
    await refused(client.things.thingsV2Show(shared.id), 404);
    await refused(inSpace.things.thingsV2Show(shared.id), 404);
    await refused(client.things.thingsV2List({ xOrganization }), 403);
    await refused(inSpace.things.thingsV2List({ xOrganization: "7fe6ae4b-45ba-4d3c-9d3e-6c1e3ff40a31" }), 403);
    await refused(inSpace.things.thingsV2List({ xOrganization: "no-uuid" }), 400);
  });
});
