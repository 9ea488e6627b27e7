import assert from "node:assert/strict";
import { examineAccount } from "../../../cloud/doctor/index";
import type { AccountNode } from "../../../nodes/runtime/account-node";
import { type ForwardingProxy, startProxy } from "../../support/forwarding-proxy";
import { load, type TestRuntime } from "../../support/node-helper";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";

const login = { user: "me", password: "p@ss%" };
const credentials = { proxy: { username: login.user, password: login.password } };

describe("account and device with an HTTP proxy node", () => {
  let house: House;
  let proxy: ForwardingProxy;
  let runtime: TestRuntime;

  beforeEach(async () => {
    house = await startHouse();
    proxy = await startProxy({ login });
  });
  afterEach(async () => {
    await runtime.unload();
    await proxy.stop();
    await house.stop();
  });

  const start = async (more: object = {}): Promise<void> => {
    const { deviceBrokerUrl: brokerUrl } = house.account;
    runtime = await load(
      house,
      [
        { id: "proxy", type: "http proxy", url: `http://${proxy.address}`, noproxy: [], ...more },
        { id: "device", type: "arduino-cloud-device", brokerUrl, proxy: "proxy" },
        { id: "in", type: "arduino-cloud-property-in", account: "account", thing: house.thingId, wires: [["out"]] },
        { id: "own", type: "arduino-cloud-property-in", device: "device" },
        { id: "out", type: "helper" },
      ],
      { proxy: "proxy" },
      {},
      credentials,
    );
  };

  it("reaches REST and both brokers through it, and values arrive", async () => {
    await start();
    const { session } = (runtime.node("account") as unknown as AccountNode).account ?? assert.fail();
    await until("the session", () => session.state.name === "online");
    const ways = [house.account.baseUrl, house.account.brokerUrl, house.account.deviceBrokerUrl];
    await until("all ways", () => ways.every((url) => proxy.asked.includes(`CONNECT ${new URL(url).host}`)));
    assert.deepEqual([...new Set(proxy.logins)], [`${login.user}:${login.password}`]);
    await until("the subscription", () =>
      house.simulator.observed.connections.some(
        ({ kind, subscriptions }) => kind === "user" && [...subscriptions].length > 0,
      ),
    );
    const board = await house.board();
    await board.report({ counter: 7 });
    const [message] = await runtime.arrived("out");
    assert.equal(message?.payload, 7);
  });

  it("are told of a SOCKS proxy once, and send nothing", async () => {
    process.env.ws_proxy = process.env.http_proxy = "socks5://me:secret@127.0.0.1:1080";
    try {
      const node = { id: "in", type: "arduino-cloud-property-in", account: "account", thing: "House" };
      runtime = await load(house, [
        ...[node, { ...node, id: "other" }],
        { id: "get", type: "arduino-cloud-property-get", account: "account", thing: "House" },
        { id: "catch", type: "catch", wires: [["caught"]] },
        { id: "caught", type: "helper" },
      ]);
      runtime.node("get").receive({});
      await runtime.arrived("caught", 2);
      runtime.node("get").receive({});
      await runtime.arrived("caught", 3);
      type Caught = { code: string; message: string; source: { id: string } };
      const errors = runtime.at("caught").map(({ error }) => error as Caught);
      assert.deepEqual(errors.map(({ source }) => source.id).sort(), ["account", "get", "get"]);
      assert(errors.every(({ code, message }) => code === "not_configured" && message.includes("SOCKS")));
      assert.equal(house.simulator.observed.requests.length, 0);
    } finally {
      delete process.env.ws_proxy;
      delete process.env.http_proxy;
    }
  });

  it("goes straight to its exceptions", async () => {
    await start({ noproxy: ["127.0.0.1"] });
    const { session } = (runtime.node("account") as unknown as AccountNode).account ?? assert.fail();
    await until("the session", () => session.state.name === "online");
    assert.deepEqual(proxy.asked, []);
  });

  it("says so where it has no address", async () => {
    await start({ url: "" });
    const { fault } = runtime.node("account") as unknown as AccountNode;
    assert.equal(fault?.code, "not_configured");
    assert.match(fault.message, /HTTP proxy has no address/);
  });

  it("is named by the doctor, which examines the way through it", async () => {
    await start();
    const { caseOf } = runtime.node("account") as unknown as AccountNode;
    const subject = caseOf?.() ?? assert.fail();
    const examine = async (): Promise<string[]> => {
      const findings = await examineAccount({ ...subject, uses: [] }, { signal: AbortSignal.timeout(60_000) });
      assert.ok(!JSON.stringify(findings).includes(login.password));
      return findings.map(({ id, topic, code, values }) => `${id} ${topic} ${code} ${values.proxy ?? ""}`.trim());
    };
    const good = await examine();
    for (const finding of [
      `api-dns general proxy ${proxy.address}`,
      "api-port port ok",
      "api-tls tls plain",
      "token token ok",
      `broker-dns general proxy ${proxy.address}`,
      "login login ok",
    ])
      assert.ok(good.includes(finding), `${finding}: ${good.join("\n")}`);
    proxy.refusal = 403;
    const bad = await examine();
    assert.ok(bad.includes(`api-tls general proxy-refused ${proxy.address}`), bad.join("\n"));
  });
});
