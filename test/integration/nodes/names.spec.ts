/** Names that look the same mean the same, in whatever node or message they stand. */
import assert from "node:assert/strict";
import { alikeNames } from "../../support/alike-names";
import { startAccount, type Account } from "../../support/desired-account";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type TestRuntime, load } from "../../support/node-helper";

describe("Names that look the same", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse();
  });

  const rename = (name: string): void => {
    house.simulator.store.things.get(house.thingId)!.name = name;
    house.simulator.store.devices.get(house.deviceId)!.name = name;
  };
  const node = (id: string, type: string, more: object = {}): Record<string, unknown>[] => [
    { id, type: `arduino-cloud-${type}`, account: "account", wires: [[`${id}-out`]], ...more },
    { id: `${id}-out`, type: "helper" },
  ];

  for (const [inCloud, given] of alikeNames) {
    it(`are found by every node: ${JSON.stringify(given)} for ${JSON.stringify(inCloud)}`, async () => {
      rename(inCloud);
      house.addThing("Another", { counter: "INT" });
      house.simulator.store.record(house.thingId, "counter", 5, Date.now() - 60_000);
      bench = await load(house, [
        ...node("in", "property-in", { thing: given, property: "counter", initial: true }),
        ...node("write", "property-out", { thing: given, property: "\u00a0counter " }),
        ...node("get", "property-get", { property: "counter" }),
        ...node("status", "device-status", { device: given, interval: "60" }),
        ...node("manage", "manage", { resource: "things", operation: "get" }),
        ...node("history", "history", { thing: given, property: "counter", from: "-1h", to: "now" }),
        { id: "catch", type: "catch", wires: [["caught"]] },
        { id: "caught", type: "helper" },
      ]);
      bench.node("write").receive({ payload: 7 });
      bench.node("get").receive({ thingId: given });
      bench.node("manage").receive({ thingId: given });
      bench.node("history").receive({});
      const ids = ["in", "write", "get", "status", "manage", "history"];
      await until(
        "all answers",
        () => ids.every((id) => bench.at(`${id}-out`).length > 0) || bench.at("caught").length > 0,
      );
      assert.deepEqual(
        bench.at("caught").map(({ error }) => (error as { message: string }).message),
        [],
      );
      assert.equal(bench.at("in-out")[0]?.payload, 5);
      assert.equal((bench.at("manage-out")[0]?.payload as { id: string }).id, house.thingId);
      assert.deepEqual(house.writes(), [{ variable: "counter", value: 7 }]);
    });
  }

  it("are ambiguous where two of them are", async () => {
    rename("Kitchen ");
    house.addThing("Kitchen", { counter: "INT" });
    bench = await load(house, [
      ...node("write", "property-out", { thing: "Kitchen", property: "counter" }),
      { id: "catch", type: "catch", wires: [["caught"]] },
      { id: "caught", type: "helper" },
    ]);
    bench.node("write").receive({ payload: 7 });
    const [message] = await bench.arrived("caught");
    const { code, message: text } = message?.error as { code: string; message: string };
    assert.equal(code, "ambiguous");
    assert.ok(text.includes(house.thingId), text);
  });
});

describe("Wanted states of names that look the same", () => {
  let account: Account;
  beforeEach(async () => {
    account = await startAccount();
  });
  afterEach(() => account.stop());

  it("are those of what is there: nothing is made twice, nor renamed", async () => {
    const { store, userId } = account.simulator;
    for (const [inCloud] of new Map(alikeNames))
      store.createThing({ name: inCloud, timezone: "Europe/Rome" }, { userId });
    for (const [, given] of alikeNames) {
      const { changed, plan } = await account.ensure("things", { name: given, timezone: "Europe/Rome" });
      assert.deepEqual([changed, plan], [false, []], JSON.stringify(given));
    }
    assert.deepEqual(account.writes(), []);
  });
});
