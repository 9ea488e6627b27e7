import assert from "node:assert/strict";
import { type House, presentRequests, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type TestRuntime, load } from "../../support/node-helper";

describe("arduino-cloud-device-status", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse();
  });

  const requests = (path: string): number =>
    house.simulator.observed.requests.filter((request) => request.path === path).length;
  const looks = (): number => requests("/iot/v2/devices");
  const watch = (more: object = {}): Record<string, unknown> => ({
    id: "watch",
    type: "arduino-cloud-device-status",
    account: "account",
    device: "",
    interval: "0.2",
    staleAfter: 0,
    wires: [["out"]],
    ...more,
  });
  const around = [
    { id: "out", type: "helper" },
    { id: "catch", type: "catch", wires: [["caught"]] },
    { id: "caught", type: "helper" },
  ];
  const start = async (more: object = {}): Promise<TestRuntime> =>
    (bench = await load(house, [watch(more), ...around]));
  const addDevice = (name: string): string =>
    house.simulator.store.createDevice({ name }, { userId: house.simulator.userId }).id;
  const told = (): string[] => bench.at("out").map(({ topic, payload }) => `${String(topic)} ${String(payload)}`);
  const codes = (): unknown[] => bench.at("caught").map(({ error }) => (error as { code?: string }).code);
  const looked = async (times = 2): Promise<void> => {
    const before = looks();
    await until("another look", () => looks() >= before + times);
  };

  it("tells how a device stands at the start, and each change", async () => {
    const before = Date.now();
    const runtime = await start({ device: house.deviceId });
    const [first] = await runtime.arrived("out");
    const { _msgid: id, timestamp, ...rest } = first ?? {};
    assert.equal(typeof id, "string");
    assert.ok(Number(timestamp) >= before && Number(timestamp) <= Date.now());
    const { type } = house.simulator.store.devices.get(house.deviceId) ?? {};
    assert.deepEqual(rest, {
      payload: "UNKNOWN",
      topic: "Board",
      device: { id: house.deviceId, name: "Board", type, thing: { id: house.thingId, name: "House" } },
    });
    const board = await house.board();
    await runtime.arrived("out", 2);
    await looked();
    await board.close();
    await runtime.arrived("out", 3);
    await looked();
    assert.deepEqual(told(), ["Board UNKNOWN", "Board ONLINE", "Board OFFLINE"]);
    assert.equal(house.simulator.observed.connections.filter(({ kind }) => kind === "user").length, 0);
  });

  it("watches all devices, those that come later included, and tells once of one that is gone", async () => {
    await house.board();
    const runtime = await start();
    await runtime.arrived("out");
    const other = addDevice("Other");
    await runtime.arrived("out", 2);
    house.simulator.store.deleteDevice(house.deviceId);
    await runtime.arrived("out", 3);
    await looked();
    house.simulator.store.deleteDevice(other);
    await looked();
    assert.deepEqual(told(), ["Board ONLINE", "Other UNKNOWN", "Board UNKNOWN"]);
    assert.equal((bench.at("out")[1]?.["device"] as { thing: unknown }).thing, null);
  });

  it("calls a device stale that sends no new value, and takes it back", async () => {
    const board = await house.board();
    house.simulator.store.record(house.thingId, "counter", 1, Date.now() - 100_000);
    const runtime = await start({ staleAfter: "3" });
    await runtime.arrived("out");
    await board.report({ counter: 2 });
    await runtime.arrived("out", 2);
    await runtime.arrived("out", 3);
    assert.deepEqual(told().slice(-3), ["Board STALE", "Board ONLINE", "Board STALE"]);
    await board.close();
    await runtime.arrived("out", 4);
    assert.equal(told().at(-1), "Board OFFLINE");
  });

  it("does not ask for values where it need not", async () => {
    const runtime = await start();
    await runtime.arrived("out");
    assert.equal(requests("/iot/v2/things"), 0);
  });

  it("takes a device by its unique name, and says once what is wrong with it", async () => {
    const runtime = await start({ device: "Later" });
    await runtime.arrived("caught");
    await looked(3);
    assert.deepEqual([codes(), told()], [["not_found"], []]);
    const id = addDevice("Later");
    await runtime.arrived("out");
    const twin = addDevice("Later");
    await runtime.arrived("caught", 2);
    house.simulator.store.deleteDevice(twin);
    await looked();
    house.simulator.store.deleteDevice(id);
    await runtime.arrived("caught", 3);
    assert.deepEqual(codes(), ["not_found", "ambiguous", "not_found"]);
  });

  it("keeps what it knows while the cloud is away", async () => {
    await house.board();
    const runtime = await start();
    await runtime.arrived("out");
    house.simulator.faults.rest.push({ status: 403, times: Infinity });
    await runtime.arrived("caught");
    await looked(3);
    house.simulator.faults.rest.length = 0;
    await looked();
    assert.deepEqual([codes(), told()], [["forbidden"], ["Board ONLINE"]]);
  });

  it("looks once for many nodes, and no more when they are gone", async () => {
    const nodes = Array.from({ length: 200 }, (_, index) =>
      watch({ id: `watch${index}`, interval: "1", device: index % 2 === 0 ? "" : "Board" }),
    );
    const began = performance.now();
    bench = await load(house, [...nodes, ...around]);
    await bench.arrived("out", 200);
    const before = looks();
    const seconds = Math.floor((performance.now() - began) / 1_000);
    await until("three more looks", () => looks() >= before + 3);
    assert.ok(before <= 2 + seconds, `${before} looks for the first answer, in ${seconds} s`);
    assert.equal(bench.at("out").length, 200);
    await bench.unload();
    const ofOld = await presentRequests(house);
    const after = ofOld().length;
    await start({ interval: "1" });
    await looked(4);
    assert.equal(ofOld().length, after);
  });

  it("says what is wrong with its settings", async () => {
    for (const more of [{ account: "" }, { interval: "0" }, { interval: "often" }, { staleAfter: -1 }]) {
      const runtime = await start(more);
      await runtime.arrived("caught");
      assert.deepEqual(codes(), ["not_configured"]);
      await bench.unload();
    }
  });
});
