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
    const other = otherCopy(house, redis, { share: "spread", things, ttl: 3 });
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

describeWithRedis("a property in whose values count when the flow is done with them", () => {
  it("has another copy give again what its flow was at work with when it left", async () => {
    const redis = await startRedis();
    const house = await startHouse();
    const board = await house.board();
    const nodes = clusteredFlow(house, redis, { ttl: 3 }).map((node) =>
      node["id"] === "in" ? { ...node, ack: "done" } : node,
    );
    const runtime = await load(house, nodes, { cluster: "cluster" });
    await until("the word", () => statusText(runtime.at("states").at(-1)?.["status"]).startsWith("green"));
    const atWork = new Map<unknown, () => void>();
    runtime.node("out").on("input", (message, _send, done) => atWork.set(message.payload, done));
    const other = otherCopy(house, redis, { ttl: 3 });
    await other.online();
    const me = other.account.cluster?.me ?? "";
    let toldAt: number | undefined;
    await until("the other copy, and that it is known", () => {
      const live = JSON.parse(redis.cli("EVAL", liveScript, "0")) as Record<string, string>;
      const { [me]: told = "{}", ...others } = live;
      const { at, since } = JSON.parse(told) as { at: number; since?: number };
      if (since !== undefined) toldAt ??= at;
      const [known = "{}"] = Object.values(others);
      return toldAt !== undefined && (JSON.parse(known) as { at: number }).at > toldAt;
    });

    for (const counter of [1, 2, 3, 4]) await board.report({ counter });
    await until("all values in the flow", () => atWork.size === 4);
    for (const value of [1, 3]) atWork.get(value)?.();
    await runtime.unload();
    await board.report({ counter: 5 });
    await until("the last value", () => other.values.includes(5));
    assert.deepEqual(other.values, [2, 3, 4, 5]);
  });
});

/** Returns what the copies have told of themselves, as JSON. */
const liveScript = `
local all = {}
local flat = redis.call('HGETALL', redis.call('KEYS', '*:live')[1])
for i = 1, #flat, 2 do all[flat[i]] = flat[i + 1] end
return cjson.encode(all)`;
