import assert from "node:assert/strict";
import type { JsonValue } from "../../../simulator/json";
import { blockPage, otherShape, type RestOrder } from "../../../simulator/behaviour/faults";
import { load, type TestRuntime } from "../../support/node-helper";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";

/** Answers that are not the API's, or not in its shape: each has a code, nothing counts as done, and the node works after it. */
describe("nodes that get odd answers", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse();
    const node = { account: "account", thing: "House", wires: [["done"]] };
    bench = await load(house, [
      { id: "get", type: "arduino-cloud-property-get", ...node, property: "counter" },
      { id: "history", type: "arduino-cloud-history", ...node, property: "counter" },
      { id: "out", type: "arduino-cloud-property-out", ...node, property: "counter", as: "device" },
      { id: "manage", type: "arduino-cloud-manage", ...node, thing: "" },
      { id: "done", type: "helper" },
      { id: "catch", type: "catch", wires: [["caught"]] },
      { id: "caught", type: "helper" },
    ]);
  });

  const codes = (): unknown[] => bench.at("caught").map(({ error }) => (error as { code: unknown }).code);
  const messages = (): string[] => bench.at("caught").map(({ error }) => (error as Error).message);
  const order = (...orders: RestOrder[]): void => void house.simulator.faults.rest.splice(0, Infinity, ...orders);

  it("take no page of a filter for a deletion that is done", async () => {
    order(blockPage({ method: "DELETE" }));
    bench.node("manage").receive({ resource: "things", operation: "delete", thingId: house.thingId });
    await bench.arrived("caught");
    assert.deepEqual(codes(), ["server_error"]);
    assert.match(messages()[0] ?? "", /something between here and the Arduino Cloud has answered/);
    assert.equal(house.simulator.store.things.get(house.thingId)?.deleted_at ?? null, null);
    order();
    bench.node("manage").receive({ resource: "things", operation: "delete", thingId: house.thingId });
    await bench.arrived("done");
  });

  it("send a value again that a page of a filter was the answer to", async () => {
    order(blockPage({ method: "PUT", times: 1 }));
    bench.node("out").receive({ payload: 7 });
    await bench.arrived("done");
    assert.equal(house.simulator.store.propertyNamed(house.thingId, "counter")?.last_value, 7);
  });

  for (const status of [200, 403, 407] as const) {
    it(`blame what is on the way for its page with status ${status}`, async () => {
      order(blockPage({ status, match: "/iot/v2/" }));
      bench.node("get").receive({});
      await bench.arrived("caught");
      assert.deepEqual(codes(), ["server_error"]);
      assert.match(messages()[0] ?? "", status === 407 ? /the proxy on the way/ : /a filter, a proxy or a log-in page/);
    });
  }

  const shapes: [what: string, node: string, order: RestOrder][] = [
    ["a list inside of an object", "get", otherShape(/\/things$/)],
    ["a text in place of a list", "get", otherShape(/\/things$/, "soon")],
    ["a number in place of history", "history", otherShape("/series/", 7)],
    ["history without times", "history", otherShape("/series/", { responses: [{ query: 5, values: "none" }] })],
  ];
  for (const [what, node, odd] of shapes) {
    it(`have a code for ${what}, and work after it`, async () => {
      order(odd);
      bench.node(node).receive({});
      await until("an outcome", () => bench.at("caught").length + bench.at("done").length > 0);
      assert.deepEqual(codes(), ["server_error"]);
      order();
      bench.node(node).receive({});
      await bench.arrived("done");
    });
  }

  it("leave out what has no id in a list, and find the rest", async () => {
    const { name, id } = house.simulator.store.things.get(house.thingId) ?? assert.fail();
    const counter = { id: house.propertyIds["counter"] ?? "", name: "counter", variable_name: "counter", type: "INT" };
    const things = [null, 5, { id: "+", name }, { name }, { id, name, properties: [{ id: "#" }, "x", counter] }];
    order(otherShape(/\/things$/, things));
    bench.node("get").receive({});
    const [got] = await bench.arrived("done");
    assert.deepEqual((got?.["thing"] as { id: string }).id, house.thingId);
  });

  it("leave out a value that is nested 2,000 levels deep, which is no value", async () => {
    let deep: JsonValue = 1;
    for (let level = 0; level < 2_000; level++) deep = { a: deep };
    const { name, id } = house.simulator.store.things.get(house.thingId) ?? assert.fail();
    const facts = { id: house.propertyIds["counter"] ?? "", name: "counter", variable_name: "counter", type: "INT" };
    const now = new Date().toISOString();
    const properties = [{ ...facts, last_value: deep, value_updated_at: now }];
    order(otherShape(/\/things/, [{ id, name, properties }]));
    bench.node("get").receive({});
    const [got] = await bench.arrived("done");
    assert.equal(got?.payload, null);
    const series = { query: `property.${facts.id}`, status: "ok", times: [now, now], values: [deep, 7] };
    order(otherShape("/series/", { responses: [series] }));
    bench.node("history").receive({ to: "now" });
    const [, rows] = await bench.arrived("done", 2);
    assert.deepEqual(
      (rows?.payload as { value: unknown }[]).map(({ value }) => value),
      [7],
    );
    assert.deepEqual(codes(), []);
  });
});
