import assert from "node:assert/strict";
import { type DeviceCase, examineDevice, type Finding } from "../../../../cloud/doctor/index";
import { CloudError } from "../../../../cloud/core/errors";
import { createRest, type Rest } from "../../../../cloud/rest/index";
import { attached, closeDevices, openDevice, settingsOf } from "../../../support/device";
import { type House, startHouse } from "../../../support/simulated-account";

describe("the doctor on a device", function () {
  this.timeout(60_000);
  let house: House;
  let rest: Rest;

  before(async () => {
    house = await startHouse();
    rest = createRest(house.account);
  });
  after(async () => {
    rest.close();
    await house.stop();
  });
  afterEach(closeDevices);

  const examine = (more: Partial<DeviceCase> = {}): Promise<Finding[]> =>
    examineDevice(
      { settings: settingsOf(house), rest, twins: [], uses: [], ...more },
      { signal: AbortSignal.timeout(30_000) },
    );
  const outline = (findings: Finding[]): Record<string, string> =>
    Object.fromEntries(findings.map(({ id, code }) => [id, code]));

  it("finds a good one good, and its variables", async () => {
    const uses = [{ node: "n", thing: "", property: "relay", writes: false }];
    assert.deepEqual(outline(await examine({ uses })), {
      "broker-dns": "ok",
      "broker-port": "ok",
      "broker-tls": "plain",
      device: "ok",
      attachment: "ok",
      identity: "ok",
      variables: "ok",
    });
    const gone = [{ node: "n", thing: "", property: "gone", writes: false }];
    assert.equal(outline(await examine({ uses: gone }))["variables"], "no-variable");
  });

  it("tries the key only where it disconnects nobody", async () => {
    const { connects } = house.simulator.observed;
    const board = await house.board();
    const before = connects.length;
    assert.equal(outline(await examine())["identity"], "elsewhere");
    const alone = await examineDevice(
      { settings: settingsOf(house), twins: [], uses: [] },
      { signal: AbortSignal.timeout(30_000) },
    );
    assert.deepEqual(
      alone.slice(3).map(({ code }) => code),
      ["no-account", "unknown", "untried"],
    );
    assert.equal(connects.length, before);
    await board.close();
    const device = openDevice(settingsOf(house));
    await attached(device, house.thingId);
    const running = device.connectionState;
    assert.equal(outline(await examine({ running }))["identity"], "running");
    assert.equal(connects.length, before + 1);
  });

  it("tells a wrong key, an unknown device and one without a thing", async () => {
    const wrong = await examine({ settings: { ...settingsOf(house), secretKey: "another key" } });
    assert.equal(outline(wrong)["identity"], "refused");
    assert.equal(JSON.stringify(wrong).includes("another key"), false);
    const nobody = { ...settingsOf(house), deviceId: "12345678-1234-1234-1234-123456789012" };
    const unknown = outline(await examine({ settings: nobody }));
    assert.deepEqual([unknown["device"], unknown["identity"]], ["missing", "blocked"]);
    const { store, userId } = house.simulator;
    const spare = store.createDevice({ name: "Spare", secret_key: "spare key" }, { userId });
    const settings = { ...settingsOf(house), deviceId: spare.id, secretKey: "spare key" };
    const loose = outline(await examine({ settings }));
    assert.deepEqual([loose["device"], loose["attachment"], loose["identity"]], ["ok", "none", "ok"]);
  });

  it("tells of settings that cannot be used", async () => {
    for (const more of [{ deviceId: "" }, { deviceId: "x" }, { secretKey: "" }, { brokerUrl: "http://x" }])
      assert.deepEqual(outline(await examine({ settings: { ...settingsOf(house), ...more } })), {
        settings: "unusable",
      });
  });

  it("tells of a broker that is not there, and of an account that does not answer", async () => {
    const away = outline(await examine({ settings: { ...settingsOf(house), brokerUrl: "mqtt://127.0.0.1:1" } }));
    assert.deepEqual([away["broker-port"], away["device"], away["identity"]], ["refused", "ok", "blocked"]);
    const bad = createRest({ ...house.account, clientSecret: "wrong" });
    assert.equal(outline(await examine({ rest: bad }))["device"], "unlisted");
    bad.close();
  });

  it("tells of two clients with one identity", async () => {
    const error = new CloudError("conflict", "again and again");
    const running = { name: "taken-over", until: 0, error } as const;
    assert.equal(outline(await examine({ running }))["identity"], "taken-over");
    const twins = (await examine({ twins: ["one", "two"] })).find(({ id }) => id === "identity");
    assert.deepEqual([twins?.code, twins?.values], ["twins", { nodes: "one, two" }]);
  });
});
