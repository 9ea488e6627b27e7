import assert from "node:assert/strict";
import { World } from "../../../support/cluster-world";
import { withSeeds } from "../../../support/random-source";

const numbered = (count: number): string => `value ${count}`;
/** An engine is not replaced before all copies have missed it. */
const missedMs = 3_500;
const repeating = (count: number): string => `value ${count % 3}`;

describe("copies of a flow", () => {
  it("speak alone from the first value on, and go on after a restart where they were", async () => {
    const world = new World();
    const copy = world.join();
    await world.pass(10_000, numbered);
    assert.equal(copy.cluster.state.name, "speaking");
    world.check();
    assert.equal(world.doubled, 0);
  });

  it("have one speaker, and tell the others who it is", async () => {
    const world = new World();
    const [first, second] = [world.join(), world.join()];
    await world.pass(10_000, numbered);
    assert.deepEqual(first.cluster.state, { name: "speaking" });
    assert.deepEqual(second.cluster.state, { name: "standing-by", speaker: "copy-0" });
    world.check();
    assert.equal(world.doubled, 0);
  });

  for (const [kind, text] of Object.entries({ numbered, repeating })) {
    it(`lose nothing when the speaker is killed, of ${kind} values`, async () => {
      const world = new World();
      const [first] = [world.join(), world.join(), world.join()];
      await world.pass(10_000, text);
      first.kill();
      world.engine.forget("copy-0");
      await world.pass(10_000, text);
      assert.equal(world.speaking.length, 1);
      world.check();
      assert.ok(world.doubled <= 5, `${world.doubled} doubled`);
    });

    it(`give the word away without loss or doubles, of ${kind} values`, async () => {
      const world = new World();
      const [first, second] = [world.join(), world.join()];
      await world.pass(10_000, text);
      void first.cluster.stop();
      await world.pass(500, text);
      assert.equal(second.cluster.state.name, "speaking");
      await world.pass(5_000, text);
      world.check();
      assert.equal(world.doubled, 0);
    });
  }

  it("find their time to speak over when they slept", async () => {
    const world = new World();
    const [first, second] = [world.join(), world.join()];
    await world.pass(10_000, numbered);
    first.stop();
    await world.pass(12_000, numbered);
    assert.equal(second.cluster.state.name, "speaking");
    first.continue();
    await world.pass(5_000, numbered);
    assert.equal(first.cluster.state.name, "standing-by");
    world.check();
  });

  for (const isEmpty of [false, true]) {
    it(`keep values back while the engine is away${isEmpty ? ", which comes back empty" : ""}`, async () => {
      const world = new World();
      world.join();
      world.join();
      await world.pass(10_000, numbered);
      world.engine.goDown();
      await world.pass(20_000, numbered);
      assert.equal(world.speaking.length, 0);
      world.engine.comeBack(isEmpty);
      await world.pass(20_000, numbered);
      assert.equal(world.speaking.length, 1);
      world.check();
      assert.equal(world.doubled, 0);
    });
  }

  it("have one speaker though the engine loses all that it knows, again and again", async () => {
    const world = new World();
    for (let joined = 0; joined < 3; joined++) {
      world.join();
      await world.pass(700, numbered);
    }
    await world.pass(10_000, numbered);
    for (let lost = 0; lost < 20; lost++) {
      world.engine.forgetAll();
      await world.pass(1_300, numbered);
    }
    assert.equal(world.speaking.length, 1);
    world.check();
    assert.equal(world.doubled, 0);
  });

  it("replace one that was killed though the engine has lost all that it knew", async () => {
    const world = new World();
    const [first, second] = [world.join(), world.join()];
    await world.pass(10_000, numbered);
    first.kill();
    world.engine.forget("copy-0");
    world.engine.forgetAll();
    await world.pass(20_000, numbered);
    assert.equal(second.cluster.state.name, "speaking");
    world.check();
  });

  for (const minutes of [10, -10, -0.2]) {
    it(`have one speaker and lose nothing where the engine's clock is set by ${minutes} minutes`, async () => {
      const world = new World(["thing"]);
      const [first, second] = [world.join("standby"), world.join("standby")];
      await world.pass(10_000, numbered);
      world.engine.shiftMs += minutes * 60_000;
      await world.pass(10_000, numbered);
      assert.equal(world.doubled, 0);
      first.kill();
      world.engine.forget("copy-0");
      world.engine.shiftMs += minutes * 60_000;
      await world.pass(20_000, numbered);
      assert.equal(second.cluster.state.name, "speaking");
      world.check();
    });
  }

  it("let the one that spoke last go first when the engine is back, under whatever name", async () => {
    const world = new World();
    const [first, second] = [world.join(), world.join()];
    await world.pass(10_000, numbered);
    void first.cluster.handOver();
    await world.pass(10_000, numbered);
    assert.equal(second.cluster.state.name, "speaking");
    // The one that speaks goes on to the end of its lease, and can mark nothing any more.
    world.engine.goDown();
    await world.pass(7_000, numbered);
    world.engine.comeBack(false, "same");
    await world.pass(10_000, numbered);
    assert.equal(second.cluster.state.name, "speaking");
    world.check();
    assert.equal(world.doubled, 0);
  });

  it("go on at once behind one that leaves, also where the engine was out of their reach a moment ago", async () => {
    const world = new World();
    const [first, second] = [world.join(), world.join()];
    await world.pass(10_000, numbered);
    world.engine.cutOff.add("copy-1");
    await world.pass(4_000, numbered);
    world.engine.cutOff.clear();
    void first.cluster.handOver();
    await world.pass(500, numbered);
    assert.equal(second.cluster.state.name, "speaking");
    world.check();
    assert.equal(world.doubled, 0);
  });

  for (const isEmpty of [false, true]) {
    const how = isEmpty ? ", which comes back empty" : "";
    it(`let those go first that know more than one that joined while the engine was away${how}`, async () => {
      const world = new World();
      const [first] = [world.join(), world.join()];
      await world.pass(10_000, numbered);
      world.engine.goDown();
      first.kill();
      await world.pass(10_000, numbered);
      world.join();
      await world.pass(1_000, numbered);
      // The one that joined is the first to be back.
      world.engine.cutOff.add("copy-1");
      world.engine.comeBack(isEmpty);
      await world.pass(1_000, numbered);
      world.engine.cutOff.clear();
      await world.pass(15_000, numbered);
      assert.equal(world.speaking.length, 1);
      world.check();
    });
  }

  it("let those go first that know more than one that joins when the engine is back", async () => {
    const world = new World();
    const [first] = [world.join(), world.join()];
    await world.pass(10_000, numbered);
    world.engine.goDown();
    first.kill();
    await world.pass(20_000, numbered);
    world.engine.cutOff.add("copy-1");
    world.engine.comeBack(false);
    world.join();
    await world.pass(1_000, numbered);
    world.engine.cutOff.clear();
    await world.pass(15_000, numbered);
    assert.equal(world.speaking.length, 1);
    world.check();
  });

  it("do not take a lease for theirs that they gave up, and a replica brings back", async () => {
    const world = new World();
    const [first, second] = [world.join(), world.join()];
    await world.pass(10_000, numbered);
    const setBack = world.engine.replica();
    void first.cluster.handOver();
    await world.pass(500, numbered);
    assert.equal(second.cluster.state.name, "speaking");
    world.engine.goDown();
    await world.pass(1_000, numbered);
    setBack();
    world.engine.comeBack(false, "same");
    await world.pass(15_000, numbered);
    assert.equal(second.cluster.state.name, "speaking");
    world.check();
  });

  for (const isHeard of [false, true])
    it(`give again what was sent in the turn in which ${isHeard ? "only the node of one ended: nothing" : "the flow of one ended, and nothing else"}`, async () => {
      const world = new World();
      const [first, second] = [world.join(), world.join()];
      await world.pass(10_000, numbered);
      world.hear(numbered, world.copies);
      first.end(isHeard);
      void first.cluster.handOver();
      await world.pass(500, numbered);
      assert.equal(second.cluster.state.name, "speaking");
      world.check();
      assert.equal(world.doubled, isHeard ? 0 : 1);
    });

  it("give way when they can't hear and another one can", async () => {
    const world = new World();
    const [first, second] = [world.join(), world.join()];
    await world.pass(10_000, numbered);
    first.goOffline();
    await world.pass(10_000, numbered);
    assert.equal(second.cluster.state.name, "speaking");
    world.check();
  });

  it("never speak two at once and lose nothing, whatever happens", async () => {
    await withSeeds(12, async (below) => {
      const world = new World();
      for (let copies = 2 + below(2); copies > 0; copies--) world.join();
      await world.pass(6_000, numbered);
      for (let event = 0; event < 8; event++) await happen(world, below);
      world.engine.cutOff.clear();
      world.engine.comeBack(false);
      for (const copy of world.copies) copy.continue();
      await world.pass(25_000, numbered);
      assert.equal(world.speaking.length, 1);
      world.check();
    });
  }).timeout(60_000);

  it("never speak two at once and lose nothing where a replica that has not heard all replaces the engine", async () => {
    await withSeeds(12, async (below) => {
      const world = new World();
      for (let copies = 2 + below(2); copies > 0; copies--) world.join();
      await world.pass(6_000, numbered);
      for (let event = 0; event < 8; event++) await failOver(world, below);
      for (const copy of world.copies) copy.continue();
      await world.pass(25_000, numbered);
      assert.equal(world.speaking.length, 1);
      world.check();
    });
  }).timeout(60_000);
});

/** Lets a replica replace the engine, which has gone or does not answer, and something happen on the way. */
async function failOver(world: World, below: (limit: number) => number): Promise<void> {
  const text = below(2) === 0 ? numbered : repeating;
  await loseOne(world, below);
  const setBack = world.engine.replica();
  await loseOne(world, below);
  const isStalled = below(2) === 0;
  if (isStalled) world.engine.stall();
  else world.engine.goDown();
  const awayMs = below(14_000);
  await world.pass(awayMs, text);
  await loseOne(world, below);
  if (isStalled) world.engine.goOn(below(2) === 0);
  const isReplaced = awayMs > missedMs;
  if (isReplaced) setBack();
  if (!isStalled) world.engine.comeBack(false, isReplaced && below(2) === 0 ? "same" : "another");
  await world.pass(15_000, text);
}

/** May kill the copy that has been there longest, while others live, and let a new one join; or have it hand over. */
async function loseOne(world: World, below: (limit: number) => number): Promise<void> {
  const alive = world.copies.filter(({ isAlive }) => isAlive);
  const [first] = alive;
  const what = below(4);
  if (what === 0) void first?.cluster.handOver();
  if (what === 1 && alive.length > 2) {
    first?.kill();
    world.join();
  }
  await world.pass(below(1_500), numbered);
}

/** Lets one thing happen to a world that always keeps one copy that is awake and hears. */
async function happen(world: World, below: (limit: number) => number): Promise<void> {
  const alive = world.copies.filter(({ isAlive }) => isAlive);
  const victim = alive[below(alive.length - 1) + 1];
  const [first] = alive;
  const text = below(2) === 0 ? numbered : repeating;
  switch (below(6)) {
    case 0:
      // The first one may be the speaker, and dies only where another one has heard all that it has.
      (below(2) === 0 ? first : victim)?.kill();
      if (world.copies.filter(({ isAlive }) => isAlive).length < 2) {
        world.join();
        await world.pass(1_000, text);
      }
      world.join();
      await world.pass(below(8_000), text);
      break;
    case 1:
      victim?.stop();
      await world.pass(below(15_000), text);
      victim?.continue();
      await world.pass(2_000, text);
      break;
    case 2:
      world.engine.goDown();
      await world.pass(below(20_000), text);
      world.engine.comeBack(below(2) === 0);
      await world.pass(12_000, text);
      break;
    case 3:
      if (victim === undefined) break;
      world.engine.cutOff.add(victim.cluster.me);
      await world.pass(below(12_000), text);
      world.engine.cutOff.clear();
      await world.pass(2_000, text);
      break;
    case 4:
      void first?.cluster.handOver();
      await world.pass(below(3_000), text);
      break;
    default:
      await world.pass(below(5_000), text);
  }
}
