import assert from "node:assert/strict";
import { encodeSenml } from "../../../simulator/codec/senml";
import { clusteredFlow, otherCopy, statusText } from "../../support/cluster-copies";
import { load } from "../../support/node-helper";
import { describeWithRedis, startRedis } from "../../support/redis";
import { startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";

describeWithRedis("copies of a flow that share the things", () => {
  it("give one that joins its share, and take over what it had, without loss or doubles", async () => {
    const redis = await startRedis();
    const house = await startHouse();
    const { simulator } = house;
    const things = Array.from({ length: 20 }, (_none, index) => {
      const { id } = simulator.store.createThing({ name: `Thing ${index}` }, { userId: simulator.userId });
      simulator.store.createProperty(id, { name: "counter", variable_name: "counter", type: "INT", persist: false });
      return id;
    });
    let sent = 0;
    /** Reports a value of each thing in turn until something is the case, and until the last one has come. */
    const reportUntil = async (what: string, isSo: () => boolean, values: () => number[]): Promise<void> => {
      await until(what, () => {
        const thing = things[sent % things.length] ?? "";
        simulator.inject(`/a/t/${thing}/e/o`, encodeSenml([{ variable: "counter", value: ++sent }], "cpp"));
        return isSo();
      });
      await until("all values", () => new Set(values()).size === sent);
    };
    const ofThings = { id: "in", type: "arduino-cloud-property-in", account: "account", thing: "", wires: [["out"]] };
    const nodes = clusteredFlow(house, redis, { share: "spread", ttl: 3 }).map((node) =>
      node["id"] === "in" ? ofThings : node,
    );
    const runtime = await load(house, nodes, { cluster: "cluster" });
    const shown = (): string => statusText(runtime.at("states").at(-1)?.["status"]);
    const given = (): number[] => runtime.at("out").map(({ payload }) => Number(payload));
    await until("all parts", () => shown() === "green 16/16");
    await until("all subscriptions", () => {
      const topics = simulator.observed.connections.flatMap(({ subscriptions }) => subscriptions);
      return things.every((thing) => topics.includes(`/a/t/${thing}/e/o`));
    });
    const other = otherCopy(house, redis, { share: "spread", things });
    const all = (): number[] => [...given(), ...other.values];
    await reportUntil("equal parts", () => shown() === "green 8/16", all);
    await reportUntil("values of the other copy", () => other.values.length > 20, all);
    const byRuntime = runtime.at("out").slice(-5);
    for (const { cluster } of byRuntime) assert.ok((cluster as { slot: number }).slot < 8, "the first half stays");
    void other.account.close();
    await reportUntil("all parts", () => shown() === "green 16/16", all);
    assert.equal(all().length, sent, "doubled");
    for (const values of [given(), other.values]) {
      for (const thing of things.keys()) {
        const ofThing = values.filter((value) => (value - 1) % things.length === thing);
        assert.deepEqual(
          ofThing,
          [...ofThing].sort((a, b) => a - b),
          "out of order",
        );
      }
    }
  });
});
