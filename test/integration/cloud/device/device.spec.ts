import assert from "node:assert/strict";
import { CloudAccount } from "../../../../cloud/account";
import type { LiveValue } from "../../../../cloud/live-values/value-feed";
import { decodeReadings } from "../../../../cloud/codec/senml-decode";
import { encodeWrite } from "../../../../cloud/codec/senml-encode";
import type { CloudDevice } from "../../../../cloud/device";
import { encodeCommand } from "../../../../simulator/codec/commands";
import { operation } from "../../../../cloud/rest/index";
import type { Property } from "../../../../simulator/store/store";
import { attached, closeDevices, malformed, openDevice, report, settingsOf, standing } from "../../../support/device";
import { type House, startHouse } from "../../../support/simulated-account";
import { until } from "../../../support/wait";

describe("CloudDevice against the simulator", () => {
  let house: House;

  beforeEach(async () => {
    house = await startHouse();
  });
  afterEach(async () => {
    await closeDevices();
    await house.stop();
  });

  const property = (name: string, thingId = house.thingId): Property =>
    house.simulator.store.propertyNamed(thingId, name)!;
  const connections = (): string[] =>
    house.simulator.observed.connections.filter(({ kind }) => kind === "device").map(({ clientId }) => clientId);
  const isOnline = (): boolean => house.simulator.store.devices.get(house.deviceId)?.connected === true;
  const collect = (device: CloudDevice, variable = ""): LiveValue[] => {
    const received: LiveValue[] = [];
    device.listen(variable, { value: (live) => received.push(live) });
    return received;
  };
  const write = (thingId: string, name: string, value: number | boolean | string): void =>
    house.simulator.inject(`/a/t/${thingId}/e/i`, encodeWrite({ property: name, value }));

  describe("as the only device of a thing", () => {
    it("is online, receives writes of REST and of dashboards, and its reports are the cloud's last values", async () => {
      const device = openDevice(settingsOf(house));
      const received = collect(device);
      await attached(device, house.thingId);
      assert.equal(isOnline(), true);
      assert.deepEqual(connections(), [house.deviceId]);

      const account = new CloudAccount(house.account, { onMalformed: () => undefined, onFault: () => undefined });
      account.session.start();
      await account.rest.client.call(operation("properties_v2#publish"), {
        path: { id: house.thingId, pid: house.propertyIds.relay ?? "" },
        body: { value: true },
      });
      await until("the write of REST", () => received.length === 1);
      await new Promise((settle) =>
        account.writer.write({
          ...{ owner: "spec", thing: house.thingId, values: new Map([["counter", 42]]), as: "user" },
          ...{ whenOffline: "queue", queueLimit: 1, settle },
        }),
      );
      await until("the write of a user", () => received.length === 2);
      await account.close();
      assert.deepEqual(
        received.map(({ variable, value, direction, own }) => [variable, value, direction, own]),
        [
          ["relay", true, "requested", false],
          ["counter", 42, "requested", false],
        ],
      );

      assert.equal(await report(device, { temperature: 21.5, relay: false }), undefined);
      assert.equal(property("temperature").last_value, 21.5);
      assert.equal(property("relay").last_value, false);
      await device.close();
      await until("offline in the cloud", () => !isOnline());
    });

    it("packs several values into messages of up to 256 bytes, splits none, and keeps their order", async () => {
      const device = openDevice(settingsOf(house));
      await attached(device, house.thingId);
      const long = "x".repeat(300);
      const lamp = { swi: true, hue: 1, sat: 2, bri: 3 };
      const values = { temperature: 1.5, sensor: 2.5, counter: 3, lamp, message: long, relay: true };
      assert.equal(await report(device, values), undefined);
      const sent = house.simulator.observed.publishes.filter(({ topic }) => topic === `/a/t/${house.thingId}/e/o`);
      const names = sent.map(({ payload }) => decodeReadings(payload).readings.map((reading) => reading.property));
      assert.deepEqual(names, [["temperature", "sensor", "counter", "lamp"], ["message"], ["relay"]]);
      assert.ok(sent.every(({ payload }, index) => index === 1 || payload.length <= 256));
      assert.deepEqual(property("lamp").last_value, lamp);
    });

    it("converts by the type where it is known, and completes a partial object from the last one", async () => {
      const device = openDevice(settingsOf(house));
      const received = collect(device, "lamp");
      await attached(device, house.thingId);
      const types = (variable: string): string => property(variable).type;
      assert.equal(await report(device, { temperature: " 7 ", relay: "on" }, { types }), undefined);
      assert.deepEqual([property("temperature").last_value, property("relay").last_value], [7, true]);
      await report(device, { lamp: { swi: true, hue: 1, sat: 2, bri: 3 } }, { types });
      await report(device, { lamp: { bri: 90 } }, { types });
      assert.deepEqual(property("lamp").last_value, { swi: true, hue: 1, sat: 2, bri: 90 });
      house.simulator.inject(
        `/a/t/${house.thingId}/e/i`,
        encodeWrite({ property: "lamp", value: { swi: false, hue: 1, sat: 2, bri: 5 } }),
      );
      await until("the write", () => received.length === 1);
      await report(device, { lamp: { hue: 200 } }, { types });
      assert.deepEqual(property("lamp").last_value, { swi: false, hue: 200, sat: 2, bri: 5 });
    });

    for (const [what, more] of [
      ["", { types: () => "HOME_COLORED_LIGHT" }],
      [", also where the type is not known", {}],
    ] as const) {
      it(`completes a part that is reported before the cloud has told its last values${what}`, async () => {
        house.simulator.store.record(house.thingId, "lamp", { swi: true, hue: 1, sat: 2, bri: 3 }, Date.now());
        const device = openDevice(settingsOf(house));
        assert.equal(await report(device, { lamp: { bri: 90 } }, more), undefined);
        assert.deepEqual(property("lamp").last_value, { swi: true, hue: 1, sat: 2, bri: 90 });
      });
    }

    it("refuses a value of no use, and sends nothing of that report", async () => {
      const device = openDevice(settingsOf(house));
      await attached(device, house.thingId);
      const before = house.simulator.observed.publishes.length;
      for (const value of [null, NaN, Buffer.from("x"), new Date(), () => 1, undefined, {}]) {
        assert.equal((await report(device, { counter: 1, message: value }))?.code, "invalid_value");
      }
      assert.equal((await report(device, { "a:b": 1 }))?.code, "invalid_value");
      assert.equal(house.simulator.observed.publishes.length, before);
    });

    it("survives malformed bytes on every topic", async () => {
      const device = openDevice(settingsOf(house));
      const received = collect(device, "counter");
      await attached(device, house.thingId);
      const own = `/a/d/${house.deviceId}`;
      const topics = [`${own}/e/i`, `${own}/c/dw`, `/a/t/${house.thingId}/e/i`, `/a/t/${house.thingId}/shadow/i`];
      for (const topic of topics) house.simulator.inject(topic, Buffer.from("9affffffff", "hex"));
      house.simulator.inject(`${own}/c/dw`, Buffer.from("da00010400817823", "hex"));
      // Each of these would be a topic: one that is heard of everything, or that no packet can carry.
      const ids = ["not/an/id", "+", "#", "x".repeat(66_000), `${house.thingId}/../#`];
      for (const id of ids) {
        house.simulator.inject(`${own}/e/i`, encodeWrite({ property: "thing_id", value: id }));
        house.simulator.inject(`${own}/c/dw`, Buffer.from(encodeCommand("ThingUpdate", [id])));
      }
      write(house.thingId, "counter", 5);
      await until("the good value", () => received.length === 1);
      await until("all of them", () => malformed.length === topics.length + 1 + 2 * ids.length);
      assert.equal(device.thing.id, house.thingId);
      assert.equal(house.simulator.observed.connects.length, 1, "it has not been dropped");
      const [{ subscriptions } = { subscriptions: [] }] = house.simulator.observed.connections;
      assert.deepEqual([...subscriptions].sort(), [...topics].sort());
    });
  });

  describe("and last values", () => {
    it("tells what the cloud holds, and keeps the time zone to itself", async () => {
      const time = Date.now() - 60_000;
      house.simulator.store.record(house.thingId, "temperature", 21.25, time);
      house.simulator.store.record(house.thingId, "message", "", time);
      const device = openDevice(settingsOf(house));
      const received = collect(device);
      let told = 0;
      device.observeLastValues(() => told++);
      await until("the last values", () => told > 0);
      const names = [...device.lastValues.keys()].sort();
      assert.deepEqual(names, ["message", "temperature"]);
      assert.equal(device.lastValues.get("temperature")?.value, 21.25);
      assert.equal(device.lastValues.get("message")?.value, "");
      assert.notEqual(device.timezone.offset, 0);
      write(house.thingId, "tz_offset", 7200);
      write(house.thingId, "counter", 1);
      await until("the value", () => received.length === 1);
      assert.deepEqual([received[0]?.variable, device.timezone.offset], ["counter", 7200]);
      assert.equal(told, 1, "the second of the two answers is not told");
      device.observeLastValues(() => told++);
      assert.equal(told, 2, "who comes later is told at once");
    });

    it("asks again after a reconnection", async () => {
      const device = openDevice(settingsOf(house));
      let told = 0;
      device.observeLastValues(() => told++);
      await until("the last values", () => told === 1);
      house.simulator.dropAll({ devices: true });
      house.simulator.store.record(house.thingId, "counter", 9, Date.now());
      await until("the last values again", () => told === 2);
      assert.equal(device.lastValues.get("counter")?.value, 9);
    });
  });

  describe("with one handshake only", () => {
    for (const [what, refused] of [
      ["discovery", ["c/dw"]],
      ["commands", ["e/i"]],
    ] as const) {
      it(`learns its thing by ${what}, and follows it`, async () => {
        const own = `/a/d/${house.deviceId}`;
        const second = house.addThing("Second", { counter: "INT" });
        house.simulator.faults.subackRefuse = refused.map((topic) => `${own}/${topic}`);
        if (what === "commands") house.simulator.faults.subackRefuse.push(`/a/t/${house.thingId}/shadow/i`);
        house.simulator.store.record(house.thingId, "counter", 3, Date.now());
        const device = openDevice(settingsOf(house));
        await attached(device, house.thingId);
        await until("the last values", () => device.lastValues.get("counter")?.value === 3);
        house.simulator.store.attach(house.deviceId, second);
        await attached(device, second);
        house.simulator.store.detach(second);
        await standing(device, "no-thing");
      });
    }
  });

  it("asks again where the cloud has not answered", async () => {
    const own = `/a/d/${house.deviceId}`;
    house.simulator.faults.subackRefuse = [`${own}/e/i`, `${own}/c/dw`];
    const device = openDevice(settingsOf(house), { silentMs: () => 100 });
    const asked = (): number =>
      house.simulator.observed.publishes.filter(({ topic }) => topic === `${own}/c/up`).length;
    // Each time by three commands.
    await until("a second request", () => asked() > 3);
    assert.deepEqual([device.session.state.name, device.connectionState.name], ["online", "connecting"]);
    house.simulator.faults.subackRefuse = [];
    await attached(device, house.thingId);
  });

  describe("when its thing changes", () => {
    it("follows to another thing, with its listeners and its reports", async () => {
      const second = house.addThing("Second", { counter: "INT" });
      house.simulator.store.record(second, "counter", 77, Date.now());
      const device = openDevice(settingsOf(house));
      const received = collect(device, "counter");
      await attached(device, house.thingId);
      house.simulator.store.attach(house.deviceId, second);
      await attached(device, second);
      await until("its last values", () => device.lastValues.get("counter")?.value === 77);
      write(house.thingId, "counter", 1);
      write(second, "counter", 2);
      await until("the value", () => received.length > 0);
      assert.deepEqual(
        received.map(({ value }) => value),
        [2],
      );
      assert.equal(await report(device, { counter: 5 }), undefined);
      assert.equal(property("counter", second).last_value, 5);
      assert.equal(property("counter").value_updated_at, undefined);
      const subscriptions = house.simulator.observed.connections[0]?.subscriptions ?? [];
      assert.deepEqual(
        subscriptions.filter((topic) => topic.includes(house.thingId)),
        [],
      );
    });

    it("learns of another thing that it was attached to while it was away", async () => {
      const second = house.addThing("Second", { counter: "INT" });
      const device = openDevice(settingsOf(house));
      await attached(device, house.thingId);
      await house.simulator.brokerDown(true);
      await until("the loss", () => device.connectionState.name === "waiting");
      const outcome = report(device, { counter: 8 });
      house.simulator.store.attach(house.deviceId, second);
      await house.simulator.brokerDown(false);
      await attached(device, second);
      assert.equal(await outcome, undefined);
      assert.equal(property("counter", second).last_value, 8);
    });

    it("waits without a thing, as if offline, and goes on with the next one", async () => {
      const second = house.addThing("Second", { counter: "INT" });
      const device = openDevice(settingsOf(house));
      const received = collect(device);
      await attached(device, house.thingId);
      house.simulator.store.detach(house.thingId);
      await standing(device, "no-thing");
      assert.equal(device.thing.id, "");
      const refused = await report(device, { counter: 1 }, { whenOffline: "reject" });
      assert.equal(refused?.code, "offline");
      assert.match(refused.message, /attached to no thing/);
      const latest = [1, 2].map((counter) => report(device, { counter }, { whenOffline: "latest", owner: "other" }));
      const queued = [3, 4].map((counter) => report(device, { counter }));
      assert.equal((await latest[0])?.code, "superseded");
      house.simulator.store.attach(house.deviceId, second);
      assert.deepEqual(await Promise.all([latest[1], ...queued]), [undefined, undefined, undefined]);
      assert.deepEqual(
        property("counter", second).history.map(({ value }) => value),
        [2, 3, 4],
      );
      await attached(device, second);
      write(second, "counter", 6);
      await until("the value", () => received.length === 1);
    });

    it("survives that the thing is deleted", async () => {
      const device = openDevice(settingsOf(house));
      await attached(device, house.thingId);
      house.simulator.store.deleteThing(house.thingId);
      await standing(device, "no-thing");
      assert.equal(
        device.connectionState.name === "no-thing" && device.connectionState.error.code,
        "precondition_failed",
      );
      assert.equal(isOnline(), true);
    });
  });

  it("goes on after a loss, with what waited in order and nothing lost", async () => {
    const device = openDevice(settingsOf(house));
    const received = collect(device);
    await attached(device, house.thingId);
    await house.simulator.brokerDown(true);
    await until("the loss", () => device.connectionState.name === "waiting");
    const outcomes = [1, 2, 3].map((counter) => report(device, { counter }));
    await house.simulator.brokerDown(false);
    assert.deepEqual(await Promise.all(outcomes), [undefined, undefined, undefined]);
    assert.deepEqual(
      property("counter").history.map(({ value }) => value),
      [1, 2, 3],
    );
    write(house.thingId, "relay", true);
    await until("the value", () => received.length === 1);
  });

  it("closes in an outage, and cancels what waits", async () => {
    const device = openDevice(settingsOf(house));
    await attached(device, house.thingId);
    await house.simulator.brokerDown(true);
    await until("the loss", () => device.connectionState.name === "waiting");
    const outcome = report(device, { counter: 1 });
    await device.close();
    assert.equal((await outcome)?.code, "cancelled");
    assert.equal(device.connectionState.name, "closed");
  });
});
