import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { startSimulator, type Simulator } from "../../simulator";
import { arduinoClient, refused, request, tokenOf, type ArduinoClient, type Model } from "./support/arduino-client";

const hardwareId = (digit: string): string => digit.repeat(64);

/** What the API said, without the classes of Arduino's client. */
const plain = (model: unknown): Model => JSON.parse(JSON.stringify(model)) as Model;

describe("simulator REST: boards", () => {
  let simulator: Simulator;
  let client: ArduinoClient;
  let token: string;

  before(async () => {
    simulator = await startSimulator({ faults: { requestsPerSecond: null } });
    client = await arduinoClient(simulator);
    token = await tokenOf(simulator);
  });
  after(() => simulator.stop());

  const send = (method: string, path: string, body?: object): ReturnType<typeof request> =>
    request(simulator, method, `/iot/v2/devices${path}`, { token, ...(body && { body }) });

  it("claims a board by its hardware id, once, and forgets the id", async () => {
    const body = { type: "unor4wifi", unique_hardware_id: hardwareId("a"), user_id: simulator.userId, name: "Claimed" };
    const id = randomUUID();
    const made = await send("PUT", "/claim", { ...body, ID: id });
    assert.equal(made.status, 201);
    const { name, ...device } = JSON.parse(made.text) as Model;
    assert.deepEqual([name, device.id, device.unique_hardware_id], ["Claimed", id, body.unique_hardware_id]);
    assert.equal((await client.devices.devicesV2List({ uniqueHardwareId: hardwareId("a") })).length, 1);
    assert.equal((await send("PUT", "/claim", body)).status, 409);
    assert.equal((await send("PUT", "/claim", { ...body, unique_hardware_id: hardwareId("b"), ID: id })).status, 409);
    assert.equal((await send("PUT", "/claim", { ...body, user_id: randomUUID() })).status, 403);
    assert.equal((await send("PUT", "/claim", { ...body, unique_hardware_id: "short" })).status, 400);
    const freed = await send("POST", `/${id}/remove-uhwid`);
    assert.equal(freed.status, 200);
    assert.equal((JSON.parse(freed.text) as Model).unique_hardware_id, undefined);
    assert.equal((await send("POST", `/${id}/remove-uhwid`)).status, 412);
    const unknown = await send("POST", `/${randomUUID()}/remove-uhwid`);
    assert.deepEqual([unknown.status, unknown.text], [404, ""]);
    assert.equal((await send("PUT", "/claim", { ...body, locked: true })).status, 201);
    assert.equal((await send("PUT", "/claim", body)).status, 412);
  });

  it("keeps tags, and filters by them", async () => {
    const { devices, deviceTags } = client;
    const { id } = await devices.devicesV2Create({ type: "giga" });
    await deviceTags.devicesV2TagsUpsert(id, { key: "room", value: "attic" });
    await deviceTags.devicesV2TagsUpsert(id, { key: "room", value: "cellar" });
    assert.deepEqual(plain(await deviceTags.devicesV2TagsList(id)).tags, [{ key: "room", value: "cellar" }]);
    assert.equal((await devices.devicesV2List({ tags: ["room:cellar"] }))[0]?.id, id);
    assert.equal((await devices.devicesV2List({ tags: ["room:attic"] })).length, 0);
    await deviceTags.devicesV2TagsDelete(id, "room");
    assert.deepEqual(plain(await deviceTags.devicesV2TagsList(id)).tags, []);
    await refused(deviceTags.devicesV2TagsUpsert(id, { key: "a b", value: "c" }), 400);
  });

  it("gives what a device said about itself, the newest first", async () => {
    const { id } = await client.devices.devicesV2Create({ type: "giga" });
    const reports = simulator.store.devices.get(id)!.reports;
    reports.push(
      { name: "LIB_VERSION", value: "1.2.3", updated_at: "2026-01-01T00:00:00.000Z" },
      { name: "OTA_CAP", value: true, updated_at: "2026-01-02T00:00:00.000Z" },
    );
    const names = async (options?: Record<string, unknown>): Promise<unknown[]> => {
      const { events } = await client.devices.devicesV2GetEvents(id, options);
      return (events as Model[]).map(({ name, value }) => [name, value]);
    };
    assert.deepEqual(await names(), [
      ["OTA_CAP", true],
      ["LIB_VERSION", "1.2.3"],
    ]);
    assert.deepEqual(await names({ limit: 1 }), [["OTA_CAP", true]]);
    assert.deepEqual(await names({ start: "2026-01-01T12:00:00Z" }), [["LIB_VERSION", "1.2.3"]]);
    assert.equal(await refused(client.devices.devicesV2GetEvents(randomUUID()), 404), "");
  });

  it("gives the values of a variable in pages, to the last", async () => {
    const { id } = await client.devices.devicesV2Create({ type: "giga" });
    const number = { name: "n", type: "INT", permission: "READ_WRITE", update_strategy: "ON_CHANGE" };
    const thing = await client.things.thingsV2Create({ name: "t", device_id: id, properties: [number] });
    const pid = thing.properties[0]!.id;
    for (let value = 1; value <= 5; value += 1) simulator.store.record(thing.id, "n", value, value * 1000);
    const seen: unknown[] = [];
    let start: string | undefined;
    do {
      const page = plain(await client.devices.devicesV2Timeseries(id, pid, { limit: 2, ...(start && { start }) }));
      seen.push((page.values as { value: { payload: string } }[]).map(({ value }) => value.payload));
      start = (page.last_evaluated_key as { created_at?: string }).created_at;
    } while (start);
    assert.deepEqual(seen, [["5", "4"], ["3", "2"], ["1"]]);
    await refused(client.devices.devicesV2Timeseries(id, pid, { limit: 0 }), 400);
    assert.equal(await refused(client.devices.devicesV2Timeseries(id, randomUUID()), 404), "");
  });

  describe("over the air", () => {
    let id: string;
    const binary_key = "ota/abc/def.ota";

    beforeEach(async () => {
      ({ id } = await client.devices.devicesV2Create({ type: "nano_33_iot" }));
    });

    it("takes a binary, and no second one while it runs", async () => {
      const file = Buffer.from("not really a sketch");
      const made = await client.ota.devicesV2OtaUpload(id, file, { expireInMins: 3 });
      assert.equal(simulator.observed.requests.at(-1)?.status, 202);
      const sha = createHash("sha256").update(file).digest("hex");
      assert.deepEqual([made.ota_version, made.status, made.file_sha], [2, "in_progress", sha]);
      const left = simulator.store.devices.get(id)!.otaUntil! - Date.now();
      assert.ok(left > 120_000 && left <= 180_000);
      assert.equal(await refused(client.ota.devicesV2OtaUpload(id, file), 409), "");
      assert.match(await refused(client.ota.devicesV2OtaSend(id, { binary_key }), 412), /running/);
      simulator.store.setConnected(id, true);
      await client.ota.devicesV2OtaUpload(id, file, { async: false });
      assert.equal(simulator.observed.requests.at(-1)?.status, 200);
    });

    it("takes a file with a name, as browsers send it", async () => {
      const form = new FormData();
      form.append("ota_file", new Blob(["x"]), "sketch.ota");
      form.append("async", "false");
      const url = `${simulator.restUrl}/iot/v2/devices/${id}/ota`;
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(url, { method: "POST", headers, body: form });
      assert.equal(answer.status, 200);
    });

    it("reads booleans in forms as Go does: Arduino's Python client writes True and False", async () => {
      const url = `${simulator.restUrl}/iot/v2/devices/${id}/ota`;
      const upload = async (async: string): Promise<number> => {
        const form = new FormData();
        form.append("ota_file", new Blob(["x"]), "sketch.ota");
        form.append("async", async);
        simulator.store.setConnected(id, false);
        simulator.store.setConnected(id, true);
        const { status } = await fetch(url, {
          method: "POST",
          headers: { authorization: `Bearer ${token}` },
          body: form,
        });
        return status;
      };
      for (const yes of ["1", "t", "T", "true", "True", "TRUE"]) assert.equal(await upload(yes), 202, yes);
      for (const no of ["0", "f", "F", "false", "False", "FALSE"]) assert.equal(await upload(no), 200, no);
      for (const odd of ["yes", "tRUE", "", "constructor"]) assert.equal(await upload(odd), 400, odd);
    });

    it("starts from a stored binary, and makes its URL", async () => {
      await client.ota.devicesV2OtaSend(id, { binary_key });
      assert.equal(simulator.observed.requests.at(-1)?.status, 202);
      await client.ota.devicesV2OtaUrl(id, { binary_key, sha256: hardwareId("0") });
      assert.equal(simulator.observed.requests.at(-1)?.status, 200);
    });

    it("refuses boards that cannot, missing files and bad keys", async () => {
      const manual = await client.devices.devicesV2Create({ type: "login_and_secretkey_wifi" });
      assert.match(await refused(client.ota.devicesV2OtaUpload(manual.id, Buffer.from("x")), 412), /cannot/);
      assert.match(await refused(client.ota.devicesV2OtaUpload(id, Buffer.alloc(0)), 400), /ota_file/);
      await refused(client.ota.devicesV2OtaUpload(id, Buffer.from("x"), { expireInMins: 0 }), 400);
      await refused(client.ota.devicesV2OtaSend(id, { binary_key: "../secret" }), 400);
      await refused(client.ota.devicesV2OtaSend(id, {}), 400);
      await refused(client.ota.devicesV2OtaUrl(id, { sha256: "xyz" }), 400);
      assert.match(await refused(client.ota.devicesV2OtaSend(randomUUID(), { binary_key }), 404), /not_found/);
      assert.match(await refused(client.ota.devicesV2OtaUpload(randomUUID(), Buffer.from("x")), 404), /not_found/);
    });
  });

  it("tells the credentials that a board type needs", async () => {
    const { networkCredentials } = client;
    const names = async (type: string, options?: Record<string, unknown>): Promise<unknown[]> =>
      (await networkCredentials.networkCredentialsV1Show(type, options)).map(({ secret_name: name }) => name);
    assert.deepEqual(await names("giga"), ["SECRET_SSID", "SECRET_OPTIONAL_PASS"]);
    assert.deepEqual(await names("opta", { connection: "wifi" }), ["SECRET_SSID", "SECRET_OPTIONAL_PASS"]);
    assert.equal((await names("opta", { connection: "eth" })).length, 4);
    assert.deepEqual(await names("giga", { connection: "lora" }), []);
    await refused(networkCredentials.networkCredentialsV1Show("giga", { connection: "string" }), 400);
    for (const type of ["phone", "toaster", "constructor"]) {
      assert.equal(await refused(networkCredentials.networkCredentialsV1Show(type), 404), "");
      assert.equal(await refused(networkCredentials.networkCredentialsV1ShowByDevice(type), 404), "");
    }
    await networkCredentials.networkCredentialsV1ShowByDevice("portenta_c33");
    // Arduino's client drops this answer.
    const path = "/iot/v1/network_credentials/portenta_c33/connections";
    const both = JSON.parse((await request(simulator, "GET", path, { token })).text) as Model;
    assert.deepEqual(Object.keys(both), ["wifi", "eth"]);
  });

  it("makes LoRa devices and lists the frequency plans", async () => {
    const body = {
      ...{ app: "defaultApp", eui: "a8610a3233258212", frequency_plan: "EU_863_870_TTN", name: "Field" },
      ...{ type: "mkrwan1310", user_id: "me" },
    };
    const made = await client.loraDevices.loraDevicesV1Create(body);
    assert.equal(made.eui, body.eui);
    assert.match(String(made.app_key), /^[0-9a-z]{16}$/);
    const device = await client.devices.devicesV2Show(String(made.device_id));
    assert.deepEqual([device.name, device.type, device.connection_type], ["Field", "mkrwan1310", "lora"]);
    await refused(client.loraDevices.loraDevicesV1Create(body), 400);
    await refused(client.loraDevices.loraDevicesV1Create({ ...body, eui: "A8610A3233258213" }), 400);
    await refused(client.loraDevices.loraDevicesV1Create({ ...body, frequency_plan: "MARS" }), 400);
    await refused(client.loraDevices.loraDevicesV1Create({ ...body, eui: "b".repeat(16), user_id: "you" }), 400);
    const { frequency_plans: plans } = await client.loraPlans.loraFreqPlanV1List();
    assert.equal((plans as Model[]).length, 11);
  });

  it("answers 412 for more devices than the plan allows", async () => {
    simulator.choices.planLimits = { devices: 0 };
    assert.match(await refused(client.devices.devicesV2Create({ type: "giga" }), 412), /plan/);
    const claim = { type: "giga", unique_hardware_id: hardwareId("c"), user_id: simulator.userId };
    assert.equal((await send("PUT", "/claim", claim)).status, 412);
    simulator.choices.planLimits = {};
  });
});
