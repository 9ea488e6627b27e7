import assert from "node:assert/strict";
import type { MqttClient } from "mqtt";
import { encodeSenml } from "../../../simulator/codec/senml";
import { connected, event, gather, roundTrip, setUp, type Setup } from "../support/setup";
import { found, until } from "../../support/wait";

const pack = Buffer.from(encodeSenml([{ variable: "count", value: 1 }], "js"));

describe("simulator broker faults", () => {
  let s: Setup;
  let output: string;
  let input: string;
  beforeEach(async () => {
    s = await setUp();
    output = `/a/t/${s.thing.id}/e/o`;
    input = `/a/t/${s.thing.id}/e/i`;
  });
  afterEach(() => s.stop());

  it("drops users, devices or both, and takes new connections", async () => {
    const user = await s.user1();
    const device = await s.device1();
    s.broker.dropAll({ users: true });
    await event(user, "close");
    await roundTrip(device);
    const again = await s.user1();
    s.broker.dropAll();
    await Promise.all([event(again, "close"), event(device, "close")]);
    assert.deepEqual(s.observed.connections, []);
    assert.equal((await s.user1()).connected, true);
  });

  for (const returnCode of [1, 2, 3, 4, 5] as const) {
    it(`refuses every CONNECT with ${returnCode} on order`, async () => {
      s.faults.refuseConnect = returnCode;
      await assert.rejects(s.user1(), { code: returnCode });
      await assert.rejects(s.device1(), { code: returnCode });
      s.faults.refuseConnect = null;
      assert.equal((await s.user1()).connected, true);
    });
  }

  it("destroys new sockets on order", async () => {
    s.faults.refuseConnect = "socket";
    await assert.rejects(s.user1());
    await assert.rejects(s.device1());
    assert.deepEqual(s.observed.connects, []);
  });

  it("goes down and comes back on the same ports", async () => {
    const user = await s.user1();
    const device = await s.device1();
    const urls = [s.broker.brokerUrl, s.broker.deviceBrokerUrl];
    const closed = Promise.all([event(user, "close"), event(device, "close")]);
    await s.broker.brokerDown(true);
    await closed;
    await assert.rejects(s.user1(), { code: "ECONNREFUSED" });
    await assert.rejects(s.device1(), { code: "ECONNREFUSED" });
    await s.broker.brokerDown(false);
    assert.deepEqual([s.broker.brokerUrl, s.broker.deviceBrokerUrl], urls);
    await s.user1();
    await s.device1();
  });

  it("leaves present connections half-open, new ones work", async () => {
    for (const url of [s.broker.brokerUrl, s.broker.deviceBrokerUrl]) {
      const user = await s.user1({ url });
      await user.subscribeAsync(output, { qos: 1 });
      const got = gather(user);
      s.broker.halfOpen(true);
      let acknowledged = false;
      user.publish(input, pack, { qos: 1 }, () => (acknowledged = true));
      const other = await s.user1();
      await other.publishAsync(output, pack, { qos: 1 });
      // The broker acknowledges it before it has handed it to all.
      await roundTrip(other);
      assert.equal(user.connected, true);
      assert.ok(s.observed.publishes.every(({ topic }) => topic === output));
      s.broker.halfOpen(false);
      await other.publishAsync(output, Buffer.of(1), { qos: 1 });
      await until("the link lives again", () => got.length > 0);
      assert.deepEqual([acknowledged, got], [false, [{ topic: output, hex: "01" }]]);
    }
  });

  it("leaves a half-open connection open although the broker gave it up, until the link lives again", async () => {
    for (const url of [s.broker.brokerUrl, s.broker.deviceBrokerUrl]) {
      const lost = await s.user1({ url, clientId: "same" });
      s.broker.halfOpen(true);
      await roundTrip(await s.user1({ url, clientId: "same" }));
      assert.equal(lost.connected, true);
      const closed = event(lost, "close");
      s.broker.halfOpen(false);
      await closed;
    }
  });

  it("answers no PINGREQ while half-open, so that the client finds out", async () => {
    const user = await s.user1({ keepalive: 1 });
    s.broker.halfOpen(true);
    const [error] = (await event(user, "error")) as [Error];
    assert.match(error.message, /keepalive/i);
  });

  it("answers late on order, in order", async () => {
    const user = await s.user1();
    await user.subscribeAsync(output, { qos: 1 });
    const got = gather(user);
    s.faults.delayMs = 150;
    const start = performance.now();
    for (let count = 0; count < 5; count += 1) s.broker.inject(output, Buffer.of(count));
    await until("five messages", () => got.length === 5);
    assert.ok(performance.now() - start > 140);
    assert.deepEqual(
      got.map(({ hex }) => hex),
      ["00", "01", "02", "03", "04"],
    );
    await assert.rejects(s.user1({ password: "wrong" }), { code: 5 });
  });

  it("delivers QoS 1 messages twice on order", async () => {
    s.faults.duplicate = true;
    const user = await s.user1();
    const careless = await s.user1();
    await user.subscribeAsync(output, { qos: 1 });
    await careless.subscribeAsync(output, { qos: 0 });
    const [got, once] = [gather(user), gather(careless)];
    const device = await s.device1();
    await device.publishAsync(output, pack, { qos: 1 });
    await until("two copies", () => got.length === 2);
    await Promise.all([roundTrip(user), roundTrip(careless)]);
    assert.deepEqual([got.length, once.length], [2, 1]);
  });

  it("swallows or only acknowledges as many user messages as ordered", async () => {
    const user = await s.user1();
    const device = await s.device1();
    await device.subscribeAsync(input, { qos: 1 });
    const got = gather(device);
    s.faults.ackThenDrop = 1;
    await user.publishAsync(input, Buffer.of(1), { qos: 1 });
    s.faults.dropUnacked = 1;
    let acknowledged = false;
    user.publish(input, Buffer.of(2), { qos: 1 }, () => (acknowledged = true));
    await user.publishAsync(input, Buffer.of(3), { qos: 1 });
    await until("the third message", () => got.length > 0);
    assert.deepEqual(got, [{ topic: input, hex: "03" }]);
    assert.equal(acknowledged, false);
    assert.deepEqual([s.faults.ackThenDrop, s.faults.dropUnacked], [0, 0]);
  });

  it("refuses the ordered topics in the SUBACK", async () => {
    s.faults.subackRefuse = [output];
    const user = await s.user1();
    await assert.rejects(user.subscribeAsync(output));
    s.faults.subackRefuse = [];
    await user.subscribeAsync(output);
  });

  it("leaves SUBSCRIBEs undecided on order, and decides them when that ends", async () => {
    const [user, other, witness] = [await s.user1(), await s.user1(), await s.user1()];
    const got = gather(user);
    const answers: string[] = [];
    s.broker.holdSubscribes(true);
    const granted = user.subscribeAsync(output).then(() => answers.push("granted"));
    const refused = other.subscribeAsync(input).catch(() => answers.push("refused"));
    await until("both", () => s.broker.heldSubscribes === 2);
    s.broker.inject(output, Buffer.of(2));
    await roundTrip(witness);
    assert.deepEqual([answers, got], [[], []]);
    s.faults.subackRefuse = [input];
    s.broker.holdSubscribes(false);
    await Promise.all([granted, refused]);
    assert.deepEqual(answers.sort(), ["granted", "refused"]);
    s.broker.inject(output, Buffer.of(3));
    await until("the message", () => got.length > 0);
    assert.deepEqual(got, [{ topic: output, hex: "03" }]);
  });

  it("closes a user's connection when its token expires, unless told not to", async () => {
    const logIn = (): Promise<{ user: MqttClient; password: string }> =>
      found("a login within the token's life", async () => {
        const { accessToken: password } = await s.tokens.mint({ userId: s.user.id }, 1.5);
        const user = await s.user1({ password }).catch(() => undefined);
        return user && { user, password };
      });
    await event((await logIn()).user, "close");
    s.faults.closeAtExpiry = false;
    const { user, password } = await logIn();
    await until("the token's end", () => s.tokens.verify(password) === undefined);
    await roundTrip(user);
  });

  it("injects raw bytes", async () => {
    const user = await s.user1();
    await user.subscribeAsync(output, { qos: 1 });
    const got = gather(user);
    s.broker.inject(output, Buffer.from("ff", "hex"));
    await until("the bytes", () => got.length === 1);
    assert.deepEqual(got, [{ topic: output, hex: "ff" }]);
  });

  it("stops with connections of every kind, and nothing answers any more", async () => {
    const user = await s.user1();
    const device = await s.device1();
    s.broker.halfOpen(true);
    const closed = Promise.all([event(user, "close"), event(device, "close")]);
    await s.broker.stop();
    await closed;
    await assert.rejects(connected(s.broker.deviceBrokerUrl, { clientId: "x" }), { code: "ECONNREFUSED" });
  });
});
