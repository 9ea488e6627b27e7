import assert from "node:assert/strict";
import type { NodeAPI } from "node-red";
import { readDeviceSettings } from "../../../nodes/runtime/device-settings";

/** As much of Node-RED as settings need: an account and TLS configurations, by id. */
const accountWith = (deviceBrokerUrl: string): object => ({
  account: { rest: { endpoints: { deviceBrokerUrl } } },
  caseOf: () => ({}),
});
const nodes: Record<string, unknown> = {
  account: accountWith("mqtt://of.account:1883"),
  arduino: accountWith("mqtts://mqtts-up.iot.arduino.cc:8884"),
  broken: { fault: new Error("the account's own fault") },
  certificate: { addTLSOptions: (options: object) => Object.assign(options, { cert: "C", key: "K", ca: "A" }) },
  authority: { addTLSOptions: (options: object) => Object.assign(options, { ca: "A" }) },
};
const RED = { nodes: { getNode: (id: string) => nodes[id] ?? null, eachNode: () => undefined } } as unknown as NodeAPI;
const read = (raw: object, secrets: object = { deviceId: "d", secretKey: "s" }) =>
  readDeviceSettings(RED, raw as Record<string, unknown>, secrets as Record<string, unknown>);

describe("device settings", () => {
  it("find the broker by what is given", () => {
    assert.equal(read({}).brokerUrl, "mqtts://mqtts-up.iot.arduino.cc:8884");
    assert.equal(read({ account: "account" }).brokerUrl, "mqtt://of.account:1883");
    assert.equal(read({ account: "account", brokerUrl: " ws://mine " }).brokerUrl, "ws://mine");
    assert.equal(read({ account: "broken", brokerUrl: "ws://mine" }).brokerUrl, "ws://mine");
    assert.equal(read({ account: "account", tls: "authority" }).brokerUrl, "mqtt://of.account:1883");
    const certified = (account: string) => read({ account, tls: "certificate" }, { deviceId: "d" }).brokerUrl;
    assert.equal(certified(""), "mqtts://iot.arduino.cc:8885");
    assert.equal(certified("arduino"), "mqtts://iot.arduino.cc:8885");
    assert.equal(certified("account"), "mqtt://of.account:1883");
  });

  it("hold TLS down to 1.2 where Arduino's broker for certificates needs it, and nowhere else", () => {
    const tls = (brokerUrl: string) => read({ brokerUrl, tls: "certificate" }).tls;
    const all = { cert: "C", key: "K", ca: "A" };
    for (const host of ["iot", "mqtts-sa.iot"])
      assert.deepEqual(tls(`mqtts://${host}.arduino.cc:8885`), { ...all, maxVersion: "TLSv1.2" });
    for (const url of ["mqtts://iot.arduino.cc:8884", "mqtts://iot.arduino.cc.example:8885", "mqtts://mine:8885"])
      assert.deepEqual(tls(url), all);
    assert.equal(read({}).tls, undefined);
  });

  it("say what is wrong", () => {
    assert.throws(() => read({ account: "broken" }), /the account's own fault/);
    assert.throws(() => read({ account: "gone" }), { code: "not_configured" });
    assert.throws(() => read({ tls: "gone" }), { code: "not_configured", message: /"tls"/ });
    assert.throws(() => read({ messagesPerSecond: "many" }), { code: "not_configured", message: /messagesPerSecond/ });
  });
});
