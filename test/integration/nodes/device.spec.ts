import assert from "node:assert/strict";
import type { CreatedDevice, NewDevice, TypedAccount } from "../../../nodes/admin/protocol";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type NodeRed, readUserFiles, startNodeRed } from "../../support/node-red";

/** The device node and the creation of devices, on a real Node-RED with users. */
describe("device node", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  const answers: string[] = [];

  before(async () => {
    house = await startHouse();
    red = await startNodeRed({ adminAuth: true });
    await deploy([]);
  });

  const tab = { id: "tab", type: "tab", label: "Flow" };
  const account = (): object => {
    const { clientId, clientSecret, ...settings } = house.account;
    return { id: "account", type: "arduino-cloud-account", ...settings, credentials: { clientId, clientSecret } };
  };
  const deviceNode = (more: object): object => ({
    id: "device",
    type: "arduino-cloud-device",
    account: "account",
    ...more,
  });
  /** Something that uses the device, so that it connects. */
  const user = { id: "out", type: "arduino-cloud-property-out", z: "tab", device: "device", wires: [[]] };
  const deploy = (nodes: object[]): Promise<void> => red.deploy([tab, account(), ...nodes], "admin");

  async function create(body: object, as: string | null = "admin"): Promise<{ status: number; body: unknown }> {
    const headers = { "Content-Type": "application/json" };
    const options = { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await red.fetch("/arduino-cloud/devices/create", options, as ?? undefined);
    const text = await answer.text();
    answers.push(text);
    const isJson = answer.headers.get("content-type")?.includes("json");
    return { status: answer.status, body: isJson ? JSON.parse(text) : text };
  }
  const wish = (more: Partial<NewDevice> = {}): NewDevice & { id: string } => ({
    ...{ id: "account", node: "device", name: "My Node-RED", attach: { to: "none", thing: "" } },
    ...more,
  });
  const stored = (id: string) => house.simulator.store.devices.get(id);
  const isOnline = (id: string): Promise<void> => until(`${id} online`, () => stored(id)?.connected === true);
  const devices = (): number => [...house.simulator.store.devices.values()].filter((one) => !one.deleted_at).length;

  it("lets nobody create a device without the right to", async () => {
    assert.equal((await create(wish(), null)).status, 401);
    assert.equal((await create(wish(), "reader")).status, 401);
    assert.equal(devices(), 1);
  });

  it("creates a device with a new thing, whose key gets to a node that is not deployed yet, unseen", async () => {
    const { status, body } = await create(wish({ attach: { to: "new", thing: "Node-RED thing" } }));
    assert.equal(status, 200);
    const { deviceId, thing, ...rest } = body as CreatedDevice;
    assert.deepEqual([thing?.name, rest], ["Node-RED thing", {}]);
    const device = stored(deviceId);
    assert.deepEqual([device?.name, device?.type], ["My Node-RED", "login_and_secretkey_wifi"]);
    assert.equal(house.simulator.store.thingOfDevice(deviceId)?.id, thing?.id);
    // As the editor sends it: the id that the form shows, and no key.
    await deploy([deviceNode({ credentials: { deviceId } }), user]);
    await isOnline(deviceId);
    // From now on it is an ordinary key, which other deploys leave alone ...
    await deploy([deviceNode({ name: "renamed", credentials: { deviceId, secretKey: "__PWRD__" } }), user]);
    await until("a second login", () => logins(deviceId) === 2);
    await isOnline(deviceId);
    // ... and which a typed one replaces.
    house.simulator.store.setKey(deviceId, "another key");
    await deploy([deviceNode({ credentials: { deviceId, secretKey: "another key" } }), user]);
    await until("a login with the other key", () => logins(deviceId) === 3);
    await isOnline(deviceId);
  });

  const logins = (deviceId: string): number =>
    house.simulator.observed.connects.filter(({ clientId, returnCode }) => clientId === deviceId && returnCode === 0)
      .length;

  it("changes nothing for a node whose form is cancelled", async () => {
    await deploy([deviceNode({ credentials: { deviceId: house.deviceId, secretKey: house.secretKey } }), user]);
    await isOnline(house.deviceId);
    const { status } = await create(wish({ name: "" }));
    assert.equal(status, 200);
    const before = logins(house.deviceId);
    await deploy([deviceNode({ name: "again", credentials: { secretKey: "__PWRD__" } }), user]);
    await until("the same login", () => logins(house.deviceId) === before + 1);
  });

  it("attaches to a thing that is free, with an account that is not deployed, and leaves others alone", async () => {
    const free = house.addThing("Free", { counter: "INT" });
    const { clientId, clientSecret, ...settings } = house.account;
    const typed: TypedAccount = { id: "new", settings, credentials: { clientId, clientSecret } };
    const good = await create({ ...wish({ node: "brandnew", attach: { to: "existing", thing: "Free" } }), ...typed });
    const { thing } = good.body as CreatedDevice;
    assert.deepEqual(thing, { id: free, name: "Free" });
    const count = devices();
    const taken = await create(wish({ attach: { to: "existing", thing: house.thingId } }));
    assert.deepEqual([taken.status, (taken.body as { code: string }).code], [502, "conflict"]);
    const unknown = await create(wish({ attach: { to: "existing", thing: "Nowhere" } }));
    assert.deepEqual([unknown.status, (unknown.body as { code: string }).code], [404, "not_found"]);
    assert.equal(devices(), count, "nothing was created");
    assert.equal(house.simulator.store.thingOfDevice(house.deviceId)?.id, house.thingId);
  });

  it("deletes the device again when a later step fails", async () => {
    const count = devices();
    house.simulator.faults.rest.push({ match: "/pass", method: "PUT", status: 403 });
    const { status, body } = await create(wish());
    assert.deepEqual([status, (body as { code: string }).code], [502, "forbidden"]);
    assert.equal(devices(), count);
  });

  it("refuses a body of any other kind, and other nodes", async () => {
    const count = devices();
    for (const body of [
      {},
      [],
      wish({ node: "" }),
      wish({ node: "__proto__/x" }),
      wish({ node: "account" }),
      wish({ node: "out" }),
      wish({ attach: { to: "new", thing: " " } }),
      { ...wish(), attach: { to: "elsewhere" } },
    ]) {
      assert.equal((await create(body)).status, 400, JSON.stringify(body));
    }
    assert.equal((await create({ ...wish(), id: "nobody" })).status, 409);
    assert.equal(devices(), count);
  });

  it("shows a key nowhere", async () => {
    const keys = [...house.simulator.store.devices.values()].flatMap(({ secret_key: key }) => key ?? []);
    assert.ok(keys.length >= 3);
    const flows = await (await red.fetch("/flows", {}, "admin")).text();
    const credentials = await (await red.fetch("/credentials/arduino-cloud-device/device", {}, "admin")).text();
    assert.match(credentials, /"has_secretKey":true/);
    const everything = [...answers, flows, credentials, red.log(), await readUserFiles(red.userDir)].join("\n");
    for (const key of keys) assert.equal(everything.includes(key), false);
  });
});
