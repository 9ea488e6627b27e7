import assert from "node:assert/strict";
import { startCluster } from "../support/cluster";
import { completeOf, type FlowNode, sink, tab } from "../support/flows";
import type { NodeRed } from "../support/node-red";
import { describeLongRounds } from "../support/redis";
import type { House } from "../support/simulated-account";
import { until } from "../support/wait";

const count = 100_000;
const batch = 1_000;

/** An archive of one variable, whose pages a function takes. */
function archiveNodes(house: House): FlowNode[] {
  return [
    {
      ...{ id: "archive", type: "arduino-cloud-history", z: tab, x: 1, y: 1, account: "account" },
      ...{ thing: house.thingId, property: "counter", since: "last-run", output: "stream", batch, from: "-90d" },
      wires: [["rows"]],
    },
    sink("rows", {
      func: `global.get("tell")("rows", { payload: msg.payload.map(({ value }) => value) }); return null;`,
    }),
    ...completeOf("archive", "dones"),
  ];
}

describeLongRounds("an archive over two Node-REDs", () => {
  it("has all values though the copy that reads is killed in a page, at most one page twice", async () => {
    const cluster = await startCluster({
      ...{ copies: 2, ttl: 2, more: archiveNodes },
    });
    const { house, copies } = cluster;
    house.simulator.faults.requestsPerSecond = null;
    const end = Date.now() - 3_600_000;
    for (let value = 0; value < count; value++) {
      house.simulator.store.record(house.thingId, "counter", value, end - (count - value) * 1_000);
    }
    const rows = (copy: NodeRed): number[] => copy.received("rows").flatMap(({ payload }) => payload as number[]);
    const first = await cluster.settled();
    for (const copy of copies) copy.send("archive", { payload: "" });
    await until("some pages", () => rows(first).length >= 30 * batch, 120_000);
    await first.kill();
    const second = copies.find((copy) => copy !== first);
    assert.ok(second);
    assert.deepEqual(rows(second), [], "one copy reads");
    await until("another speaker", () => cluster.speaker() === second);
    second.send("archive", { payload: "" });
    await until("the end", () => second.received("dones").length >= 2, 240_000);
    const all = [...rows(first), ...rows(second)];
    const twice = all.length - new Set(all).size;
    process.stdout.write(`      ${count} values: ${rows(first).length} before the kill, ${twice} twice\n`);
    assert.equal(new Set(all).size, count);
    assert.ok(twice <= batch, `${twice} twice`);
  }).timeout(400_000);
});
