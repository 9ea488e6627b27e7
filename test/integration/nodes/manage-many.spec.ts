import assert from "node:assert/strict";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { answerOf, errorsOf, manageFlow, requestsTo, startManage } from "../../support/manage-flow";
import { type TestRuntime, load, type Received } from "../../support/node-helper";

interface ItemResult {
  ok: boolean;
  value?: { id: string; name: string };
  error?: { code: string; message: string; statusCode?: number };
}

describe("arduino-cloud-manage with an array", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => (house = await startHouse()));

  const requests = (): string[] => requestsTo(house);
  const start = async (more: object = {}, account: object = {}): Promise<TestRuntime> =>
    (bench = await startManage(house, more, account));
  const ask = async (message: object, more?: object): Promise<Received> => answerOf(await start(more), message);
  it("works through the items and tells what became of each", async () => {
    const circular: Record<string, unknown> = { name: "Round" };
    circular["self"] = circular;
    const runtime = await start({ operation: "create" });
    const payload = [{ name: "One" }, null, { name: "Two" }, undefined, circular, "text", { name: "🙂" }];
    // A hole, as a function node may leave it.
    Reflect.deleteProperty(payload, 3);
    runtime.node("manage").receive({ payload, statusCode: 404, mine: 1 });
    const [answer] = await runtime.arrived("out");
    const results = answer?.payload as ItemResult[];
    assert.deepEqual(
      results.map(({ ok, value, error }) => (ok ? value?.name : error?.code)),
      ["One", "invalid_input", "Two", ...Array.from({ length: 4 }, () => "invalid_input")],
    );
    assert.match(results[1]!.error!.message, /^item 1: .*null/);
    assert.match(results[3]!.error!.message, /^item 3: .*missing/);
    assert.match(results[4]!.error!.message, /^item 4: .*self/);
    assert.match(results[6]!.error!.message, /^item 6: .*name/);
    assert.equal("statusCode" in answer!, false);
    const [error] = errorsOf(await runtime.arrived("caught"));
    assert.equal(error?.code, "partial_failure");
    assert.match(error.message, /5 of 7 items failed/);
    assert.equal(runtime.at("completed").length, 0);
  });

  it("updates, deletes and clones by the items' ids, and adds variables to several things", async () => {
    const other = house.addThing("Other", {});
    const runtime = await start({ operation: "" });
    runtime.node("manage").receive({ operation: "clone", payload: [{ id: other, name: "Third" }] });
    await runtime.arrived("out");
    runtime.node("manage").receive({
      operation: "update",
      payload: [
        { id: "Third", name: "Last" },
        { id: other, name: "First" },
      ],
    });
    const results = (await runtime.arrived("out", 2))[1]?.payload as ItemResult[];
    assert.deepEqual(
      results.map(({ value }) => value?.name),
      ["Last", "First"],
    );
    runtime.node("manage").receive({ operation: "delete", payload: [{ id: "Last" }, { name: "no id" }] });
    const deleted = (await runtime.arrived("out", 3))[2]?.payload as ItemResult[];
    assert.deepEqual([deleted[0], deleted[1]?.error?.code], [{ ok: true, value: null }, "invalid_input"]);
    assert.deepEqual([...house.simulator.store.things.values()].filter(({ deleted_at: at }) => at).length, 1);
    await runtime.unload();
    const variable = { type: "INT", permission: "READ_WRITE", update_strategy: "ON_CHANGE" };
    const properties = await start({ resource: "properties", operation: "create" });
    const payload = ["House", "First"].map((thingId) => ({ ...variable, thingId, name: "extra" }));
    properties.node("manage").receive({ payload });
    const [added] = await properties.arrived("out");
    assert.ok((added?.payload as ItemResult[]).every(({ ok }) => ok));
  });

  it("answers an empty array without a request", async () => {
    assert.deepEqual((await ask({ payload: [] }, { operation: "create" })).payload, []);
    assert.deepEqual(requests(), []);
  });

  it("takes 10,000 items", async () => {
    const payload = Array.from({ length: 10_000 }, (_, index) => ({ name: `🙂 ${index}` }));
    const results = (await ask({ payload }, { operation: "create" })).payload as ItemResult[];
    assert.equal(results.length, 10_000);
    assert.match(results[9_999]!.error!.message, /^item 9999: /);
    assert.deepEqual(requests(), [], "what is refused here costs no request");
  });

  it("shows how far it is, and is cancelled by a redeploy", async () => {
    bench = await load(house, manageFlow({ operation: "create" }), { requestsPerSecond: 10 });
    const runtime = bench;
    runtime.node("manage").receive({ payload: Array.from({ length: 200 }, (_, index) => ({ name: `T${index}` })) });
    const shown = (): string[] => runtime.at("statuses").map(({ status }) => (status as { text: string }).text);
    await until("progress", () => shown().some((text) => /^\d+\/200 · \d+ s$/.test(text)));
    const made = (): number =>
      [...house.simulator.store.things.values()].filter(({ name }) => /^T\d/.test(name)).length;
    await runtime.unload();
    assert.equal(runtime.at("out").length, 0);
    const left = made();
    // Its successor makes requests at the same pace.
    bench = await load(house, manageFlow({ operation: "create" }), { requestsPerSecond: 10 });
    bench.node("manage").receive({ payload: Array.from({ length: 10 }, (_, index) => ({ name: `Later${index}` })) });
    await bench.arrived("out");
    assert.ok(made() <= left + 1, "goes on after the redeploy");
  });
});
