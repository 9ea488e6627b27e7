/** Times as flows give them: to a TIME and a SCHEDULE, and as the span of a history. */
import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { type House, startHouse } from "../../support/simulated-account";
import { type TestRuntime, load } from "../../support/node-helper";

describe("Times that flows give", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse({ variables: { at: "TIME", plan: "SCHEDULE", counter: "INT" } });
  });

  const node = (type: string, more: object = {}): Record<string, unknown>[] => [
    { id: "node", type: `arduino-cloud-${type}`, account: "account", thing: "House", wires: [["out"]], ...more },
    { id: "out", type: "helper" },
    { id: "catch", type: "catch", wires: [["caught"]] },
    { id: "caught", type: "helper" },
  ];
  const errors = (): { code: string; message: string }[] =>
    bench.at("caught").map(({ error }) => error as { code: string; message: string });

  it("reach a TIME as seconds, whichever way they are written", async () => {
    bench = await load(house, node("property-out", { property: "at" }));
    const seconds = 1_767_225_600;
    const payloads: unknown[] = [seconds, seconds * 1e3, `${seconds * 1e3}`, "2026-01-01T00:00:00Z"];
    payloads.push("2026-01-01T01:00:00+01:00", runInNewContext(`new Date(${seconds * 1e3})`));
    for (const payload of payloads) bench.node("node").receive({ payload });
    await bench.arrived("out", payloads.length);
    assert.deepEqual(
      house.writes(),
      payloads.map(() => ({ variable: "at", value: seconds })),
    );
    for (const payload of ["tomorrow", new Date(NaN), -1]) bench.node("node").receive({ payload });
    await bench.arrived("caught", 3);
    for (const { code, message } of errors()) {
      assert.equal(code, "invalid_value");
      assert.match(message, /in whole seconds since 1970 .*ISO 8601/);
    }
  });

  it("are seconds of local time in a SCHEDULE, as its error says", async () => {
    bench = await load(house, node("property-out", { property: "plan" }));
    const plan = { frm: 1_767_254_400, to: 0, len: 600, msk: 0 };
    bench.node("node").receive({ payload: { ...plan, frm: plan.frm * 1e3 } });
    bench.node("node").receive({ payload: { ...plan, frm: "2026-01-01T08:00:00Z" } });
    await bench.arrived("out");
    await bench.arrived("caught");
    assert.deepEqual(house.writes(), [{ variable: "plan", value: plan }]);
    const [error] = errors();
    assert.equal(error!.code, "invalid_value");
    assert.match(error!.message, /component frm .*local time in whole seconds since 1970/);
  });

  it("may be seconds in from and to of history", async () => {
    const now = Date.now();
    for (const [minutes, value] of [
      [50, 1],
      [40, 2],
      [10, 3],
    ] as const) {
      house.simulator.store.record(house.thingId, "counter", value, now - minutes * 60_000);
    }
    bench = await load(house, node("history", { property: "counter" }));
    const seconds = (minutes: number): number => Math.floor(now / 1_000) - minutes * 60;
    const spans = [
      { from: seconds(45), to: seconds(5) },
      { from: `${seconds(45)}`, to: `${seconds(5)}` },
      { from: seconds(45) * 1e3, to: runInNewContext(`new Date(${seconds(5) * 1e3})`) as Date },
    ];
    for (const span of spans) bench.node("node").receive(span);
    const messages = await bench.arrived("out", spans.length);
    for (const { payload, complete } of messages) {
      assert.deepEqual(
        (payload as { value: number }[]).map(({ value }) => value),
        [2, 3],
      );
      assert.equal(complete, true);
    }
  });
});
