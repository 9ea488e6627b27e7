import assert from "node:assert/strict";
import net, { type AddressInfo } from "node:net";
import { CloudAccount } from "../../../cloud/account";
import { CloudDevice } from "../../../cloud/device";
import { openConnection } from "../../../cloud/mqtt/connection";
import type { ProxySettings } from "../../../cloud/core/proxy";
import type { AccountSettings } from "../../../cloud/rest/account-settings";
import { startSimulator } from "../../../simulator";
import { type ForwardingProxy, startProxy } from "../../support/forwarding-proxy";
import { rejection } from "../../support/rejection";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";

const variables = ["https_proxy", "http_proxy", "all_proxy", "no_proxy"];
const silent = { onMalformed: () => undefined, onFault: () => undefined };
const host = (url: string): string => new URL(url).host;

describe("an account behind a proxy", () => {
  let house: House;
  let proxy: ForwardingProxy;
  const closing: (() => Promise<void>)[] = [];
  const before = { ...process.env };

  beforeEach(async () => {
    house = await startHouse();
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    for (const name of variables) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
    await proxy.stop();
    await house.stop();
  });

  const open = (more: Partial<AccountSettings> = {}): CloudAccount => {
    const account = new CloudAccount({ ...house.account, ...more }, silent, { timings: { retryDelayMs: () => 20 } });
    closing.push(() => account.close());
    return account;
  };
  /** Has an account use REST and the broker. */
  const use = async (account: CloudAccount): Promise<void> => {
    assert.equal((await account.rest.directory.things()).length, 1);
    account.session.start();
    await until("the session", () => account.session.state.name === "online");
  };

  it("reaches REST and the broker through the proxy of the environment, its password decoded", async () => {
    proxy = await startProxy({ login: { user: "me", password: "p@ss:w/ord" } });
    process.env.all_proxy = proxy.url;
    await use(open());
    assert.deepEqual(
      [...new Set(proxy.asked)].sort(),
      [`CONNECT ${host(house.account.baseUrl)}`, `CONNECT ${host(house.account.brokerUrl)}`].sort(),
    );
    assert.deepEqual([...new Set(proxy.logins)], ["me:p@ss:w/ord"]);
  });

  it("reaches a broker over plain MQTT through it too, as an account and as a device", async () => {
    proxy = await startProxy();
    process.env.http_proxy = proxy.url;
    await use(open({ brokerUrl: house.account.deviceBrokerUrl.replace("127.0.0.1", "localhost") }));
    const device = new CloudDevice(
      { ...house, brokerUrl: house.account.deviceBrokerUrl, messagesPerSecond: 25 },
      silent,
    );
    closing.push(() => device.close());
    device.session.start();
    await until("the device", () => device.connectionState.name === "online");
    const { port } = new URL(house.account.deviceBrokerUrl);
    assert.ok(proxy.asked.includes(`CONNECT localhost:${port}`), proxy.asked.join());
    assert.ok(proxy.asked.includes(`CONNECT 127.0.0.1:${port}`), proxy.asked.join());
  });

  it("goes straight to what no_proxy names", async () => {
    proxy = await startProxy();
    process.env.all_proxy = proxy.url;
    process.env.no_proxy = `other.test,${host(house.account.brokerUrl)}`;
    await use(open());
    assert.deepEqual([...new Set(proxy.asked)], [`CONNECT ${host(house.account.baseUrl)}`]);
  });

  it("takes the proxy that was chosen, not that of the environment", async () => {
    proxy = await startProxy({ login: { user: "me", password: "100%" } });
    process.env.all_proxy = "http://127.0.0.1:9";
    const chosen: ProxySettings = { url: `http://${proxy.address}`, user: "me", password: "100%", exceptions: [] };
    await use(open({ proxy: chosen }));
    assert.ok(proxy.logins.every((login) => login === "me:100%"));
  });

  it("names the proxy and not the password where it does not take the login, and where it is away", async () => {
    proxy = await startProxy({ login: { user: "me", password: "right" } });
    process.env.all_proxy = `http://me:wrong-one@${proxy.address}`;
    const account = open();
    const refused = await rejection(account.rest.tokens.get(), "server_error", /does not accept the user name/);
    assert.ok(refused.message.includes(proxy.address) && !refused.message.includes("wrong-one"), refused.message);
    assert.equal(refused.statusCode, 407);
    await proxy.down(true);
    const away = await rejection(account.rest.tokens.get(), "offline", /proxy .* could not be reached/);
    assert.ok(away.message.includes(proxy.address) && !away.message.includes("wrong-one"), away.message);
    const { signal } = new AbortController();
    const options = { login: { clientId: "client" }, signal, onMessage: () => undefined };
    for (const url of [house.account.brokerUrl, house.account.deviceBrokerUrl]) {
      const broker = await rejection(openConnection({ ...options, url }), "offline", /proxy .* could not be reached/);
      assert.ok(broker.message.includes(proxy.address), broker.message);
    }
    assert.equal(house.simulator.observed.requests.length, 0);
  });

  it("tells a proxy that refuses from a server that it cannot reach", async () => {
    proxy = await startProxy();
    process.env.all_proxy = proxy.url;
    proxy.refusal = 403;
    const account = open();
    await rejection(account.rest.tokens.get(), "server_error", /lets nothing through to 127\.0\.0\.1:\d+ \(HTTP 403\)/);
    proxy.refusal = undefined;
    await house.simulator.restDown(true);
    await rejection(account.rest.tokens.get(), "offline", /could not reach 127\.0\.0\.1:\d+ \(HTTP 502\)/);
  });

  it("is online again when the proxy is back, and leaves no tunnel behind when it closes", async () => {
    proxy = await startProxy();
    process.env.all_proxy = proxy.url;
    const account = open();
    await use(account);
    await proxy.down(true);
    await until("the loss", () => account.session.state.name !== "online");
    await proxy.down(false);
    await until("the session again", () => account.session.state.name === "online");
    assert.equal((await account.rest.directory.things({ maxAgeMs: 0 })).length, 1);
    await account.close();
    await until("no tunnel", () => proxy.open === 0);
  });

  it("gives up a proxy that never answers, and leaves nothing open", async () => {
    proxy = await startProxy({ resolve: () => ({ host: "127.0.0.1", port: 9 }) });
    const sockets = new Set<net.Socket>();
    const mute = net.createServer((socket) => {
      sockets.add(socket.resume());
      socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
    });
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    closing.push(() => new Promise((resolve) => mute.close(() => resolve())));
    process.env.all_proxy = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    const controller = new AbortController();
    const attempt = openConnection({
      url: house.account.brokerUrl,
      login: { clientId: "client" },
      signal: controller.signal,
      onMessage: () => undefined,
    });
    await until("the attempt", () => sockets.size === 1);
    controller.abort();
    await rejection(attempt, "cancelled");
    await until("no connection to the proxy", () => sockets.size === 0);
  });

  it("reaches a cloud with TLS through it, by name and by address, and checks the certificate all the same", async () => {
    const simulator = await startSimulator({ tls: true });
    closing.push(() => simulator.stop());
    proxy = await startProxy();
    process.env.https_proxy = proxy.url;
    const { clientId, clientSecret, caPem: ca } = simulator;
    const brokers = [simulator.secureBrokerUrl, simulator.secureDeviceBrokerUrl];
    for (const brokerUrl of brokers) {
      const account = open({ clientId, clientSecret, baseUrl: simulator.secureRestUrl, brokerUrl, tls: { ca } });
      assert.deepEqual(await account.rest.directory.things(), []);
      account.session.start();
      await until("the session", () => account.session.state.name === "online");
      assert.ok(proxy.asked.includes(`CONNECT ${host(brokerUrl)}`), proxy.asked.join());
    }
    const stranger = open({ clientId, clientSecret, baseUrl: simulator.secureRestUrl });
    await rejection(stranger.rest.tokens.get(), "offline", /through the proxy .*(certificate|self.signed)/i);
  });

  it("reaches IPv6 addresses, of the proxy and of the servers", async function () {
    try {
      proxy = await startProxy({ host: "::1", resolve: (_host, port) => ({ host: "127.0.0.1", port }) });
    } catch {
      // A machine without IPv6.
      proxy = await startProxy();
      return this.skip();
    }
    process.env.all_proxy = proxy.url;
    const far = (url: string): string => url.replace("127.0.0.1", "[2001:db8::7]");
    const { baseUrl, brokerUrl, deviceBrokerUrl } = house.account;
    await use(open({ baseUrl: far(baseUrl), brokerUrl: far(brokerUrl) }));
    await use(open({ baseUrl: far(baseUrl), brokerUrl: far(deviceBrokerUrl) }));
    for (const url of [baseUrl, brokerUrl, deviceBrokerUrl])
      assert.ok(proxy.asked.includes(`CONNECT ${host(far(url))}`), proxy.asked.join());
  });
});
