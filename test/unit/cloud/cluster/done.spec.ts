import assert from "node:assert/strict";
import { UnderWay } from "../../../../cloud/cluster/under-way";
import { type HeardValue, Lane } from "../../../../cloud/cluster/value-ring";
import { World } from "../../../support/cluster-world";
import { settle } from "../../../support/wait";

const numbered = (count: number): string => `value ${count}`;

/** Work that a spec ends. */
function newWork(): { promise: Promise<void>; end: (error?: Error) => void } {
  let end: (error?: Error) => void = () => undefined;
  const promise = new Promise<void>((resolve, reject) => (end = (error) => (error ? reject(error) : resolve())));
  return { promise, end };
}

describe("values that the flow is at work with", () => {
  const laneOf = (key: string): Lane =>
    new Lane(key, { speak: () => undefined, skip: () => undefined, print: Number, isInitial: () => false });
  const valueOf = (lane: Lane, item: string): HeardValue => ({
    number: 0,
    lane,
    item,
    heardAt: 0,
    isDone: true,
    print: 0,
  });

  it("count as done when all before them in their lane are, and with an error, too", async () => {
    const done: unknown[] = [];
    const underWay = new UnderWay(({ item }) => done.push(item));
    const [lane, other] = [laneOf("lane"), laneOf("other")];
    const [a, b, c] = [newWork(), newWork(), newWork()];
    underWay.add(valueOf(lane, "a"), a.promise);
    underWay.add(valueOf(lane, "b"), b.promise);
    underWay.add(valueOf(lane, "of no work"), undefined);
    underWay.add(valueOf(other, "other"), undefined);
    underWay.add(valueOf(lane, "c"), c.promise);
    b.end(new Error("the flow failed"));
    await settle();
    assert.deepEqual(done, ["other"]);
    a.end();
    await settle();
    assert.deepEqual(done, ["other", "a", "b", "of no work"]);
    let isIdle = false;
    void underWay.idle().then(() => (isIdle = true));
    await settle();
    assert.equal(isIdle, false);
    c.end();
    await settle();
    assert.deepEqual(done.at(-1), "c");
    assert.equal(isIdle, true);
  });

  it("are forgotten where another copy speaks, though the flow ends with them later", async () => {
    const done: unknown[] = [];
    const underWay = new UnderWay(({ item }) => done.push(item));
    const lane = laneOf("lane");
    const [before, after] = [newWork(), newWork()];
    underWay.add(valueOf(lane, "before"), before.promise);
    underWay.clear();
    await underWay.idle();
    underWay.add(valueOf(lane, "after"), after.promise);
    before.end();
    await settle();
    assert.deepEqual(done, []);
    after.end();
    await settle();
    assert.deepEqual(done, ["after"]);
  });
});

describe("copies whose values count as done with the flow", () => {
  /** Two copies that speak: the first one's flow works so long on each value; the world behind 20 values. */
  const begin = async (workMs: number): Promise<World> => {
    const world = new World();
    const [first] = [world.join(), world.join()];
    first.work = () => new Promise((resolve) => world.clock.after(workMs, resolve));
    await world.pass(10_000, numbered);
    return world;
  };
  const countOf = (world: World, copy: string): number => world.spoken.filter((spoken) => spoken.copy === copy).length;

  it("give again what the flow of one that was killed had not done, and lose nothing", async () => {
    const world = await begin(2_000);
    const [first] = world.copies;
    first?.kill();
    world.engine.forget("copy-0");
    await world.pass(10_000, numbered);
    world.check();
    // Two seconds of work, and what was not marked yet; one value comes in 100 ms.
    assert.ok(world.doubled >= 20 && world.doubled <= 24, `${world.doubled} given again`);
  });

  it("give the word away without doubles when the flow is done soon, and give again what it is not done with", async () => {
    for (const [workMs, least, most] of [
      [1_000, 0, 0],
      [4_000, 24, 27],
    ] as const) {
      const world = await begin(workMs);
      const given = countOf(world, "copy-0");
      void world.copies[0]?.cluster.handOver();
      await world.pass(5_000, numbered);
      assert.equal(countOf(world, "copy-0"), given, "it keeps silent at once");
      assert.equal(world.copies[1]?.cluster.state.name, "speaking");
      assert.ok(world.doubled >= least && world.doubled <= most, `${world.doubled} given again`);
      assert.equal(new Set(world.spoken.map(({ value }) => value)).size, world.heard.length);
    }
  });

  it("count again from anew where a copy gets the word back whose flow never ended with some", async () => {
    const world = await begin(1e9);
    const [first, second] = world.copies;
    assert.ok(first && second);
    void first.cluster.handOver();
    await world.pass(11_000, numbered);
    assert.equal(second.cluster.state.name, "speaking");
    first.work = undefined;
    void second.cluster.handOver();
    await world.pass(11_000, numbered);
    assert.equal(first.cluster.state.name, "speaking");
    const before = world.doubled;
    first.kill();
    world.engine.forget("copy-0");
    await world.pass(10_000, numbered);
    assert.ok(world.doubled - before <= 4, `${world.doubled - before} given again`);
    assert.equal(new Set(world.spoken.map(({ value }) => value)).size, world.heard.length);
  });
});
