import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { WebSocket } from "ws";
import { encodeSenml } from "../../../simulator/codec/senml";
import { connected, event, gather, messages, roundTrip, setUp, type Setup } from "../support/setup";
import { until } from "../../support/wait";

const value = Buffer.from("81a200656f746865720201", "hex");
const code = (expected: number) => (error: { code?: unknown }) => {
  assert.equal(error.code, expected);
  return true;
};

describe("simulator broker", () => {
  let s: Setup;
  let output: string;
  let input: string;
  beforeEach(async () => {
    s = await setUp();
    output = `/a/t/${s.thing.id}/e/o`;
    input = `/a/t/${s.thing.id}/e/i`;
  });
  afterEach(() => s.stop());

  describe("CONNECT", () => {
    it("takes users and devices on both listeners", async () => {
      for (const url of [s.broker.brokerUrl, s.broker.deviceBrokerUrl]) {
        (await s.user1({ url })).end();
        await event((await s.device1({ url })).end(), "close");
      }
      assert.deepEqual(
        s.observed.connects.map(({ returnCode }) => returnCode),
        [0, 0, 0, 0],
      );
    });

    it("refuses a wrong user name, a wrong, expired or revoked token and a wrong key with 5", async () => {
      const { id } = s.user;
      await assert.rejects(s.user1({ username: "someone" }), code(5));
      await assert.rejects(s.user1({ password: "x.y.z" }), code(5));
      const expired = (await s.tokens.mint({ userId: id }, -1)).accessToken;
      await assert.rejects(s.user1({ password: expired }), code(5));
      const revoked = (await s.tokens.mint({ userId: id })).accessToken;
      s.tokens.revokeAll();
      await assert.rejects(s.user1({ password: revoked }), code(5));
      await assert.rejects(s.device1({ password: "wrong" }), code(5));
      await assert.rejects(s.device1({ clientId: "other" }), code(5));
      await assert.rejects(connected(s.broker.deviceBrokerUrl, { clientId: "nobody" }), code(5));
      assert.equal(s.observed.connections.length, 0);
    });

    it("refuses a device whose key was removed, and drops the one that is connected", async () => {
      const device = await s.device1();
      s.store.setKey(s.device.id, undefined);
      await event(device, "close");
      await assert.rejects(s.device1({ password: "undefined" }), code(5));
    });

    it("drops and refuses a deleted device", async () => {
      const device = await s.device1();
      s.store.deleteDevice(s.device.id);
      await event(device, "close");
      await assert.rejects(s.device1(), code(5));
    });

    for (const [version, hex] of [
      ["3.1", "101000064d51497364700302000a00026161"],
      ["5", "100f00044d5154540502000a0000026161"],
    ] as const) {
      it(`refuses MQTT ${version} with 1`, async () => {
        const socket = connect(Number(new URL(s.broker.deviceBrokerUrl).port), "127.0.0.1");
        socket.write(Buffer.from(hex, "hex"));
        const [answer] = (await once(socket, "data")) as [Buffer];
        assert.equal(answer.toString("hex"), "20020001");
        await once(socket, "close");
        assert.equal(s.observed.connects[0]?.returnCode, 1);
      });
    }

    it("takes WebSockets on /mqtt with subprotocol mqtt only", async () => {
      const base = s.broker.brokerUrl;
      for (const [url, protocols] of [
        [base, []],
        [base, ["other"]],
        [base.replace("/mqtt", "/else"), ["mqtt"]],
      ] as const) {
        const socket = new WebSocket(url, [...protocols]);
        const [error] = (await once(socket, "error")) as [Error];
        assert.match(error.message, /400/);
      }
    });

    it("lets a second connection of the same client id take over without a packet", async () => {
      const first = await s.user1({ clientId: "same" });
      const packets: string[] = [];
      first.on("packetreceive", ({ cmd }) => packets.push(cmd));
      const closed = event(first, "close");
      const second = await s.user1({ clientId: "same" });
      await closed;
      assert.deepEqual(packets, []);
      assert.equal(second.connected, true);
      const other = await s.user1();
      await Promise.all([roundTrip(second), roundTrip(other)]);
    });
  });

  describe("topics", () => {
    it("refuses foreign topics and wildcards with 0x80, the rest of the packet goes on", async () => {
      const other = s.store.createUser();
      const foreign = s.store.createThing({ name: "Foreign" }, { userId: other.id });
      const space = s.store.createThing({ name: "Space" }, { userId: s.user.id, organizationId: "space" });
      const user = await s.user1();
      const granted = async (...topics: string[]): Promise<unknown> => {
        const packet = event(user, "packetreceive");
        user.subscribe(topics, { qos: 1 }, () => undefined);
        return ((await packet)[0] as { granted: unknown }).granted;
      };
      const foreigners = [`/a/t/${foreign.id}/e/o`, `/a/t/${space.id}/e/o`, `/a/d/${s.device.id}/c/dw`];
      const wildcards = ["#", "/a/t/+/e/o", `/a/t/${s.thing.id}/#`, `/a/t/${s.thing.id}/e/+`];
      const topics = [...foreigners, ...wildcards];
      assert.deepEqual(await granted(output, ...topics), [1, ...topics.map(() => 128)]);
      const { accessToken } = await s.tokens.mint({ userId: s.user.id, organizationId: "space" });
      const member = await s.user1({ password: accessToken });
      const answer = event(member, "packetreceive");
      member.subscribe([output, `/a/t/${space.id}/e/o`], () => undefined);
      assert.deepEqual(((await answer)[0] as { granted: unknown }).granted, [128, 0]);
    });

    it("drops a PUBLISH on a foreign topic but acknowledges it", async () => {
      const foreign = s.store.createThing({ name: "Foreign" }, { userId: s.store.createUser().id });
      const property = s.store.createProperty(foreign.id, { name: "other", type: "INT" });
      const user = await s.user1();
      await user.publishAsync(`/a/t/${foreign.id}/e/o`, value, { qos: 1 });
      assert.equal(property.last_value, undefined);
    });

    it("closes the connection for it when so chosen", async () => {
      s.store.choices.unauthorizedPublish = "disconnect";
      const user = await s.user1();
      user.publish("/a/t/nothing/e/o", value, { qos: 1 }, () => undefined);
      await event(user, "close");
    });

    it("relays bytes unchanged both ways, not to the sender, never retained", async () => {
      const user = await s.user1();
      const device = await s.device1();
      await user.subscribeAsync(output, { qos: 1 });
      await device.subscribeAsync(input);
      const atUser = gather(user);
      const atDevice = gather(device);
      const odd = Buffer.from("9fbf18007f6161ff02f93e00ffff", "hex");
      await user.publishAsync(input, odd, { qos: 1, retain: true });
      await device.publishAsync(output, Buffer.from("ff00", "hex"), { qos: 1, retain: true });
      await until("one message each", () => atUser.length === 1 && atDevice.length === 1);
      assert.deepEqual(atDevice, [{ topic: input, hex: odd.toString("hex") }]);
      assert.deepEqual(atUser, [{ topic: output, hex: "ff00" }]);
      const late = await s.user1();
      const atLate = gather(late);
      await late.subscribeAsync(output, { qos: 1 });
      await roundTrip(late);
      assert.deepEqual(atLate, []);
    });

    it("gives a device the topics of its present thing only", async () => {
      const device = await s.device1();
      await device.subscribeAsync(input);
      const got = gather(device);
      s.store.detach(s.thing.id);
      const user = await s.user1();
      await user.publishAsync(input, value, { qos: 1 });
      await roundTrip(device);
      assert.deepEqual(got, []);
      await assert.rejects(device.subscribeAsync(input));
    });

    it("puts on a topic what REST publishes", async () => {
      const user = await s.user1();
      await user.subscribeAsync(output, { qos: 1 });
      const next = messages(user, 1);
      s.store.emit("publish", { topic: output, payload: value });
      assert.deepEqual(await next, [{ topic: output, hex: value.toString("hex") }]);
      assert.equal(s.observed.publishes.at(-1)?.clientId, "rest");
    });
  });

  describe("storage", () => {
    const reported = async (...packs: Uint8Array[]): Promise<void> => {
      const device = await s.device1();
      for (const pack of packs) await device.publishAsync(output, Buffer.from(pack), { qos: 1 });
    };
    const property = (name: string) => s.store.propertyNamed(s.thing.id, name)!;

    it("keeps what devices report, with the message's time or the time of arrival", async () => {
      const time = Date.parse("2030-01-02T03:04:05.250Z");
      const before = Date.now();
      await reported(
        encodeSenml([{ variable: "temperature", value: 21.5 }], "cloud", { time }),
        encodeSenml([{ variable: "count", value: 7 }], "js", { time }),
        encodeSenml([{ variable: "lamp", value: { swi: true, hue: 5 } }], "cpp"),
      );
      assert.equal(property("temperature").last_value, 21.5);
      assert.equal(property("temperature").value_updated_at, "2030-01-02T03:04:05.250Z");
      assert.deepEqual(property("count").history, [{ time, value: 7 }]);
      assert.deepEqual(property("lamp").last_value, { swi: true, hue: 5, sat: 0, bri: 0 });
      assert.ok(property("lamp").history[0]!.time >= before);
    });

    it("ignores and counts what it can't use, and takes the rest", async () => {
      await reported(
        Buffer.from("ff", "hex"),
        encodeSenml(
          [
            { variable: "nobody", value: 1 },
            { variable: "count", value: "text" },
            { variable: "temperature", value: NaN },
            { variable: "on", value: true },
          ],
          "python",
        ),
      );
      assert.equal(s.broker.ignored.length, 4);
      assert.equal(property("on").last_value, true);
      assert.equal(property("count").last_value, undefined);
      assert.equal(property("temperature").last_value, undefined);
    });

    it("stores what users write only when so chosen", async () => {
      const user = await s.user1();
      const pack = Buffer.from(encodeSenml([{ variable: "count", value: 3 }], "js"));
      await user.publishAsync(input, pack, { qos: 1 });
      assert.equal(property("count").last_value, undefined);
      s.store.choices.storeInputs = true;
      await user.publishAsync(input, pack, { qos: 1 });
      assert.equal(property("count").last_value, 3);
    });

    it("notes devices coming and going", async () => {
      const device = await s.device1();
      assert.equal(s.device.connected, true);
      const closed = event(device, "close");
      const second = await s.device1();
      await closed;
      await roundTrip(second);
      assert.equal(s.device.connected, true);
      second.end();
      await until("offline", () => s.device.connected === false);
      assert.deepEqual(
        s.device.events.map((event) => event.value),
        ["CONNECTED", "DISCONNECTED"],
      );
    });
  });
});
