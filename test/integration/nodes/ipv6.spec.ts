import assert from "node:assert/strict";
import net, { type AddressInfo } from "node:net";
import { examineAccount, examineDevice } from "../../../cloud/doctor/index";
import type { AccountNode } from "../../../nodes/runtime/account-node";
import type { DeviceNode } from "../../../nodes/runtime/device-node";
import { load, type TestRuntime } from "../../support/node-helper";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";

/** An IPv6 address in every place where a host may stand. */
describe("a cloud at an IPv6 address", () => {
  let house: House;
  let bench: TestRuntime;
  const servers: net.Server[] = [];

  /** Returns the URL of a server under an IPv6 address that leads there. */
  async function under6(url: string): Promise<string> {
    const { port } = new URL(url);
    const server = net.createServer((near) => {
      const far = net.connect(Number(port), "127.0.0.1");
      near.pipe(far).pipe(near);
      near.on("error", () => far.destroy());
      far.on("error", () => near.destroy());
      near.on("close", () => far.destroy());
      far.on("close", () => near.destroy());
    });
    await new Promise<void>((resolve, reject) => server.listen(0, "::1", resolve).on("error", reject));
    servers.push(server);
    return url.replace(`127.0.0.1:${port}`, `[::1]:${(server.address() as AddressInfo).port}`);
  }

  before(async function () {
    house = await startHouse();
    try {
      const { baseUrl, brokerUrl, deviceBrokerUrl } = house.account;
      house.account.baseUrl = await under6(baseUrl);
      house.account.brokerUrl = await under6(brokerUrl);
      house.account.deviceBrokerUrl = await under6(deviceBrokerUrl);
    } catch {
      // A machine without IPv6.
      this.skip();
    }
  });
  after(() => {
    for (const server of servers) server.close();
  });

  it("is reached by account and device, over a WebSocket and TCP, and examined by the doctor", async () => {
    const { deviceBrokerUrl: brokerUrl } = house.account;
    bench = await load(house, [
      { id: "device", type: "arduino-cloud-device", account: "account", brokerUrl },
      { id: "own", type: "arduino-cloud-property-in", device: "device", wires: [["written"]] },
      { id: "in", type: "arduino-cloud-property-in", account: "account", thing: "House", wires: [["reported"]] },
      { id: "out", type: "arduino-cloud-property-out", account: "account", thing: "House", property: "counter" },
      { id: "report", type: "arduino-cloud-property-out", device: "device", property: "counter" },
      { id: "written", type: "helper" },
      { id: "reported", type: "helper" },
    ]);
    await until("the subscriptions", () => {
      const lists = house.simulator.observed.connections.map(({ subscriptions }) => subscriptions.length);
      return lists.length === 2 && lists.every((length) => length > 0);
    });
    bench.node("out").receive({ payload: 5 });
    const [written] = await bench.arrived("written");
    assert.equal(written?.payload, 5);
    bench.node("report").receive({ payload: 6 });
    await until("the report", () => bench.at("reported").some(({ payload }) => payload === 6));
    const { caseOf } = bench.node("account") as unknown as Required<AccountNode>;
    const findings = await examineAccount({ ...caseOf(), uses: [] }, { signal: AbortSignal.timeout(10_000) });
    const found = Object.fromEntries(findings.map(({ id, code }) => [id, code]));
    const ways = ["api-dns", "api-port", "token", "things", "broker-dns", "broker-port", "login"];
    assert.deepEqual(
      ways.map((id) => found[id]),
      ways.map(() => "ok"),
    );
    const { settingsOf, device } = bench.node("device") as unknown as Required<DeviceNode>;
    const subject = { settings: settingsOf(), running: device.connectionState, twins: [], uses: [] };
    const ofDevice = await examineDevice(subject, { signal: AbortSignal.timeout(10_000) });
    const codes = ofDevice.filter(({ id }) => /^broker-(dns|port)$/.test(id)).map(({ code }) => code);
    assert.deepEqual(codes, ["ok", "ok"]);
    await bench.unload();
  });

  it("is reached over MQTT without WebSocket by an account, too", async () => {
    const account = { ...house.account, brokerUrl: house.account.deviceBrokerUrl };
    bench = await load({ ...house, account }, [
      { id: "in", type: "arduino-cloud-property-in", account: "account", thing: "House" },
    ]);
    const { session } = (bench.node("account") as unknown as AccountNode).account ?? assert.fail();
    await until("the session", () => session.state.name === "online");
    await bench.unload();
  });
});
