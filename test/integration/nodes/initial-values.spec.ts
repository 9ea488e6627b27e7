import assert from "node:assert/strict";
import { encodeWrite } from "../../../cloud/codec/senml-encode";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type TestRuntime, load } from "../../support/node-helper";

describe("the values that property in sends first", () => {
  let house: House;
  let bench: TestRuntime | undefined;

  beforeEach(async () => {
    house = await startHouse({ variables: { counter: "INT", other: "INT" } });
  });
  afterEach(async () => {
    await bench?.unload();
    bench = undefined;
    house.simulator.holdSubscribes(false);
    await house.stop();
  });

  /** The cloud gets to know a value; those who are subscribed hear of it. */
  const report = (value: number, variable = "counter", channel = "o"): void => {
    house.simulator.store.record(house.thingId, variable, value, Date.now());
    house.simulator.inject(`/a/t/${house.thingId}/e/${channel}`, encodeWrite({ property: variable, value }));
  };
  /** The cloud gets to know a value of five seconds ago, of which nobody hears. */
  const store = (value: number, variable = "counter"): void => {
    house.simulator.store.record(house.thingId, variable, value, Date.now() - 5_000);
  };
  const start = async (more: object = {}, account: object = {}): Promise<void> => {
    bench = await load(
      house,
      [
        {
          id: "in",
          type: "arduino-cloud-property-in",
          account: "account",
          thing: house.thingId,
          property: "counter",
          initial: true,
          wires: [["out"]],
          ...more,
        },
        { id: "out", type: "helper" },
        { id: "status", type: "status", scope: ["in"], wires: [["statuses"]] },
        { id: "statuses", type: "helper" },
      ],
      account,
    );
  };
  const got = (): unknown[] => (bench?.at("out") ?? []).map(({ payload, source }) => [payload, source]);
  const arrived = async (...expected: [number, string][]): Promise<void> => {
    await bench!.arrived("out", expected.length);
    assert.deepEqual(got(), expected);
  };
  const subscriptions = (): string[] =>
    house.simulator.observed.connections.filter(({ kind }) => kind === "user").flatMap((one) => [...one.subscriptions]);
  const subscribed = (count = 1): Promise<void> => until("the subscription", () => subscriptions().length >= count);
  const refused = (): boolean =>
    bench?.at("statuses").some(({ status }) => /forbidden/.test((status as { text?: string }).text ?? "")) ?? false;

  const targets: Record<string, object> = {
    "a thing by its id": {},
    "a thing by its name": { thing: "House" },
    "a variable by its id": { property: "id" },
    "every variable": { property: "" },
    "every thing": { thing: "" },
    "requested values": { direction: "requested" },
    "both directions": { direction: "both" },
    "names of old": { compatible: true },
  };

  for (const catchUp of ["none", "last", "all"]) {
    for (const [what, settings] of Object.entries(targets)) {
      it(`are complete as of the subscription: ${what}, catchUp ${catchUp}`, async () => {
        const property = "property" in settings && settings.property === "id" ? house.propertyIds.counter : undefined;
        house.simulator.store.record(house.thingId, "counter", 41, Date.now() - 60_000);
        house.simulator.holdSubscribes(true);
        await start({ catchUp, ...settings, ...(property === undefined ? {} : { property }) });
        await bench!.arrived("out");
        store(42);
        house.simulator.holdSubscribes(false);
        await bench!.arrived("out", 2);
        await subscribed();
        report(43, "counter", "direction" in settings && settings.direction === "requested" ? "i" : "o");
        const messages = await bench!.arrived("out", 3);
        assert.deepEqual(
          messages.map(({ payload }) => payload),
          [41, 42, 43],
        );
      });
    }

    it(`are complete as of a subscription that is refused at first, catchUp ${catchUp}`, async () => {
      house.simulator.store.record(house.thingId, "counter", 41, Date.now() - 60_000);
      house.simulator.faults.subackRefuse = [`/a/t/${house.thingId}/e/o`];
      await start({ catchUp, catchUpDelay: "0.3" });
      await arrived([41, "initial"]);
      await until("the refusal", refused);
      store(42);
      house.simulator.faults.subackRefuse = [];
      house.simulator.dropAll({ users: true });
      await arrived([41, "initial"], [42, "initial"]);
      report(43);
      await arrived([41, "initial"], [42, "initial"], [43, "live"]);
    });

    it(`are complete as of a subscription on order, catchUp ${catchUp}`, async () => {
      house.simulator.store.record(house.thingId, "counter", 41, Date.now() - 60_000);
      await start({ catchUp, inputs: 1, property: "other" });
      await subscribed();
      house.simulator.holdSubscribes(true);
      // The topic of the other variable is the same; that of another direction has to be subscribed.
      const order = { action: "subscribe", thingId: house.thingId, property: "counter", direction: "requested" };
      bench!.node("in").receive(order);
      await arrived([41, "initial"]);
      store(42);
      house.simulator.holdSubscribes(false);
      await arrived([41, "initial"], [42, "initial"]);
      report(43, "counter", "i");
      await arrived([41, "initial"], [42, "initial"], [43, "live"]);
    });
  }

  it("come before the live values that follow the subscription, and never twice", async () => {
    house.simulator.store.record(house.thingId, "counter", 41, Date.now() - 60_000);
    house.simulator.holdSubscribes(true);
    await start();
    await arrived([41, "initial"]);
    report(42);
    // The next answer of REST takes its time, and lags behind.
    house.simulator.faults.rest.push({ match: "/v2/things", delayMs: 500 });
    house.simulator.holdSubscribes(false);
    await subscribed();
    house.simulator.inject(`/a/t/${house.thingId}/e/o`, encodeWrite({ property: "counter", value: 43 }));
    await arrived([41, "initial"], [42, "initial"], [43, "live"]);
    report(44);
    await arrived([41, "initial"], [42, "initial"], [43, "live"], [44, "live"]);
  });

  it("leave out what comes live, also where REST has it first", async () => {
    house.simulator.store.record(house.thingId, "counter", 41, Date.now() - 60_000);
    house.simulator.holdSubscribes(true);
    await start();
    await arrived([41, "initial"]);
    house.simulator.holdSubscribes(false);
    // What the broker sends is slow from now on, so that REST tells of the value first.
    house.simulator.faults.delayMs = 600;
    await subscribed();
    report(42);
    await bench!.arrived("out", 2);
    report(43);
    await arrived([41, "initial"], [42, "live"], [43, "live"]);
  });

  it("do not wait for a broker that is away, and follow it when it comes", async () => {
    house.simulator.store.record(house.thingId, "counter", 41, Date.now() - 60_000);
    await house.simulator.brokerDown(true);
    await start();
    await arrived([41, "initial"]);
    report(42);
    await house.simulator.brokerDown(false);
    await arrived([41, "initial"], [42, "initial"]);
  });

  it("cost one more request, for all nodes together, where the first came before the subscription", async () => {
    house.simulator.store.record(house.thingId, "counter", 41, Date.now() - 60_000);
    const lists = (): number =>
      house.simulator.observed.requests.filter(({ path }) => path.startsWith("/iot/v2/things")).length;
    const other = house.addThing("Other", { counter: "INT" });
    house.simulator.holdSubscribes(true);
    bench = await load(house, [
      ...Array.from({ length: 20 }, (_, index) => ({
        id: `in${index}`,
        type: "arduino-cloud-property-in",
        account: "account",
        thing: index % 2 === 0 ? house.thingId : other,
        property: "counter",
        initial: true,
        wires: [["out"]],
      })),
      { id: "out", type: "helper" },
    ]);
    await bench.arrived("out", 10);
    assert.equal(lists(), 1);
    store(42);
    house.simulator.holdSubscribes(false);
    await bench.arrived("out", 20);
    assert.equal(lists(), 2);
  });
});
