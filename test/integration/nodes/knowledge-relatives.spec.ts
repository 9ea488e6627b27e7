/** What else happens in the cloud to what nodes name: made again, moved to another space, and two things at once. */
import assert from "node:assert/strict";
import { encodeWrite } from "../../../cloud/codec/senml-encode";
import type { AccountNode } from "../../../nodes/runtime/account-node";
import { load, type Received, type TestRuntime } from "../../support/node-helper";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";

describe("what nodes know", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse();
    const target = { account: "account", thing: "House", property: "counter" };
    bench = await load(house, [
      { id: "in", type: "arduino-cloud-property-in", ...target, wires: [["heard"]] },
      { id: "out", type: "arduino-cloud-property-out", ...target, wires: [["done"]] },
      { id: "as", type: "arduino-cloud-property-out", ...target, as: "device", wires: [["done"]] },
      { id: "any", type: "arduino-cloud-property-out", ...target, property: "", wires: [["done"]] },
      { id: "history", type: "arduino-cloud-history", ...target, thing: "", property: "", wires: [["rows"]] },
      { id: "device", type: "arduino-cloud-device", account: "account", brokerUrl: "" },
      { id: "report", type: "arduino-cloud-property-out", device: "device", wires: [["done"]] },
      ...["heard", "done", "rows", "caught"].map((id) => ({ id, type: "helper" })),
      { id: "catch", type: "catch", wires: [["caught"]] },
    ]);
    await until("the subscription", () => topics().some((topic) => topic.includes(house.thingId)));
  });

  const topics = (): string[] =>
    house.simulator.observed.connections
      .filter(({ kind }) => kind === "user")
      .flatMap(({ subscriptions }) => [...subscriptions]);
  const variable = (name: string) => house.simulator.store.propertyNamed(house.thingId, name) ?? assert.fail();
  const codes = (): unknown[] => bench.at("caught").map(({ error }) => (error as { code: string }).code);
  const refresh = (): void => (bench.node("account") as unknown as AccountNode).account?.knowledge.refreshSoon();
  const makeAgain = (type: string): string => {
    variable("counter").deleted_at = new Date().toISOString();
    const fields = { name: "counter", variable_name: "counter", type, permission: "READ_WRITE" } as const;
    return house.simulator.store.createProperty(house.thingId, fields).id;
  };
  /** Deletes the thing, and makes one of the same name for its board. */
  const makeHouseAgain = (): string => {
    house.simulator.store.deleteThing(house.thingId, true);
    const made = house.addThing("House", { counter: "INT" });
    house.simulator.store.attach(house.deviceId, made);
    return made;
  };
  const isSubscribed = (thing: string): Promise<void> =>
    until("the new subscription", () => topics().some((topic) => topic.includes(thing)));
  const ask = async (message: object): Promise<Received> => {
    const [rows, errors] = [bench.at("rows").length, bench.at("caught").length];
    bench.node("history").receive({ from: "-1h", ...message });
    await until("an answer", () => bench.at("rows").length > rows || bench.at("caught").length > errors);
    const [answer] = [...bench.at("rows").slice(rows), ...bench.at("caught").slice(errors)];
    return answer ?? assert.fail();
  };
  /** Until knowledge may not be the reason of a refusal any more. */
  const later = async (): Promise<void> => {
    const since = performance.now();
    await until("knowledge that is a little old", () => performance.now() - since > 2_100);
  };

  it("is right for a variable that is made again as another type", async () => {
    const id = makeAgain("CHARSTRING");
    refresh();
    await until("its new type in messages", () => {
      const write = encodeWrite({ property: "counter", value: "text" });
      house.simulator.inject(`/a/t/${house.thingId}/e/o`, write);
      const { property } = bench.at("heard").at(-1) ?? {};
      return (property as { id?: string } | undefined)?.id === id;
    });
    assert.equal((bench.at("heard").at(-1)?.["property"] as { type: string }).type, "CHARSTRING");
    bench.node("out").receive({ payload: "words" });
    await bench.arrived("done");
    assert.deepEqual(house.writes(), [{ variable: "counter", value: "words" }]);
    assert.deepEqual(codes(), []);
  });

  it("is that a thing is gone which was moved to another space, and that it is back", async () => {
    const thing = house.simulator.store.things.get(house.thingId) ?? assert.fail();
    thing.organization_id = house.simulator.organizationId;
    refresh();
    await bench.arrived("caught");
    assert.deepEqual(codes(), ["not_found"]);
    await later();
    bench.node("out").receive({ payload: 1 });
    await bench.arrived("caught", 2);
    assert.deepEqual([codes(), bench.at("done").length], [["not_found", "not_found"], 0]);
    delete thing.organization_id;
    await later();
    refresh();
    const ended = (): number => bench.at("done").length + bench.at("caught").length;
    await until("a write", async () => {
      const before = ended();
      bench.node("out").receive({ payload: 2 });
      // What is still under way would be taken up by the node of the next test, which has the same id.
      await until("its end", () => ended() > before);
      return bench.at("done").length > 0;
    });
  });

  it("survives two faults at once: a broker that is away while REST fails, and a rename meanwhile", async () => {
    house.simulator.faults.rest.push({ match: "/iot/v2/", status: 500, times: Infinity });
    await house.simulator.brokerDown(true);
    Object.assign(variable("counter"), { name: "renamed", variable_name: "renamed" });
    bench.node("out").receive({ payload: 3 });
    const isWrite = ({ payload }: Received): boolean => payload === 3;
    await until("the loss", () => topics().length === 0);
    await house.simulator.brokerDown(false);
    await until("the session", () => topics().length > 0);
    house.simulator.faults.rest.length = 0;
    // What is still under way would be taken up by the node of the next test, which has the same id.
    await until("the end of the write", () => [...bench.at("done"), ...bench.at("caught")].some(isWrite));
    const given = house.writes().map((write) => write.variable);
    // Either it went out before the new name was known, or it was refused: nothing else, and nothing twice.
    assert(given.length <= 1 && bench.at("done").length === given.length, `${given.join()} ${codes().join()}`);
    await until("not found", () => codes().includes("not_found"), 60_000);
  }).timeout(90_000);

  it("is which board the thing has now, when it has been swapped", async () => {
    bench.node("as").receive({ payload: 1 });
    await bench.arrived("done");
    const { store, userId, observed } = house.simulator;
    const board = store.createDevice({ name: "New board", secret_key: "another key" }, { userId });
    const thing = store.things.get(house.thingId) ?? assert.fail();
    thing.device_id = board.id;
    bench.node("as").receive({ payload: 2 });
    await bench.arrived("done", 2);
    const written = observed.requests.filter(({ path }) => path.endsWith("/publish")).at(-1);
    assert(JSON.stringify(written).includes(board.id));
    assert.equal(variable("counter").last_value, 2);
    assert.deepEqual(codes(), []);
  });

  it("is which thing has the name now, for who writes as its board, after the first refusal", async () => {
    bench.node("as").receive({ payload: 1 });
    await bench.arrived("done");
    const made = makeHouseAgain();
    bench.node("as").receive({ payload: 2 });
    await until("the refusal", () => codes().includes("not_found"));
    await isSubscribed(made);
    bench.node("as").receive({ payload: 3 });
    await bench.arrived("done", 2);
    assert.equal(house.simulator.store.propertyNamed(made, "counter")?.last_value, 3);
    assert.equal(codes().filter((code) => code === "not_found").length, 1);
  });

  it("is which thing has the name now, for who writes and who reads, after a refresh", async () => {
    bench.node("out").receive({ payload: 1 });
    await bench.arrived("done");
    const made = makeHouseAgain();
    house.simulator.store.record(made, "counter", 3, Date.now());
    refresh();
    await isSubscribed(made);
    bench.node("out").receive({ payload: 2 });
    await bench.arrived("done", 2);
    const written = house.simulator.observed.publishes.filter(({ topic }) => topic.endsWith("/e/i"));
    assert.deepEqual(
      written.map(({ topic }) => topic),
      [`/a/t/${house.thingId}/e/i`, `/a/t/${made}/e/i`],
    );
    const { payload } = await ask({ thingId: "House", property: "counter" });
    assert.deepEqual(
      (payload as { value: unknown }[]).map(({ value }) => value),
      [3],
    );
    assert.ok(!codes().includes("not_found"), codes().join());
  });

  it("is looked up again by history and property out, for what was made meanwhile", async () => {
    await ask({ thingId: "House", property: "counter" });
    bench.node("any").receive({ payload: 1, property: "counter" });
    await bench.arrived("done");
    await later();
    const fields = { name: "late", variable_name: "late", type: "INT", permission: "READ_WRITE" } as const;
    house.simulator.store.createProperty(house.thingId, fields);
    house.simulator.store.record(house.thingId, "late", 5, Date.now());
    bench.node("any").receive({ payload: 2, property: "late" });
    await bench.arrived("done", 2);
    const { payload } = await ask({ thingId: "House", property: "late" });
    assert.deepEqual(
      (payload as { value: unknown }[]).map(({ value }) => value),
      [5],
    );
    await later();
    const shed = house.addThing("Shed", { level: "INT" });
    house.simulator.store.record(shed, "level", 6, Date.now());
    assert.equal(((await ask({ thingId: "Shed", property: "level" })).payload as unknown[]).length, 1);
    const { error } = await ask({ thingId: "Nowhere", property: "level" });
    assert.equal((error as { code: string }).code, "not_found");
  });

  it("lets a device report no name that its thing does not have, but those that were made meanwhile", async () => {
    bench.node("report").receive({ payload: { counter: 4 } });
    await bench.arrived("done");
    await later();
    bench.node("report").receive({ payload: { counter: 5, countre: 6 } });
    await bench.arrived("caught");
    const { code, message } = bench.at("caught")[0]?.["error"] as { code: string; message: string };
    assert.equal(code, "not_found");
    assert.match(message, /no variable "countre".*counter/);
    assert.equal(bench.at("done").length, 1);
    house.simulator.store.createProperty(house.thingId, {
      ...{ name: "countre", variable_name: "countre", type: "INT", permission: "READ_WRITE" },
    });
    await later();
    bench.node("report").receive({ payload: { countre: 7 } });
    await bench.arrived("done", 2);
    await until("the report", () => variable("countre").last_value === 7);
    assert.equal(variable("counter").last_value, 4);
  });
});
