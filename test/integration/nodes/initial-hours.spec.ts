import assert from "node:assert/strict";
import { encodeWrite } from "../../../cloud/codec/senml-encode";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type TestRuntime, load } from "../../support/node-helper";

describe("the last hours that property in sends first", () => {
  let house: House;
  let bench: TestRuntime;
  const minute = 60_000;

  beforeEach(async () => {
    house = await startHouse({ variables: { counter: "INT", other: "INT" } });
  });
  afterEach(() => house.simulator.holdSubscribes(false));

  const store = (value: number, agoMs: number, variable = "counter"): void => {
    house.simulator.store.record(house.thingId, variable, value, Date.now() - agoMs);
  };
  const report = (value: number): void => {
    store(value, 0);
    house.simulator.inject(`/a/t/${house.thingId}/e/o`, encodeWrite({ property: "counter", value }));
  };
  const start = async (more: object = {}): Promise<void> => {
    const node = { id: "in", type: "arduino-cloud-property-in", account: "account", thing: house.thingId };
    const settings = { property: "counter", initial: true, initialHours: "1", wires: [["out"]], ...more };
    bench = await load(house, [
      { ...node, ...settings },
      { id: "out", type: "helper" },
    ]);
  };
  const subscribed = (): Promise<void> =>
    until("the subscription", () =>
      house.simulator.observed.connections.some(({ subscriptions }) => [...subscriptions].length > 0),
    );
  const got = async (count: number): Promise<unknown[]> =>
    (await bench.arrived("out", count)).map(({ payload, source }) => [payload, source]);

  for (const catchUp of ["none", "last", "all"]) {
    it(`come oldest first, before live values, catchUp ${catchUp}`, async () => {
      store(1, 90 * minute);
      for (let value = 2; value <= 6; value++) store(value, (60 - 10 * value) * minute + 30_000);
      house.simulator.holdSubscribes(true);
      await start({ catchUp, catchUpDelay: "0.3" });
      await until("the client", () => house.simulator.observed.connections.length > 0);
      house.simulator.holdSubscribes(false);
      assert.deepEqual(
        await got(5),
        [2, 3, 4, 5, 6].map((value) => [value, "initial"]),
      );
      await subscribed();
      report(7);
      assert.deepEqual((await got(6))[5], [7, "live"]);
      const times = bench.at("out").map(({ timestamp }) => Number(timestamp));
      assert.deepEqual(
        times,
        [...times].sort((a, b) => a - b),
      );
    });
  }

  it("come of each variable of a thing in order of time, and of one that is silent the value that the cloud holds", async () => {
    store(100, 180 * minute, "other");
    store(1, 30 * minute);
    store(2, 20 * minute);
    await start({ property: "" });
    assert.deepEqual(await got(3), [
      [100, "initial"],
      [1, "initial"],
      [2, "initial"],
    ]);
  });

  it("are left alone without initial, without hours, and for what is written to the device", async () => {
    store(1, 30 * minute);
    store(2, 20 * minute);
    await start({ initialHours: "" });
    assert.deepEqual(await got(1), [[2, "initial"]]);
    report(3);
    // It may come before the subscription; then it is a stored value, too.
    await got(2);
    assert.equal(bench.at("out")[1]?.payload, 3);
    await start({ direction: "requested" });
    assert.equal((await got(1)).length, 1);
    await bench.unload();
    await until("its end", () => house.simulator.observed.connections.length === 0);
    await start({ initial: false });
    await subscribed();
    report(4);
    assert.deepEqual(await got(1), [[4, "live"]]);
  });
});
