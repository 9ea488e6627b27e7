import assert from "node:assert/strict";
import { encodeWrite } from "../../../cloud/codec/senml-encode";
import { type House, startHouse } from "../../support/simulated-account";
import { clockMoves, until } from "../../support/wait";
import { type TestRuntime, load } from "../../support/node-helper";

describe("what outlives an outage, a redeploy or a node", () => {
  let house: House;
  let bench: TestRuntime | undefined;

  beforeEach(async () => {
    house = await startHouse();
  });

  const online = (): Promise<void> =>
    until("the session", () => house.simulator.observed.connections.some(({ kind }) => kind === "user"));
  /** Stores a value, by the cloud's clock. */
  const record = (value: number): void => {
    const { faults, store } = house.simulator;
    store.record(house.thingId, "counter", value, Date.now() + faults.clockOffsetMs);
  };
  const report = (value: number): void => {
    record(value);
    house.simulator.inject(`/a/t/${house.thingId}/e/o`, encodeWrite({ property: "counter", value }));
  };

  const month = 30 * 86_400_000;
  for (const [mode, expected, offsetMs] of [
    ["none", [1, 5], 0],
    ["last", [1, 4, 5], 0],
    ["all", [1, 2, 3, 4, 5], 0],
    ["last", [1, 4, 5], month],
    ["all", [1, 2, 3, 4, 5], month],
    ["all", [1, 2, 3, 4, 5], -month],
  ] as const) {
    it(`property in catches up with catchUp ${mode}, the cloud's clock ${offsetMs / 86_400_000} days ahead`, async () => {
      house.simulator.faults.clockOffsetMs = offsetMs;
      bench = await load(house, [
        {
          id: "in",
          type: "arduino-cloud-property-in",
          account: "account",
          thing: house.thingId,
          property: "counter",
          catchUp: mode,
          catchUpDelay: "0.3",
          wires: [["out"]],
        },
        { id: "out", type: "helper" },
      ]);
      await online();
      await until("the subscription", () =>
        house.simulator.observed.connections.some(({ subscriptions }) => [...subscriptions].length > 0),
      );
      report(1);
      await bench.arrived("out");
      await house.simulator.brokerDown(true);
      for (const value of [2, 3, 4]) {
        await clockMoves(30);
        record(value);
      }
      await house.simulator.brokerDown(false);
      await online();
      await until("the subscription", () =>
        house.simulator.observed.connections.some(({ subscriptions }) => [...subscriptions].length > 0),
      );
      if (mode === "last") await bench.arrived("out", 2);
      report(5);
      const messages = await bench.arrived("out", expected.length);
      assert.deepEqual(
        messages.map(({ payload }) => payload),
        expected,
      );
      const caughtUp = messages.filter(({ source }) => source === "catch-up").map(({ payload }) => payload);
      assert.deepEqual(caughtUp, expected.slice(1, -1));
    });
  }
});
