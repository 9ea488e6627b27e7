import assert from "node:assert/strict";
import { dashboardWrites, type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type TestRuntime, load } from "../../support/node-helper";

describe("property in and out with a device of their own", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse({ readOnly: ["sensor"] });
  });

  const device = (more: object = {}): Record<string, unknown> => ({
    id: "device",
    type: "arduino-cloud-device",
    account: "account",
    brokerUrl: "",
    messagesPerSecond: "25",
    ...more,
  });
  const flow = (more: { in?: object; out?: object; device?: object } = {}): Record<string, unknown>[] => [
    device(more.device),
    { id: "in", type: "arduino-cloud-property-in", device: "device", wires: [["arrived"]], ...more.in },
    { id: "arrived", type: "helper" },
    { id: "out", type: "arduino-cloud-property-out", device: "device", wires: [["delivered"]], ...more.out },
    { id: "delivered", type: "helper" },
    { id: "catch", type: "catch", wires: [["caught"]] },
    { id: "caught", type: "helper" },
    { id: "status", type: "status", scope: ["out"], wires: [["statuses"]] },
    { id: "statuses", type: "helper" },
  ];
  const held = (variable: string): unknown => house.simulator.store.propertyNamed(house.thingId, variable)?.last_value;
  const isOnline = (): boolean => house.simulator.store.devices.get(house.deviceId)?.connected === true;
  const open = async (...more: Parameters<typeof flow>): Promise<void> => {
    bench = await load(house, flow(...more));
    await until("the device's subscription", () =>
      house.simulator.observed.connections.some(
        ({ kind, subscriptions }) =>
          kind === "device" && [...subscriptions].some((topic) => topic.includes(house.thingId)),
      ),
    );
  };

  it("is the thing's only device: ONLINE, written to, reporting, and OFFLINE when it ends", async () => {
    await open();
    assert.equal(isOnline(), true);
    await dashboardWrites(house, "relay", true);
    const [message] = await bench.arrived("arrived");
    assert.deepEqual(
      [message?.payload, message?.topic, message?.direction, message?.source, (message?.thing as { id: string }).id],
      [true, "relay", "requested", "live", house.thingId],
    );
    // Reported back, so that dashboards settle.
    await until("the echo", () => held("relay") === true);
    bench.node("out").receive({ payload: { temperature: "21", counter: 3, sensor: 1.5 } });
    await bench.arrived("delivered");
    await until("the reports", () => held("sensor") === 1.5);
    assert.deepEqual([held("temperature"), held("counter")], [21, 3]);
    const reports = house.simulator.observed.publishes.filter(({ topic }) => topic.endsWith("/e/o"));
    assert.equal(reports.length, 2, "the echo, and three variables in one message");
    await bench.unload();
    await until("offline", () => !isOnline());
  });

  it("does not report back without echo, and sends what the cloud holds first with initial", async () => {
    house.simulator.store.record(house.thingId, "counter", 41, Date.now() - 60_000);
    await open({ in: { property: "counter", echo: false, initial: true } });
    const [first] = await bench.arrived("arrived");
    assert.deepEqual([first?.payload, first?.source], [41, "initial"]);
    await dashboardWrites(house, "counter", 42);
    const messages = await bench.arrived("arrived", 2);
    assert.deepEqual([messages[1]?.payload, messages[1]?.source], [42, "live"]);
    assert.equal(held("counter"), 41);
  });

  describe("with initial", () => {
    const got = (): unknown[] => bench.at("arrived").map(({ topic, payload, source }) => [topic, payload, source]);
    const arrived = async (...expected: [string, number, string][]): Promise<void> => {
      await bench.arrived("arrived", expected.length);
      assert.deepEqual(got(), expected);
    };

    it("first sends what the cloud holds when the topics are subscribed, however long that takes", async () => {
      house.simulator.store.record(house.thingId, "counter", 41, Date.now() - 60_000);
      house.simulator.holdSubscribes(true);
      bench = await load(house, flow({ in: { property: "counter", echo: false, initial: true } }));
      await until("the device is connected", isOnline);
      house.simulator.store.record(house.thingId, "counter", 42, Date.now() - 5_000);
      house.simulator.holdSubscribes(false);
      await arrived(["counter", 42, "initial"]);
      await dashboardWrites(house, "counter", 43);
      await arrived(["counter", 42, "initial"], ["counter", 43, "live"]);
    });

    it("sends it to each subscription on order too, with what was written since the cloud told it", async () => {
      house.simulator.store.record(house.thingId, "counter", 41, Date.now() - 60_000);
      house.simulator.store.record(house.thingId, "sensor", 7, Date.now() - 60_000);
      await open({ in: { property: "sensor", echo: false, initial: true, inputs: 1 } });
      await arrived(["sensor", 7, "initial"]);
      await dashboardWrites(house, "counter", 42);
      // What follows on the same topic shows that it has come.
      await dashboardWrites(house, "sensor", 8);
      await arrived(["sensor", 7, "initial"], ["sensor", 8, "live"]);
      bench.node("in").receive({ action: "subscribe", property: "counter" });
      await arrived(["sensor", 7, "initial"], ["sensor", 8, "live"], ["counter", 42, "initial"]);
    });

    it("sends it for a variable that is named by its id, when the account has told what that means", async () => {
      house.simulator.store.record(house.thingId, "counter", 41, Date.now() - 60_000);
      house.simulator.faults.rest.push({ match: "/v2/things", delayMs: 300 });
      await open({ in: { property: house.propertyIds.counter, echo: false, initial: true } });
      await arrived(["counter", 41, "initial"]);
    });
  });

  it("keeps reports while the device has no thing, and sends them when it gets one", async () => {
    house.simulator.store.detach(house.thingId);
    bench = await load(house, flow());
    await until("the device is connected", isOnline);
    bench.node("out").receive({ payload: 5, topic: "counter" });
    await until("the status", () => bench.at("statuses").some(({ status }) => /⏸ 1/.test(JSON.stringify(status))));
    assert.equal(bench.at("delivered").length, 0);
    house.simulator.store.attach(house.deviceId, house.thingId);
    await bench.arrived("delivered");
    await until("the value", () => held("counter") === 5);
  });

  it("tells Catch nodes what is wrong: a value, a message, a device node that is not there", async () => {
    await open();
    bench.node("out").receive({ payload: "no number", topic: "counter" });
    bench.node("out").receive({ payload: 1 });
    const errors = await bench.arrived("caught", 2);
    assert.deepEqual(errors.map(({ error }) => (error as { code?: string }).code).sort(), [
      "invalid_input",
      "invalid_value",
    ]);
    await bench.unload();
    bench = await load(house, flow({ out: { device: "nothing" }, in: { device: "nothing" } }));
    bench.node("out").receive({ payload: 1, topic: "counter" });
    const caught = await bench.arrived("caught", 2);
    assert.ok(caught.every(({ error }) => (error as { code?: string }).code === "not_configured"));
  });
});
