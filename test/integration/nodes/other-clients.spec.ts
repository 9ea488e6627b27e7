/** What other clients of the cloud send and take, beside our nodes. */
import assert from "node:assert/strict";
import { type House, startHouse, usualVariables } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type TestRuntime, load } from "../../support/node-helper";

describe("Beside other clients", () => {
  let house: House;
  let bench: TestRuntime | undefined;

  beforeEach(async () => {
    house = await startHouse({ variables: { ...usualVariables, place: "LOCATION" } });
  });
  afterEach(async () => {
    await bench?.unload();
    bench = undefined;
    await house.stop();
  });

  const propertyOut = (more: object = {}): Record<string, unknown> => ({
    id: "write",
    type: "arduino-cloud-property-out",
    account: "account",
    thing: "House",
    wires: [["out"]],
    ...more,
  });
  const watchers = [
    { id: "out", type: "helper" },
    { id: "catch", type: "catch", wires: [["caught"]] },
    { id: "caught", type: "helper" },
  ];
  /** The bytes that went to a topic of the thing, without those of their time. */
  const bytes = (channel: string): string[] =>
    house.simulator.observed.publishes
      .filter(({ topic }) => topic === `/a/t/${house.thingId}/${channel}`)
      .map(({ payload }) =>
        Buffer.from(payload)
          .toString("hex")
          .replace(/221b[0-9a-f]{16}/g, ""),
      );

  describe("a Python board", () => {
    const connections = (): number =>
      house.simulator.observed.connects.filter(({ clientId }) => clientId === house.deviceId).length;

    it("whose variables hold ints takes whole numbers, also as components, and stays connected", async () => {
      const board = await house.board({
        profile: "python",
        variables: {
          temperature: { type: "FLOAT", value: 0 },
          lamp: { type: "HOME_COLORED_LIGHT", value: { swi: false, hue: 1, sat: 2, bri: 3 } },
          place: { type: "LOCATION", value: { lat: 45, lon: 7 } },
        },
      });
      bench = await load(house, [propertyOut(), ...watchers]);
      bench.node("write").receive({ property: "temperature", payload: 31 });
      bench.node("write").receive({ property: "lamp", payload: { swi: true, hue: 10, sat: 20, bri: 30 } });
      bench.node("write").receive({ property: "place", payload: { lat: "46", lon: 8 } });
      await until("the writes", () => board.writes.length === 3);
      assert.deepEqual(board.values, {
        temperature: 31,
        lamp: { swi: true, hue: 10, sat: 20, bri: 30 },
        place: { lat: 46, lon: 8 },
      });
      assert.equal(connections(), 1);
      assert.ok(bytes("e/i").includes("81a3006b74656d7065726174757265" + "02181f"), bytes("e/i").join());
      await bench.arrived("out", 3);
      assert.deepEqual(bench.at("caught"), []);
    });

    it("whose variable holds an int for what the cloud told it takes whole numbers too", async () => {
      house.simulator.store.record(house.thingId, "temperature", 20, Date.now());
      const board = await house.board({ profile: "python", variables: { temperature: "FLOAT" } });
      assert.equal(board.values["temperature"], 20);
      bench = await load(house, [propertyOut({ property: "temperature" }), ...watchers]);
      bench.node("write").receive({ payload: "21" });
      await until("the write", () => board.values["temperature"] === 21);
      assert.equal(connections(), 1);
    });
  });
});
