import assert from "node:assert/strict";
import { decodeSenml } from "../../simulator/codec/senml";
import { type RunningCluster, startCluster } from "../support/cluster";
import { completeOf, type FlowNode, propertyOut } from "../support/flows";
import type { NodeRed } from "../support/node-red";
import { describeLongRounds } from "../support/redis";
import type { House } from "../support/simulated-account";
import { until } from "../support/wait";

const count = 1_000;

/** A device of Node-RED's own in each copy, and a node that writes to it and says when it is done. */
function deviceNodes({ account, deviceId, secretKey }: House): FlowNode[] {
  const credentials = { deviceId, secretKey };
  const device = { account: "account", brokerUrl: account.deviceBrokerUrl, messagesPerSecond: 25, credentials };
  return [
    { id: "device", type: "arduino-cloud-device", ...device },
    propertyOut("write", { account: "", device: "device", property: "counter" }),
    ...completeOf("write", "dones"),
  ];
}

/** Writes numbers over all living copies in turn; those that a dead copy had not done are given to another one. */
class Writers {
  readonly #cluster: RunningCluster;
  readonly given = new Map<NodeRed, number[]>();

  constructor(cluster: RunningCluster) {
    this.#cluster = cluster;
  }

  give(value: number): void {
    const living = this.#cluster.copies.filter((copy) => copy.isRunning());
    const copy = living[value % living.length];
    assert.ok(copy);
    this.given.set(copy, [...(this.given.get(copy) ?? []), value]);
    copy.send("write", { payload: value });
  }

  done(copy: NodeRed): number[] {
    return copy.received("dones").map(({ payload }) => Number(payload));
  }

  /** All that is done, in whichever copy. */
  get doneCount(): number {
    return new Set(this.#cluster.copies.flatMap((copy) => this.done(copy))).size;
  }

  async kill(copy: NodeRed): Promise<void> {
    await copy.kill();
    const done = new Set(this.done(copy));
    const left = (this.given.get(copy) ?? []).filter((value) => !done.has(value));
    this.given.delete(copy);
    for (const value of left) this.give(value);
  }
}

describeLongRounds("writes to a device over several Node-REDs", () => {
  it("all arrive, each done once, though the copy that has the device is killed twice", async () => {
    const cluster = await startCluster({ copies: 3, ttl: 2, more: deviceNodes });
    await cluster.board.close();
    const { house } = cluster;
    await cluster.settled();
    const writers = new Writers(cluster);
    for (let value = 1; value <= count; value++) writers.give(value);
    for (const due of [250, 550]) {
      await until(`${due} writes`, () => writers.doneCount >= due);
      const holder = cluster.speaker();
      assert.ok(holder);
      await writers.kill(holder);
      if (due === 250) await cluster.join();
    }
    await until("all writes", () => writers.doneCount === count, 120_000);
    const arrived = house.simulator.observed.publishes
      .filter(({ topic }) => topic === `/a/t/${house.thingId}/e/o`)
      .flatMap(({ payload }) => decodeSenml(payload).map(({ value }) => Number(value)));
    assert.equal(new Set(arrived).size, count);
    for (const [copy, given] of writers.given) {
      const done = writers.done(copy);
      assert.deepEqual([...done].sort(), [...given].sort(), "each done once");
    }
    const twice = arrived.length - count;
    process.stdout.write(`      ${count} writes: ${twice} sent twice\n`);
    assert.ok(twice <= 120, `${twice} sent twice`);
  }).timeout(240_000);
});
