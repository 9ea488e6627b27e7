/** What nodes know of things grows old: variables are renamed, things deleted and made again, types changed. */
import assert from "node:assert/strict";
import { encodeWrite } from "../../../cloud/codec/senml-encode";
import type { AccountNode } from "../../../nodes/runtime/account-node";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type Received, type TestRuntime, load } from "../../support/node-helper";

describe("what nodes know of things", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse();
  });

  const flow = (more: object = {}): Record<string, unknown>[] => [
    {
      ...{ id: "in", type: "arduino-cloud-property-in", account: "account", thing: house.thingId, property: "" },
      ...{ wires: [["heard"]], ...more },
    },
    { id: "heard", type: "helper" },
    { id: "catch", type: "catch", wires: [["caught"]] },
    { id: "caught", type: "helper" },
    { id: "status", type: "status", scope: ["in"], wires: [["statuses"]] },
    { id: "statuses", type: "helper" },
  ];
  const topics = (): string[] =>
    house.simulator.observed.connections
      .filter(({ kind }) => kind === "user")
      .flatMap(({ subscriptions }) => [...subscriptions]);
  const subscribed = (thing = house.thingId): Promise<void> =>
    until("the subscription", () => topics().some((topic) => topic.includes(thing)));
  const variable = (name: string) => house.simulator.store.propertyNamed(house.thingId, name)!;
  const rename = (from: string, to: string): void => {
    Object.assign(variable(from), { name: to, variable_name: to });
  };
  const report = (name: string, value: number, thing = house.thingId): void => {
    house.simulator.store.record(thing, name, value, Date.now());
    house.simulator.inject(`/a/t/${thing}/e/o`, encodeWrite({ property: name, value }));
  };
  /** Reports until the flow has heard, since nobody sees when a refresh has come. */
  const heard = async (name: string, value: number, thing?: string): Promise<Received> => {
    const find = (): Received | undefined => bench.at("heard").find(({ payload }) => payload === value);
    await until(`${name} ${value}`, () => {
      if (find() === undefined) report(name, value, thing);
      return find() !== undefined;
    });
    return find()!;
  };
  /** What five minutes, a reconnect, a refusal and `not_found` lead to. */
  const refresh = (): void => (bench.node("account") as unknown as AccountNode).account!.knowledge.refreshSoon();
  const reconnect = async (): Promise<void> => {
    await house.simulator.brokerDown(true);
    await until("the loss", () => topics().length === 0);
    await house.simulator.brokerDown(false);
    await until("the session", () => topics().length > 0);
  };
  const shown = (): string => (bench.at("statuses").at(-1)?.status as { text?: string } | undefined)?.text ?? "";
  const shows = (state: string): Promise<void> => until(`status ${state}`, () => shown().endsWith(`.${state}`));
  const codes = (): unknown[] => bench.at("caught").map(({ error }) => (error as { code: string }).code);

  for (const [how, renew] of [
    ["a refresh", refresh],
    ["a reconnect", reconnect],
  ] as const) {
    it(`follows a variable that is named by its id to its new name, after ${how}`, async () => {
      bench = await load(house, flow({ property: house.propertyIds.counter }));
      await subscribed();
      await heard("counter", 1);
      rename("counter", "renamed");
      await renew();
      const { topic, property } = await heard("renamed", 2);
      assert.deepEqual(
        [topic, property],
        ["renamed", { id: house.propertyIds.counter, name: "renamed", variableName: "renamed", type: "INT" }],
      );
      assert.deepEqual(codes(), []);
      await shows("connected");
    });
  }

  it("catches up what came under the new name before it was known", async () => {
    bench = await load(house, [
      ...flow({ property: house.propertyIds.counter, catchUp: "all", catchUpDelay: "0.3" }),
      { ...flow()[0], id: "any", wires: [["all"]] },
      { id: "all", type: "helper" },
    ]);
    await subscribed();
    const { account } = bench.node("account") as unknown as Required<AccountNode>;
    await until("what the id means", () => account.rest.directory.peek(house.thingId) !== undefined);
    report("counter", 1);
    await bench.arrived("heard");
    rename("counter", "renamed");
    for (const value of [2, 3]) report("renamed", value);
    await until("what nobody knows yet", () => bench.at("all").some(({ payload }) => payload === 3));
    refresh();
    await bench.arrived("heard", 3);
    report("renamed", 4);
    const messages = await bench.arrived("heard", 4);
    assert.deepEqual(
      messages.map(({ payload, topic, source }) => [payload, topic, source]),
      [
        [1, "counter", "live"],
        [2, "renamed", "catch-up"],
        [3, "renamed", "catch-up"],
        [4, "renamed", "live"],
      ],
    );
  });

  it("tells once that a variable that is named by its name is gone, heals by itself, and tells the next time too", async () => {
    bench = await load(house, flow({ property: "counter" }));
    await subscribed();
    await shows("connected");
    for (const times of [1, 2]) {
      rename("counter", "renamed");
      refresh();
      await shows("not-found");
      await bench.arrived("caught", times);
      assert.deepEqual(codes(), Array<string>(times).fill("not_found"));
      rename("renamed", "counter");
      refresh();
      await shows("connected");
      await heard("counter", times);
    }
    assert.equal(codes().length, 2);
  });

  for (const [what, make] of [
    ["deleted and made again", () => house.addThing("House", { counter: "INT" })],
    [
      "renamed, and another has its name",
      () => {
        house.simulator.store.things.get(house.thingId)!.name = "Barn";
        return house.addThing("House", { counter: "INT" });
      },
    ],
  ] as const) {
    it(`listens to the thing that has the name, when one was ${what}`, async () => {
      bench = await load(house, flow({ thing: "House", property: "counter" }));
      await subscribed();
      if (what.startsWith("deleted")) house.simulator.store.deleteThing(house.thingId, true);
      const made = make();
      refresh();
      await subscribed(made);
      const { thing } = await heard("counter", 7, made);
      assert.deepEqual(thing, { id: made, name: "House" });
      await until("the end of the old subscription", () => !topics().some((topic) => topic.includes(house.thingId)));
      assert.deepEqual(codes(), []);
    });
  }

  it("tells once that a thing is gone, and listens to the one that is made in its place later", async () => {
    bench = await load(house, flow({ thing: "House" }));
    await subscribed();
    house.simulator.store.deleteThing(house.thingId, true);
    refresh();
    await shows("not-found");
    await bench.arrived("caught");
    assert.deepEqual(codes(), ["not_found"]);
    const made = house.addThing("House", { counter: "INT" });
    refresh();
    await heard("counter", 7, made);
    await shows("connected");
  });

  it("sends present names and types", async () => {
    bench = await load(house, flow());
    await subscribed();
    await heard("counter", 1);
    house.simulator.store.things.get(house.thingId)!.name = "Barn";
    Object.assign(variable("counter"), { name: "Count", type: "FLOAT", permission: "READ_ONLY" });
    refresh();
    await until("present names", () => {
      report("counter", 5);
      return (bench.at("heard").at(-1)?.thing as { name: string }).name === "Barn";
    });
    const { name, type } = bench.at("heard").at(-1)?.property as Record<string, string>;
    assert.deepEqual([name, type], ["Count", "FLOAT"]);
  });

  it("sends present names of every thing, those of variables that were added too", async () => {
    bench = await load(house, flow({ thing: "" }));
    await subscribed();
    await heard("counter", 1);
    house.simulator.store.things.get(house.thingId)!.name = "Barn";
    const added = { name: "Late", variable_name: "late", type: "INT" };
    const { id } = house.simulator.store.createProperty(house.thingId, added);
    const other = house.addThing("Shed", { counter: "INT" });
    refresh();
    await heard("counter", 3, other);
    const { thing, property } = await heard("late", 2);
    assert.deepEqual(
      [thing, property],
      [
        { id: house.thingId, name: "Barn" },
        { id, name: "Late", variableName: "late", type: "INT" },
      ],
    );
    house.simulator.store.deleteThing(other, true);
    refresh();
    await until("the end of its subscription", () => !topics().some((topic) => topic.includes(other)));
    assert.deepEqual(codes(), []);
  });

  it("passes on nothing as delivered that no variable takes, after a reconnect", async () => {
    bench = await load(house, [
      ...flow(),
      { id: "out", type: "arduino-cloud-property-out", account: "account", thing: "House", wires: [["delivered"]] },
      { id: "delivered", type: "helper" },
    ]);
    await subscribed();
    bench.node("out").receive({ payload: 1, property: "counter" });
    await bench.arrived("delivered");
    rename("counter", "renamed");
    variable("temperature").permission = "READ_ONLY";
    Object.assign(variable("message"), { type: "INT" });
    await reconnect();
    await until("the refresh", async () => {
      const before = bench.at("caught").length + bench.at("delivered").length;
      bench.node("out").receive({ payload: 2, property: "counter" });
      await until("an outcome", () => bench.at("caught").length + bench.at("delivered").length > before);
      return codes().includes("not_found");
    });
    bench.node("out").receive({ payload: 3, property: "temperature" });
    bench.node("out").receive({ payload: "text", property: "message" });
    await until("the refusals", () => codes().length >= 3);
    assert.deepEqual(codes().slice(-2).sort(), ["invalid_value", "read_only"]);
    bench.node("out").receive({ payload: 4, property: house.propertyIds.counter });
    await until("the write by id", () => house.writes().some(({ value }) => value === 4));
    assert.equal(house.writes().at(-1)?.variable, "renamed");
  });

  for (const [what, meet] of [
    ["the broker refuses a thing", () => house.simulator.faults.subackRefuse.push(`/a/t/${house.thingId}/e/o`)],
    ["a thing is not there", () => house.simulator.store.deleteThing(house.thingId, true)],
    [
      "a thing is not there, before the broker says a word",
      () => {
        house.simulator.holdSubscribes(true);
        house.simulator.store.deleteThing(house.thingId, true);
      },
    ],
    ["a message names a thing that is not there", () => undefined],
  ] as const) {
    it(`is refreshed at once where ${what}`, async () => {
      meet();
      const isByMessage = what.startsWith("a message");
      const out = { id: "out", type: "arduino-cloud-property-out", account: "account", wires: [[]] };
      bench = await load(house, isByMessage ? [...flow().slice(1, 4), out] : flow());
      const lists = (): number =>
        house.simulator.observed.requests.filter(({ path }) => path === "/iot/v2/things").length;
      const thingId = "01234567-89ab-4cde-8f01-23456789abcd";
      if (isByMessage) bench.node("out").receive({ payload: 1, thingId, property: "counter" });
      await bench.arrived("caught");
      await until("the list", () => lists() > 0);
      assert.deepEqual(codes(), [what.startsWith("the broker") ? "forbidden" : "not_found"]);
    });
  }

  it("asks for one list only, however many nodes use what is known", async () => {
    const nodes = Array.from({ length: 100 }, (_, index) => ({
      ...flow({ thing: "House" })[0],
      id: `in${index}`,
      wires: [[]],
    }));
    bench = await load(house, [...nodes, ...flow()]);
    await subscribed();
    await shows("connected");
    const lists = (): number =>
      house.simulator.observed.requests.filter(({ method, path }) => method === "GET" && path.includes("/things"))
        .length;
    const before = lists();
    rename("counter", "renamed");
    refresh();
    await until("the list", () => lists() > before);
    await heard("renamed", 2);
    assert.equal(lists(), before + 1);
  });
});
