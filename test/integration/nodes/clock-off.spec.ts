import assert from "node:assert/strict";
import { decodeSenml } from "../../../simulator/codec/senml";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type TestRuntime, load } from "../../support/node-helper";

const minute = 60_000;

describe("a clock that is off", () => {
  let house: House;
  let bench: TestRuntime | undefined;

  beforeEach(async () => {
    house = await startHouse();
  });

  /** Stores a value so many milliseconds ago, by the cloud's clock. */
  const record = (value: number, agoMs: number): void => {
    const { faults, store } = house.simulator;
    store.record(house.thingId, "counter", value, Date.now() + faults.clockOffsetMs - agoMs);
  };

  for (const [name, offsetMs] of [
    ["a minute ahead", -minute],
    ["a minute behind", minute],
    ["two hours ahead", -120 * minute],
    ["30 days behind", 30 * 1_440 * minute],
    ["at 1970", Date.now()],
  ] as const) {
    it(`does no harm to what is relative to now, if it is ${name}, and is told once`, async () => {
      house.simulator.faults.clockOffsetMs = offsetMs;
      record(1, 50 * minute);
      record(2, 10 * minute);
      bench = await load(house, [
        {
          ...{ id: "history", type: "arduino-cloud-history", account: "account", thing: "House", property: "counter" },
          ...{ from: "-30m", wires: [["rows"]] },
        },
        { id: "rows", type: "helper" },
        {
          ...{ id: "status", type: "arduino-cloud-device-status", account: "account", device: house.deviceId },
          ...{ interval: "0.1", staleAfter: 300, wires: [["states"]] },
        },
        { id: "states", type: "helper" },
      ]);
      bench.node("history").receive({ payload: "" });
      const [{ payload } = { payload: [] }] = await bench.arrived("rows");
      assert.deepEqual(
        (payload as { value: unknown }[]).map(({ value }) => value),
        [2],
      );
      const runtime = bench;
      await until("STALE", () => runtime.at("states").at(-1)?.payload === "STALE");
      record(3, 0);
      await until("a new value", () => runtime.at("states").at(-1)?.payload === "UNKNOWN");
      const { args } = (runtime.node("account") as unknown as { warn: { args: [string][] } }).warn;
      assert.equal(args.filter(([text]) => /clock of this computer is/.test(text)).length, 1);
    });
  }

  it("gives what is written, what a device reports and what a schedule says the cloud's time too", async () => {
    const { faults, observed, store } = house.simulator;
    faults.clockOffsetMs = 120 * minute;
    const cloudTime = Date.now() + faults.clockOffsetMs;
    const thing = store.things.get(house.thingId) ?? assert.fail();
    thing.timezone = "UTC";
    const names = { name: "plan", variable_name: "plan", type: "SCHEDULE", permission: "READ_WRITE" } as const;
    store.createProperty(house.thingId, names);
    const plan = { frm: Math.floor(cloudTime / 1_000) - 60, to: 0, len: 600, msk: 0 };
    store.record(house.thingId, "plan", plan, cloudTime);
    bench = await load(house, [
      { id: "write", type: "arduino-cloud-property-out", account: "account", thing: "House", wires: [["done"]] },
      { id: "device", type: "arduino-cloud-device", account: "account", brokerUrl: "" },
      { id: "report", type: "arduino-cloud-property-out", device: "device", wires: [["done"]] },
      { id: "done", type: "helper" },
      { id: "ha", type: "arduino-cloud-home-assistant", account: "account", wires: [["states"]] },
      { id: "states", type: "helper" },
    ]);
    const runtime = bench;
    const state = (): unknown =>
      runtime.at("states").find(({ topic }) => String(topic).endsWith("/plan/schedule"))?.payload;
    await until("the schedule", () => state() !== undefined);
    assert.equal(state(), JSON.stringify({ kind: "once", active: true }));
    runtime.node("write").receive({ payload: 1, property: "counter" });
    runtime.node("report").receive({ payload: { counter: 2 } });
    await runtime.arrived("done", 2);
    const sent = observed.publishes.filter(({ topic }) => /^\/a\/t\/.*\/e\/[io]$/.test(topic));
    const times = sent.flatMap(({ payload }) => decodeSenml(payload)).map(({ time = 0 }) => time);
    assert.equal(times.length, 2);
    for (const time of times) assert.ok(Math.abs(time - cloudTime) < 30 * minute, new Date(time).toISOString());
  });
});
