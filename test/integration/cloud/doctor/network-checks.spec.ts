import assert from "node:assert/strict";
import net, { type AddressInfo } from "node:net";
import { systemClock } from "../../../../cloud/core/clock";
import { checkName, checkPort, checkTls, serverOf } from "../../../../cloud/doctor/network-checks";
import type { TlsOptions } from "../../../../cloud/core/tls";
import { startTlsServer } from "../../../support/tls-server";

const { signal } = new AbortController();

describe("the way to a server", () => {
  it("is read from its address", () => {
    const cases: [string, string, number, boolean][] = [
      ["https://api2.arduino.cc", "api2.arduino.cc", 443, true],
      ["http://cloud.test/base", "cloud.test", 80, false],
      ["wss://wss.iot.arduino.cc:8443/mqtt", "wss.iot.arduino.cc", 8443, true],
      ["mqtts://broker.test", "broker.test", 8883, true],
      ["mqtt://[::1]", "::1", 1883, false],
    ];
    for (const [address, host, port, isSecure] of cases)
      assert.deepEqual(serverOf(address), { host, port, isSecure, tls: {} });
  });

  it("has a name that is known, or not", async () => {
    assert.equal((await checkName(serverOf("http://localhost"))).code, "ok");
    // Without a network, DNS itself does not answer.
    const { level, code } = await checkName(serverOf("http://no-such-host.invalid"));
    assert.equal(level, "problem");
    assert.match(code, /^(unknown|failed)$/);
  });

  it("has a port that is open, or not", async () => {
    const server = net.createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const there = serverOf(`mqtt://127.0.0.1:${port}`);
    assert.deepEqual((await checkPort(there, signal)).code, "ok");
    await new Promise((resolve) => server.close(resolve));
    const { code, values } = await checkPort(there, signal);
    assert.deepEqual([code, values], ["refused", { host: "127.0.0.1", port }]);
  });
});

describe("a server's certificate", () => {
  const check = async (
    made: Parameters<typeof startTlsServer>[0],
    trusts: "it" | "others" | "anybody" = "it",
    clock = systemClock,
  ): Promise<[string, string, unknown]> => {
    const server = await startTlsServer(made);
    const tls: Record<typeof trusts, TlsOptions> = {
      it: { ca: server.ca },
      others: {},
      anybody: { rejectUnauthorized: false },
    };
    const { level, code, values } = await checkTls(
      serverOf(`wss://127.0.0.1:${server.port}`, tls[trusts]),
      clock,
      signal,
    );
    await server.stop();
    return [level, code, values["days"]];
  };

  it("is good, or ends soon", async () => {
    assert.deepEqual(await check({}), ["ok", "ok", 364]);
    assert.deepEqual(await check({ to: 9.5 }), ["warning", "ending", 9]);
    const inAYear = { ...systemClock, now: () => Date.now() + 360 * 86_400_000 };
    assert.deepEqual(await check({}, "it", inAYear), ["warning", "ending", 4]);
  });

  it("is out of its time", async () => {
    assert.deepEqual((await check({ from: -9, to: -1 })).slice(0, 2), ["problem", "expired"]);
    assert.deepEqual((await check({ from: 1 })).slice(0, 2), ["problem", "early"]);
  });

  it("is nobody's, for another name, or not checked", async () => {
    assert.deepEqual((await check({}, "others")).slice(0, 2), ["problem", "untrusted"]);
    assert.deepEqual((await check({ names: ["other.test"] })).slice(0, 2), ["problem", "name"]);
    assert.deepEqual((await check({}, "anybody")).slice(0, 2), ["warning", "unchecked"]);
  });

  it("is not there where nobody speaks TLS, or none is wanted", async () => {
    const server = net.createServer((socket) =>
      socket
        .resume()
        .on("error", () => undefined)
        .end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    assert.equal((await checkTls(serverOf(`https://${address}`), systemClock, signal)).code, "refused");
    assert.equal((await checkTls(serverOf(`http://${address}`), systemClock, signal)).code, "plain");
    await new Promise((resolve) => server.close(resolve));
  });
});
