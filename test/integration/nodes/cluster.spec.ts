import assert from "node:assert/strict";
import type { Board } from "../../../simulator/boards/board";
import { SharedNote } from "../../../cloud/cluster/shared-note";
import type { AccountNode } from "../../../nodes/runtime/account-node";
import { DeviceRelay } from "../../../cloud/relay/device-relay";
import { clusteredFlow, otherCopy, statusText } from "../../support/cluster-copies";
import { load, type Received, type TestRuntime } from "../../support/node-helper";
import { describeWithRedis, type RedisServer, startRedis } from "../../support/redis";
import { type House, startHouse } from "../../support/simulated-account";
import { stopLater } from "../../support/stop";
import { until } from "../../support/wait";

describeWithRedis("an account in a cluster", () => {
  let redis: RedisServer;
  let house: House;
  let board: Board;
  let runtime: TestRuntime;
  before(async () => {
    redis = await startRedis();
  });
  beforeEach(async () => {
    redis.cli("FLUSHALL");
    house = await startHouse();
    board = await house.board();
  });

  const shown = (): string =>
    runtime
      .at("states")
      .map(({ status }) => statusText(status))
      .at(-1) ?? "";
  const given = (): unknown[] => runtime.at("out").map(({ payload }) => payload);
  /** Waits until this copy stands by. On a slow machine it may have the word first: then it gives it away. */
  const standsBy = (): Promise<void> =>
    until("standby", async () => {
      const { account } = runtime.node("account") as unknown as AccountNode;
      if (shown().startsWith("green")) await account?.cluster?.handOver();
      return shown().startsWith("grey ⏸ ");
    });

  it("speaks where it is alone, and says under which right", async () => {
    runtime = await load(house, clusteredFlow(house, redis, { hold: 1 }), { cluster: "cluster" });
    const { account } = runtime.node("account") as unknown as AccountNode;
    // What is heard in a take-over is kept, whatever the form says.
    assert.equal(account?.cluster?.holdMs, 60_000);
    await until("speaking", () => shown() === "green arduino-cloud-property-in.status.speaking");
    await board.report({ counter: 1 });
    const [message] = await runtime.arrived("out");
    const { epoch, slot } = message?.["cluster"] as { epoch: number; slot: number };
    assert.ok(epoch > 1_600_000_000_000);
    assert.equal(slot, 0);
    assert.deepEqual(runtime.at("errors"), []);
  });

  it("stands by while another copy speaks, and goes on where that one stopped", async () => {
    const other = otherCopy(house, redis);
    await other.online();
    await until("another speaker", () => other.account.cluster?.state.name === "speaking");
    runtime = await load(house, clusteredFlow(house, redis), { cluster: "cluster" });
    await until("standby", () => shown().startsWith("grey ⏸ "));
    const heard: unknown[] = [];
    const { account } = runtime.node("account") as unknown as Required<AccountNode>;
    account.feed.listen(house.thingId, "reported", "counter", { value: ({ value }) => heard.push(value) });
    for (const counter of [1, 2, 3]) await board.report({ counter });
    await until("what the other copy sends", () => other.values.length === 3);
    // It hears what the other one has sent, and drops it, before it has the word.
    await until("the values here", () => heard.length === 3);
    assert.deepEqual(given(), []);
    await other.account.close();
    await board.report({ counter: 4 });
    await until("the word", () => shown() === "green arduino-cloud-property-in.status.speaking");
    await board.report({ counter: 5 });
    await until("the last value", () => given().includes(5));
    assert.deepEqual(other.values, [1, 2, 3]);
    assert.deepEqual(given(), [4, 5]);
  });

  it("knows what another copy has written for its own", async () => {
    runtime = await load(house, clusteredFlow(house, redis), { cluster: "cluster" });
    await until("speaking", () => shown().endsWith("speaking"));
    const other = otherCopy(house, redis);
    await until("the other copy", () => other.account.cluster?.state.name === "standing-by");
    await other.online();
    await new Promise<void>((resolve, reject) => {
      other.account.writer.write({
        as: "user",
        owner: "spec",
        thing: house.thingId,
        values: new Map([["counter", 7]]),
        whenOffline: "queue",
        queueLimit: 10,
        settle: (error) => (error === undefined ? resolve() : reject(error)),
      });
    });
    await until("the value", () => runtime.at("out").some(isRequested));
    assert.equal(runtime.at("out").find(isRequested)?.["own"], true);
  });

  it("has one copy log in as a device", async () => {
    const other = otherCopy(house, redis);
    await until("another speaker", () => other.account.cluster?.state.name === "speaking");
    const device = {
      id: "device",
      type: "arduino-cloud-device",
      account: "account",
      brokerUrl: house.account.deviceBrokerUrl,
      messagesPerSecond: 25,
    };
    const inDevice = { id: "written", type: "arduino-cloud-property-in", device: "device", property: "", wires: [] };
    const states = { id: "device-state", type: "status", scope: ["written"], wires: [["device-states"]] };
    const nodes = [device, inDevice, states, { id: "device-states", type: "helper" }];
    await board.close();
    runtime = await load(house, [...clusteredFlow(house, redis), ...nodes], { cluster: "cluster" });
    await until("standby", () => shown().startsWith("grey"));
    const ofDevice = (): string => JSON.stringify(runtime.at("device-states").at(-1)?.["status"] ?? "");
    await until("standby of the device", () => ofDevice().includes("⏸ "));
    const logins = (): number =>
      house.simulator.observed.connections.filter(({ clientId }) => clientId === house.deviceId).length;
    assert.equal(logins(), 0);
    await other.account.close();
    await until("the login", () => logins() === 1);
  });

  it("sends as a device what another copy writes, and tells that copy how it went", async () => {
    await board.close();
    const credentials = { deviceId: house.deviceId, secretKey: house.secretKey };
    const device = {
      ...{ id: "device", type: "arduino-cloud-device", account: "account", messagesPerSecond: 25, credentials },
      brokerUrl: house.account.deviceBrokerUrl,
    };
    const inDevice = { id: "written", type: "arduino-cloud-property-in", device: "device", property: "", wires: [] };
    runtime = await load(house, [...clusteredFlow(house, redis), device, inDevice], { cluster: "cluster" });
    await until("the word", () => shown().startsWith("green"));
    const { cluster } = otherCopy(house, redis).account;
    assert.ok(cluster);
    await until("standby", () => cluster.state.name === "standing-by");
    const outcomes: string[] = [];
    const relay = new DeviceRelay({
      ...{ cluster, deviceId: house.deviceId, report: () => assert.fail("this copy has no device") },
      outbox: { isOnline: false, pending: () => 0, withdraw: () => Promise.resolve() },
    });
    stopLater(() => {
      relay.close();
      return Promise.resolve();
    });
    const write = (variable: string, value: unknown): void =>
      relay.write({
        ...{ owner: "spec", whenOffline: "queue", queueLimit: 10, values: new Map([[variable, value]]) },
        settle: (error) => outcomes.push(error?.code ?? "done"),
      });
    // The type is known to the copy that has the device.
    write("counter", "41");
    write("counter", 42);
    write("no_such", 1);
    write("counter", "no number");
    await until("all outcomes", () => outcomes.length === 4);
    assert.deepEqual(outcomes.sort(), ["done", "done", "invalid_value", "not_found"]);
    await until("the values", () => given().includes(42));
    assert.deepEqual(given(), [41, 42]);
  });

  it("has one copy run an archive, which keeps for all how far it has come", async () => {
    for (const counter of [1, 2, 3]) await board.report({ counter });
    const other = otherCopy(house, redis, { ttl: 2 });
    await until("another speaker", () => other.account.cluster?.state.name === "speaking");
    const archive = {
      id: "archive",
      type: "arduino-cloud-history",
      account: "account",
      thing: house.thingId,
      property: "counter",
      since: "last-run",
      output: "stream",
      wires: [["rows"]],
    };
    const nodes = [
      archive,
      { id: "rows", type: "helper" },
      { id: "done", type: "complete", scope: ["archive"], wires: [["dones"]] },
      { id: "dones", type: "helper" },
    ];
    runtime = await load(house, [...clusteredFlow(house, redis, { ttl: 2 }), ...nodes], { cluster: "cluster" });
    await standsBy();
    const values = (): unknown[] =>
      runtime.at("rows").flatMap(({ payload }) => (payload as { value: unknown }[]).map(({ value }) => value));
    const positions = async (): Promise<unknown> => {
      const cluster = other.account.cluster;
      assert.ok(cluster);
      const note = { cluster, name: "archive/tab/archive", read: () => ({}), onLost: () => undefined };
      return new SharedNote(note).last();
    };
    runtime.node("archive").receive({});
    await runtime.arrived("dones");
    assert.deepEqual(values(), []);
    assert.equal(await positions(), undefined);

    // Nothing is handed over before the other copy has been met.
    await until("the word", async () => {
      await other.account.cluster?.handOver();
      return shown().startsWith("green");
    });
    runtime.node("archive").receive({});
    await runtime.arrived("dones", 2);
    await until("all values", () => values().length === 3);
    assert.deepEqual(values(), [1, 2, 3]);
    await until("the positions", async () => JSON.stringify([await positions()]).includes(house.thingId));
  });

  it("keeps for all copies what was seen last, and catches up from there where all were gone", async () => {
    const catching = (id: string, to: string): Record<string, unknown>[] => [
      {
        id,
        type: "arduino-cloud-property-in",
        account: "account",
        thing: house.thingId,
        property: "counter",
        catchUp: "all",
        catchUpDelay: 0,
        wires: [[to]],
      },
      { id: to, type: "helper" },
    ];
    const brief = { ttl: 2 };
    const { cluster } = otherCopy(house, redis, brief).account;
    assert.ok(cluster);
    const noteOf = (id: string): SharedNote =>
      new SharedNote({ cluster, name: `seen/tab/${id}`, read: () => left, onLost: () => undefined });
    let left: unknown = {};
    const otherSpeaks = (): Promise<void> => until("another speaker", () => cluster.state.name === "speaking");
    await otherSpeaks();
    runtime = await load(house, [...clusteredFlow(house, redis, brief), ...catching("first", "seen")], {
      cluster: "cluster",
    });
    await standsBy();
    await until("the word", async () => {
      await cluster.handOver();
      return shown().startsWith("green");
    });
    for (const counter of [1, 2]) await board.report({ counter });
    await until("the values", () => runtime.at("seen").length === 2);
    // However shortly before the end it was.
    await runtime.unload();
    left = await noteOf("first").last();
    assert.match(JSON.stringify(left), /"value":2/);

    // Another node, which this process has no memory of, finds what the one before has left.
    await board.report({ counter: 3 });
    await until("the report", () => house.simulator.store.propertyNamed(house.thingId, "counter")?.last_value === 3);
    await noteOf("second").overwrite();
    await otherSpeaks();
    runtime = await load(house, [...clusteredFlow(house, redis, brief), ...catching("second", "caught")], {
      cluster: "cluster",
    });
    await standsBy();
    await until("the word", async () => {
      await cluster.handOver();
      return shown().startsWith("green");
    });
    await until("what was missed", () => runtime.at("caught").some(({ payload }) => payload === 3));
    assert.deepEqual(
      runtime.at("caught").map(({ payload, source }) => [payload, source]),
      [[3, "catch-up"]],
    );
  });

  it("says so where there is no Redis, and keeps values or goes on, as it is told", async () => {
    for (const whenEngineDown of ["hold", "speak"]) {
      const nowhere = { url: "redis://127.0.0.1:1" };
      runtime = await load(house, clusteredFlow(house, nowhere, { whenEngineDown, ttl: 1 }), { cluster: "cluster" });
      await until("no Redis", () => shown() === "yellow arduino-cloud-property-in.status.no-engine");
      await board.report({ counter: 1 });
      if (whenEngineDown === "speak") await until("the value", () => given().includes(1));
      else assert.deepEqual(given(), []);
      await runtime.unload();
    }
  });

  it("says what is wrong with its cluster", async () => {
    runtime = await load(house, clusteredFlow(house, redis, { url: "http://a.redis" }), { cluster: "cluster" });
    await until("no Redis", () => shown() === "yellow arduino-cloud-property-in.status.no-engine");
    await runtime.unload();
    runtime = await load(house, clusteredFlow(house, redis), { cluster: "gone" });
    const [error] = await runtime.arrived("errors");
    assert.match(JSON.stringify(error?.["error"]), /cluster of the account is disabled or was deleted/);
    await runtime.unload();
    runtime = await load(house, clusteredFlow(house, redis, { ttl: 1e12 }), { cluster: "cluster" });
    const [wrong] = await runtime.arrived("errors");
    assert.match(JSON.stringify(wrong?.["error"]), /ttl.*a number from 1 to 3600 is expected/);
  });
});

function isRequested({ direction }: Received): boolean {
  return direction === "requested";
}
