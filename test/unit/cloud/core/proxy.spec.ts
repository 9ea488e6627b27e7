import assert from "node:assert/strict";
import { findProxy } from "../../../../cloud/core/proxy";

/** The proxy that an environment names for a URL, as it may be shown. */
const found = (url: string, environment: Record<string, string>): string | undefined =>
  findProxy(url, undefined, environment)?.address;

describe("findProxy", () => {
  const api = "https://api2.arduino.cc";

  it("finds no proxy where none is named", () => {
    assert.equal(found(api, {}), undefined);
    assert.equal(found(api, { https_proxy: " ", ALL_PROXY: "" }), undefined);
  });

  it("takes the variables of a scheme, in small letters or capitals", () => {
    const cases: [string, Record<string, string>, string | undefined][] = [
      [api, { https_proxy: "http://p:1" }, "p:1"],
      [api, { HTTPS_PROXY: "http://p:1" }, "p:1"],
      [api, { ALL_PROXY: "http://p:1" }, "p:1"],
      [api, { http_proxy: "http://p:1" }, undefined],
      [api, { https_proxy: "p:1", all_proxy: "q:1" }, "p:1"],
      [api, { https_proxy: "", HTTPS_PROXY: "http://p:1" }, "p:1"],
      ["http://cloud.test", { http_proxy: "http://p:1" }, "p:1"],
      ["http://cloud.test", { https_proxy: "http://p:1" }, undefined],
      ["wss://b.test", { https_proxy: "http://p:1" }, "p:1"],
      ["wss://b.test", { https_proxy: "http://p:1", WSS_PROXY: "http://q:1" }, "q:1"],
      ["ws://b.test", { ws_proxy: "http://p:1" }, "p:1"],
      ["ws://b.test", { http_proxy: "http://p:1" }, "p:1"],
      ["mqtts://b.test", { https_proxy: "http://p:1" }, "p:1"],
      ["mqtt://b.test", { all_proxy: "http://p:1" }, "p:1"],
    ];
    for (const [url, environment, expected] of cases)
      assert.equal(found(url, environment), expected, `${url} ${JSON.stringify(environment)}`);
  });

  it("makes exceptions of names, of what is below them, of addresses and of ranges", () => {
    const excepted = (url: string, no_proxy: string): boolean =>
      found(url, { all_proxy: "http://p:1", no_proxy }) === undefined;
    for (const entry of ["*", "other.test, arduino.cc", ".arduino.cc", "API2.arduino.cc:443", "*.arduino.cc"])
      assert.equal(excepted(api, entry), true, entry);
    for (const entry of ["duino.cc", "arduino.cc:80", "2.arduino.cc", ".", "10.0.0.0/8", ""])
      assert.equal(excepted(api, entry), false, entry);
    for (const entry of ["10.0.0.0/8", "10.1.2.3", "10.1.2.3:1883"])
      assert.equal(excepted("mqtt://10.1.2.3", entry), true, entry);
    for (const entry of ["::1", "[::1]", "[::1]:1883", "0:0:0:0:0:0:0:1", "::/64"])
      assert.equal(excepted("mqtt://[::1]", entry), true, entry);
    for (const entry of ["::2", "[::1]:1884", "fe80::/10", "1"])
      assert.equal(excepted("mqtt://[::1]", entry), false, entry);
    assert.equal(found(api, { all_proxy: "http://p:1", NO_PROXY: "arduino.cc" }), undefined);
  });

  it("keeps the login apart from what may be shown, decoded once however it is written", () => {
    const login = (https_proxy: string): string[] => {
      const { url, address } = findProxy(api, undefined, { https_proxy }) ?? assert.fail();
      return [address, decodeURIComponent(url.username), decodeURIComponent(url.password)];
    };
    assert.deepEqual(login("http://me:p%40ss%3Aword@[fe80::2]:3128"), ["[fe80::2]:3128", "me", "p@ss:word"]);
    assert.deepEqual(login("https://me:100%@p.test"), ["p.test:443", "me", "100%"]);
    assert.deepEqual(login("me:pass@p.test:8080"), ["p.test:8080", "me", "pass"]);
  });

  it("prefers a proxy that was chosen, with its own login and exceptions", () => {
    const environment = { https_proxy: "http://other:1", no_proxy: "*" };
    const chosen = { url: "http://p.test:3128", user: "me@home", password: "50% off", exceptions: ["broker.test"] };
    const { address, url } = findProxy(api, chosen, environment) ?? assert.fail();
    assert.deepEqual(
      [address, decodeURIComponent(url.username), decodeURIComponent(url.password)],
      ["p.test:3128", "me@home", "50% off"],
    );
    assert.equal(findProxy("wss://broker.test", chosen, environment), undefined);
  });

  it("says of a SOCKS proxy that only HTTP proxies can be used, where it would be used at all", () => {
    for (const scheme of ["socks", "socks4", "socks5", "SOCKS5h"]) {
      const all_proxy = `${scheme}://me:secret@p:1080`;
      assert.throws(
        () => findProxy("mqtts://b.test", undefined, { all_proxy }),
        ({ code, message }: { code: string; message: string }) =>
          code === "not_configured" && /SOCKS.*all_proxy.*only HTTP/.test(message) && !message.includes("secret"),
      );
      assert.equal(found(api, { all_proxy, https_proxy: "http://p:1" }), "p:1");
      assert.equal(found(api, { all_proxy, no_proxy: "arduino.cc" }), undefined);
    }
  });

  it("refuses an address that it cannot use, without showing it", () => {
    for (const https_proxy of ["ftp://me:secret@p:1080", "http://me:secret@", "http://me:secret@p:99999"])
      assert.throws(
        () => findProxy(api, undefined, { https_proxy }),
        ({ code, message }: { code: string; message: string }) =>
          code === "not_configured" && message.includes("https_proxy") && !message.includes("secret"),
        https_proxy,
      );
  });
});
