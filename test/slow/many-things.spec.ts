import assert from "node:assert/strict";
import { accountOf, flowTab, propertyIn, sink, tab, watchers } from "../support/flows";
import { type NodeRed, startNodeRed } from "../support/node-red";
import { type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";

/**
 * An account with 20,000 things in a real Node-RED: nothing may block it. How long its longest turns are depends on the
 * machine, so they are printed; that the work is done in slices is held by `parse-in-turns.spec.ts` and the like. What is
 * quadratic in the number of things took 20 seconds, which no machine makes up for.
 */
const endlessMs = 2_000;

for (const variables of [1, 3]) {
  describe(`20,000 things of ${variables} variables`, function () {
    this.timeout(300_000);
    let house: House;
    let red: NodeRed;
    let last = "";

    before(async () => {
      const types = Object.fromEntries(Array.from({ length: variables }, (_, index) => [`level${index}`, "FLOAT"]));
      house = await startHouse({ variables: types });
      for (let index = 1; index < 20_000; index++) last = house.addThing(`Thing ${index}`, types);
      red = await startNodeRed({ env: { MEASURE_TURNS: "yes", LOG_LEVEL: "info" } });
    });
    after(async () => {
      await red.stop();
      await house.stop();
    });

    const print = async (what: string): Promise<void> => {
      const { turnMs, busyMs } = await red.longestTurn();
      // eslint-disable-next-line no-console -- A figure of this machine, on which nothing depends.
      console.log(
        `      longest turn ${what}: ${turnMs.toFixed(0)} ms, at most ${busyMs.toFixed(0)} ms of its own time`,
      );
      assert(turnMs > 0 && busyMs < endlessMs, `a turn of ${busyMs} ms`);
    };
    const lists = (): number =>
      house.simulator.observed.requests.filter(({ path }) => path === "/iot/v2/things").length;

    it("start, are followed, refreshed, and not found by a wrong name", async () => {
      await red.longestTurn();
      const get = { id: "get", type: "arduino-cloud-property-get", z: tab, x: 1, y: 1, account: "account" };
      await red.deploy([
        flowTab,
        accountOf(house),
        propertyIn(house, "values", { thing: "" }),
        sink("values"),
        { ...get, thing: "", property: "level0", wires: [["got"]] },
        sink("got"),
        ...watchers,
      ]);
      const subscriptions = (): number =>
        Math.max(0, ...house.simulator.observed.connections.map((connection) => connection.subscriptions.length));
      await until("all subscriptions", () => subscriptions() >= 20_000, 120_000);
      await print("at start");
      house.simulator.inject(`/a/t/${last}/e/o`, Buffer.from("81a200666c6576656c300205", "hex"));
      await until("a value of the last thing", () => red.received("values").length > 0, 60_000);

      const before = lists();
      // A lost connection has all things listed anew.
      house.simulator.dropAll();
      await until("a list", () => lists() > before, 120_000);
      await until("all subscriptions", () => subscriptions() >= 20_000, 120_000);
      await print("at a refresh after a reconnect");

      red.send("get", { thingId: "Thing 12345" });
      await until("an answer", () => red.received("got").length > 0, 60_000);
      await print("for a name");
      for (const name of ["Thing 12345x", "Thinh 777", "Thing 12345x"]) red.send("get", { thingId: name });
      await until("the errors", () => red.received("errors").length >= 3, 60_000);
      await print("for wrong names");
    });
  });
}
