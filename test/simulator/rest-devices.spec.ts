import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { decodeSenml } from "../../simulator/codec/senml";
import { arduinoClient, refused, request, tokenOf, type ArduinoClient } from "./support/arduino-client";

describe("simulator REST: devices", () => {
  let simulator: Simulator;
  let client: ArduinoClient;

  before(async () => {
    simulator = await startSimulator({ faults: { requestsPerSecond: null } });
    client = await arduinoClient(simulator);
  });
  after(() => simulator.stop());

  it("creates, lists, updates, hides, restores and removes", async () => {
    const { devices } = client;
    const made = await devices.devicesV2Create({ type: "unor4wifi", name: "board", serial: "S1" });
    assert.deepEqual([made.device_status, made.label], ["UNKNOWN", "Arduino UNO R4 WiFi"]);
    assert.equal((await devices.devicesV2List({ serial: "S1" }))[0]?.id, made.id);
    assert.equal((await devices.devicesV2List({ serial: "S2" })).length, 0);
    const generic = await devices.devicesV2Create({ type: "login_and_secretkey_wifi", name: "g", serial: "" });
    assert.equal(generic.serial, "");
    await devices.devicesV2Update(generic.id, { serial: "" });
    await refused(devices.devicesV2Update(generic.id, { serial: "##" }), 400);
    await devices.devicesV2Delete(generic.id, { force: true });
    await devices.devicesV2Update(made.id, { name: "renamed" });
    assert.equal((await devices.devicesV2Show(made.id)).name, "renamed");
    const thing = await client.things.thingsV2Create({ name: "t", device_id: made.id });
    assert.equal(((await devices.devicesV2Show(made.id)).thing as { id: string }).id, thing.id);
    await devices.devicesV2Delete(made.id);
    assert.equal(await refused(devices.devicesV2Show(made.id), 404), "");
    assert.equal((await client.things.thingsV2Show(thing.id)).device_id, undefined);
    assert.equal((await devices.devicesV2List({ showDeleted: true })).length, 1);
    await devices.devicesV2Update(made.id, { soft_deleted: false });
    assert.equal((await devices.devicesV2Show(made.id)).name, "renamed");
    await devices.devicesV2Delete(made.id, { force: true });
    assert.equal((await devices.devicesV2List({ showDeleted: true })).length, 0);
    await refused(devices.devicesV2Create({ type: "toaster" }), 400);
    await refused(devices.devicesV2Create({ type: "giga", ble_mac: "AA:BB" }), 400);
  });

  it("keeps the secret key write-only", async () => {
    const { devices, keys } = client;
    const { id } = await devices.devicesV2Create({ type: "login_and_secretkey_wifi" });
    assert.equal((await keys.devicesV2PassGet(id)).set, false);
    const suggested = (await keys.devicesV2PassGet(id, { suggestedPassword: true })).suggested_password;
    assert.ok(typeof suggested === "string" && suggested.length > 20);
    await keys.devicesV2PassSet(id, { password: suggested });
    assert.equal(simulator.store.devices.get(id)?.secret_key, suggested);
    const { set, suggested_password: shown } = await keys.devicesV2PassGet(id);
    assert.deepEqual([set, shown], [true, undefined]);
    const { text } = await request(simulator, "GET", `/iot/v2/devices/${id}`, { token: await tokenOf(simulator) });
    assert.ok(!text.includes(suggested));
    await keys.devicesV2PassCheck(id, { password: suggested });
    assert.equal(await refused(keys.devicesV2PassCheck(id, { password: "wrong" }), 400), "");
    await keys.devicesV2PassDelete(id);
    assert.equal((await keys.devicesV2PassGet(id)).set, false);
  });

  it("gives status and its history, the newest first", async () => {
    const { devices } = client;
    const { id } = await devices.devicesV2Create({ type: "giga" });
    for (const connected of [true, false]) simulator.store.setConnected(id, connected);
    assert.equal((await devices.devicesV2Show(id)).device_status, "OFFLINE");
    const values = async (options?: Record<string, unknown>): Promise<unknown[]> =>
      ((await devices.devicesV2GetStatusEvents(id, options)).events as { value: string }[]).map(({ value }) => value);
    assert.deepEqual(await values(), ["DISCONNECTED", "CONNECTED"]);
    assert.deepEqual(await values({ limit: 1 }), ["DISCONNECTED"]);
  });

  it("reads and writes the variables of its thing", async () => {
    const { devices, things } = client;
    const { id } = await devices.devicesV2Create({ type: "giga" });
    assert.equal(await refused(devices.devicesV2UpdateProperties(id, { properties: [] }), 404), "");
    const number = { name: "n", type: "INT", permission: "READ_WRITE", update_strategy: "ON_CHANGE" };
    const thing = await things.thingsV2Create({ name: "t", device_id: id, properties: [number] });
    const write = (value: unknown, type: string, input = false): Promise<void> =>
      devices.devicesV2UpdateProperties(id, { properties: [{ name: "n", type, value }], input });
    const seen = async (): Promise<unknown> => (await devices.devicesV2GetProperties(id)).properties[0]?.last_value;
    await write(4, "infer");
    assert.equal(await seen(), 4);
    await write("5", "json");
    assert.equal(await seen(), 5);
    await write(Buffer.from("6").toString("base64"), "base64");
    assert.equal(await seen(), 6);
    await write("37", "hex");
    assert.equal(await seen(), 7);
    await write(8, "infer", true);
    assert.equal(await seen(), 7);
    const { topic, payload } = simulator.observed.publishes.at(-1)!;
    assert.equal(topic, `/a/t/${thing.id}/e/i`);
    assert.equal(decodeSenml(payload)[0]?.value, 8);
    assert.equal((await devices.devicesV2GetProperties(id)).data_retention_days, 90);
  });
});
