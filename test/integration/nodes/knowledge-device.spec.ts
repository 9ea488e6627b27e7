/** What nodes with a device of their own know of its thing, which only an account tells them. */
import assert from "node:assert/strict";
import { dashboardWrites, type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type TestRuntime, load } from "../../support/node-helper";

describe("the knowledge of nodes with a device", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse();
  });

  const flow = (property: string, device: object = {}): Record<string, unknown>[] => [
    {
      id: "device",
      type: "arduino-cloud-device",
      account: "account",
      brokerUrl: "",
      messagesPerSecond: "25",
      ...device,
    },
    { id: "out", type: "arduino-cloud-property-out", device: "device", property, wires: [["delivered"]] },
    { id: "delivered", type: "helper" },
    { id: "catch", type: "catch", wires: [["caught"]] },
    { id: "caught", type: "helper" },
  ];
  const propertyIn = (property: string): Record<string, unknown>[] => [
    { id: "in", type: "arduino-cloud-property-in", device: "device", property, wires: [["heard"]] },
    { id: "heard", type: "helper" },
  ];
  const variable = (name: string) => house.simulator.store.propertyNamed(house.thingId, name)!;
  const outcome = async (): Promise<unknown[]> => {
    await until("an outcome", () => bench.at("delivered").length + bench.at("caught").length > 0);
    return [
      bench.at("delivered").map(({ payload }) => payload),
      bench.at("caught").map(({ error }) => (error as { code: string }).code),
    ];
  };

  it("lets a report wait until the variable of an id is known", async () => {
    bench = await load(house, flow(house.propertyIds.counter!));
    bench.node("out").receive({ payload: 5 });
    assert.deepEqual(await outcome(), [[5], []]);
    await until("the report", () => variable("counter").last_value === 5);
  });

  it("lets it wait while the account does not answer, too", async () => {
    await house.simulator.restDown(true);
    bench = await load(house, flow(house.propertyIds.counter!));
    bench.node("out").receive({ payload: 6 });
    await until("the device", () => house.simulator.store.devices.get(house.deviceId)?.connected === true);
    await house.simulator.restDown(false);
    assert.deepEqual(await outcome(), [[6], []]);
  });

  it("reports to a variable that was made after the thing was looked up", async () => {
    bench = await load(house, flow(""));
    bench.node("out").receive({ payload: 1, property: house.propertyIds.counter });
    await bench.arrived("delivered");
    const { id } = house.simulator.store.createProperty(house.thingId, {
      ...{ name: "late", variable_name: "late", type: "INT", permission: "READ_WRITE" },
    });
    const isKnownSince = performance.now();
    await until("knowledge that is a little old", () => performance.now() - isKnownSince > 2_100);
    bench.node("out").receive({ payload: 2, property: id });
    await bench.arrived("delivered", 2);
    await until("the report", () => variable("late").last_value === 2);
  });

  it("refuses an id that its account does not know, and one without an account, at once", async () => {
    const unknown = "01234567-89ab-4cde-8f01-23456789abcd";
    bench = await load(house, flow(unknown));
    bench.node("out").receive({ payload: 5 });
    assert.deepEqual(await outcome(), [[], ["not_found"]]);
    await bench.unload();
    await house.simulator.brokerDown(true);
    bench = await load(house, flow(unknown, { account: "", brokerUrl: house.account.deviceBrokerUrl }));
    bench.node("out").receive({ payload: 5 });
    assert.deepEqual(await outcome(), [[], ["not_found"]]);
    await house.simulator.brokerDown(false);
  });

  it("hears what is written to a variable of an id under a new name, with that name in the message", async () => {
    bench = await load(house, [
      ...flow(""),
      ...propertyIn(house.propertyIds.relay!),
      { id: "user", type: "arduino-cloud-property-in", account: "account", thing: house.thingId, wires: [[]] },
    ]);
    const subscribed = (): Promise<void> =>
      until("both subscriptions", () => {
        const lists = house.simulator.observed.connections.map(({ subscriptions }) => [...subscriptions].length);
        return lists.length === 2 && lists.every((length) => length > 0);
      });
    await subscribed();
    // Until the account has told of the thing, nobody can know which variable the id means.
    await until("a value", async () => {
      await dashboardWrites(house, "relay", true);
      return bench.at("heard").length > 0;
    });
    const relay = variable("relay");
    Object.assign(relay, { name: "switch", variable_name: "switch" });
    await house.simulator.brokerDown(true);
    await until("the loss", () => house.simulator.observed.connections.length === 0);
    await house.simulator.brokerDown(false);
    await subscribed();
    // Until the account has been asked anew, nobody can know that this name is meant.
    await until("a value under the new name", async () => {
      await dashboardWrites(house, "relay", false);
      return bench.at("heard").at(-1)?.payload === false;
    });
    const message = bench.at("heard").at(-1);
    const { name, variableName, type } = message?.property as Record<string, string>;
    assert.deepEqual(
      [message?.payload, message?.topic, name, variableName, type],
      [false, "switch", "switch", "switch", "STATUS"],
    );
  });
});
