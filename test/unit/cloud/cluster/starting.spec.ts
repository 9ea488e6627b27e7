import assert from "node:assert/strict";
import { World } from "../../../support/cluster-world";

const numbered = (count: number): string => `value ${count}`;

describe("copies of a flow that start", () => {
  it("go on at once where another one lives that can't hear", async () => {
    const world = new World();
    const [first, second] = [world.join(), world.join()];
    second.goOffline();
    await world.pass(10_000, numbered);
    assert.equal(first.cluster.state.name, "speaking");
    world.engine.cutOff.add("copy-1");
    void first.cluster.stop();
    const third = world.join();
    await world.pass(500, numbered);
    assert.equal(third.cluster.state.name, "speaking");
    world.check();
    assert.equal(world.doubled, 0);
  });

  it("leave the word to the one that is the first to hear", async () => {
    const world = new World();
    const [first, second] = [world.join(), world.join()];
    for (const copy of [first, second]) copy.goOffline();
    await world.pass(200, numbered);
    assert.deepEqual(world.speaking, []);
    second.goOnline();
    const heard = world.heard.length;
    await world.pass(500, numbered);
    assert.equal(second.cluster.state.name, "speaking");
    first.goOnline();
    await world.pass(5_000, numbered);
    world.check(heard);
    assert.equal(world.doubled, 0);
  });
});
