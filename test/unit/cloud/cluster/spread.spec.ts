import assert from "node:assert/strict";
import { fairGifts, slotOf, spreadSlots } from "../../../../cloud/cluster/slots";
import { World } from "../../../support/cluster-world";
import { withSeeds } from "../../../support/random-source";

const things = Array.from({ length: 24 }, (_none, index) => `thing-${index}`);
const numbered = (count: number): string => `value ${count}`;
const repeating = (count: number): string => `value ${count % 3}`;

describe("the shares of copies", () => {
  /** Lets all copies give until nobody has anything to give; returns how many slots have moved. */
  const settle = (holders: string[], copies: readonly string[]): number => {
    let moved = 0;
    for (let gifts = fairGifts(holders, copies); gifts.length > 0; gifts = fairGifts(holders, copies)) {
      for (const { slot, from, to } of gifts) {
        assert.equal(holders[slot], from);
        holders[slot] = to;
      }
      moved += gifts.length;
      assert.ok(moved <= holders.length, "slots go round in circles");
    }
    return moved;
  };
  const countsOf = (holders: readonly string[], copies: readonly string[]): number[] =>
    copies.map((copy) => holders.filter((holder) => holder === copy).length);

  it("are alike with any number of copies, and no more slots move than have to", () => {
    const holders = Array<string>(spreadSlots).fill("copy-0");
    const copies = ["copy-0"];
    for (let count = 2; count <= 20; count++) {
      copies.push(`copy-${count - 1}`);
      const moved = settle(holders, copies);
      const counts = countsOf(holders, copies);
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, String(counts));
      assert.ok(moved <= Math.ceil(spreadSlots / count), `${moved} moved to copy ${count}`);
      assert.equal(holders[0], "copy-0", "the first slot stays where it is");
    }
  });

  it("are the same in the eyes of all copies, and leave alone what nobody has", () => {
    const holders = [...Array<string>(7).fill("b"), "", "", ...Array<string>(7).fill("a")];
    const gifts = fairGifts(holders, ["c", "a", "b"]);
    assert.deepEqual(fairGifts(holders, ["b", "a", "c"]), gifts);
    assert.deepEqual(
      new Set(gifts.map(({ slot, from, to }) => `${slot} ${from} ${to}`)),
      new Set(["15 a c", "5 b c", "6 b c"]),
    );
    assert.deepEqual(fairGifts(holders, []), []);
  });

  it("give each thing a slot, evenly, and all things one where nothing is shared", () => {
    const counts = Array<number>(spreadSlots).fill(0);
    for (let thing = 0; thing < 16_000; thing++) counts[slotOf(`thing ${thing}`, spreadSlots)]! += 1;
    assert.ok(Math.min(...counts) > 850 && Math.max(...counts) < 1_150, String(counts));
    assert.equal(slotOf("any", 1), 0);
  });
});

describe("copies that share the things", () => {
  it("speak for all where they are alone", async () => {
    const world = new World(things);
    const copy = world.join();
    await world.pass(5_000, numbered, 20);
    assert.deepEqual(copy.cluster.state, { name: "speaking", share: { part: 16, of: 16, leader: "" } });
    world.check();
    assert.equal(world.doubled, 0);
  });

  for (const [kind, text] of Object.entries({ numbered, repeating })) {
    it(`give a share to each that joins, without loss or doubles, of ${kind} values`, async () => {
      const world = new World(things);
      for (const parts of [[16], [8, 8], [6, 5, 5], [4, 4, 4, 4]]) {
        world.join();
        await world.pass(8_000, text, 20);
        assert.deepEqual([...world.parts].sort(), [...parts].sort());
      }
      assert.equal(world.copies[0]?.cluster.leads, true);
      assert.deepEqual(world.copies[1]?.cluster.state, {
        name: "speaking",
        share: { part: 4, of: 16, leader: "copy-0" },
      });
      world.check();
      assert.equal(world.doubled, 0);
    });
  }

  it("give nothing twice that was on its way to the one that joins", async () => {
    const world = new World(things);
    const first = world.join();
    await world.pass(4_000, numbered, 20);
    const second = world.join();
    const late: (() => void)[] = [];
    for (let count = 0; count < 500; count++) {
      late.push(world.hear(numbered, [first]));
      await world.clock.advance(20);
      // The other copy hears each value 100 ms later.
      if (late.length > 5) late.shift()?.();
    }
    assert.deepEqual(world.parts, [8, 8]);
    for (const hear of late) hear();
    await world.pass(1_000, numbered, 20);
    world.check();
    assert.equal(world.doubled, 0);
    assert.ok(world.spoken.some(({ copy }) => copy === second.cluster.me));
  });

  it("take over what one had that was killed, each its share", async () => {
    const world = new World(things);
    const [first] = [world.join(), world.join(), world.join()];
    await world.pass(10_000, numbered, 20);
    first.kill();
    world.engine.forget("copy-0");
    await world.pass(15_000, numbered, 20);
    assert.deepEqual(world.parts, [0, 8, 8]);
    world.check();
    // What one of them had given in its last moments, of its third of the values.
    assert.ok(world.doubled <= 5, `${world.doubled} doubled`);
  });

  it("leave without a double, and come back to their share", async () => {
    const world = new World(things);
    const [, second] = [world.join(), world.join()];
    await world.pass(10_000, numbered, 20);
    void second.cluster.stop();
    await world.pass(1_000, numbered, 20);
    assert.deepEqual(world.parts, [16, 0]);
    second.cluster.start();
    await world.pass(15_000, numbered, 20);
    assert.deepEqual(world.parts, [8, 8]);
    world.check();
    assert.equal(world.doubled, 0);
  });

  it("take back what they gave to one that is no more", async () => {
    const world = new World(things);
    const [first, second] = [world.join(), world.join()];
    await world.pass(1_000, numbered, 20);
    second.kill();
    await world.pass(20_000, numbered, 20);
    assert.deepEqual(world.parts, [16, 0]);
    assert.equal(first.cluster.leads, true);
    world.check();
    assert.equal(world.doubled, 0);
  });

  it("keep silent while one lives that speaks for all alone, and share again when it is gone", async () => {
    const world = new World(things);
    world.join();
    world.join();
    await world.pass(10_000, numbered, 20);
    const sole = world.join("standby");
    await world.pass(15_000, numbered, 20);
    assert.deepEqual(world.parts, [0, 0, 1]);
    const from = world.spoken.length;
    await world.pass(3_000, numbered, 20);
    assert.deepEqual([...new Set(world.spoken.slice(from).map(({ copy }) => copy))], ["copy-2"]);
    void sole.cluster.stop();
    await world.pass(15_000, numbered, 20);
    assert.deepEqual(world.parts, [8, 8, 0]);
    assert.equal(new Set(world.spoken.map(({ value }) => value)).size, world.heard.length);
  });

  it("never speak two for a slot and lose nothing, whatever happens", async () => {
    await withSeeds(8, async (below) => {
      const world = new World(things);
      for (let copies = 2 + below(3); copies > 0; copies--) world.join();
      await world.pass(8_000, numbered, 50);
      for (let event = 0; event < 6; event++) await happen(world, below);
      world.engine.comeBack(false);
      await world.pass(30_000, numbered, 50);
      world.check();
      const parts = world.parts.filter((_part, index) => world.copies[index]?.isAlive);
      assert.equal(
        parts.reduce((sum, part) => sum + part),
        spreadSlots,
      );
      assert.ok(Math.max(...parts) - Math.min(...parts) <= 1, String(parts));
    });
  }).timeout(60_000);
});

/** Lets one thing happen to a world that always keeps one copy that is awake and hears. */
async function happen(world: World, below: (limit: number) => number): Promise<void> {
  const alive = world.copies.filter(({ isAlive }) => isAlive);
  const victim = alive[below(alive.length - 1) + 1];
  switch (below(5)) {
    case 0:
      victim?.kill();
      world.join();
      break;
    case 1:
      victim?.stop();
      await world.pass(below(12_000), numbered, 50);
      victim?.continue();
      break;
    case 2:
      world.engine.goDown();
      await world.pass(below(15_000), numbered, 50);
      world.engine.comeBack(below(2) === 0);
      break;
    case 3:
      world.join();
      break;
    default:
      void victim?.cluster.handOver();
  }
  await world.pass(below(8_000), numbered, 50);
}
