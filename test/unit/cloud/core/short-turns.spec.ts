import assert from "node:assert/strict";
import { inShortTurns, ownTurn } from "../../../../cloud/core/short-turns";
import { until } from "../../../support/wait";

/** Counts the rounds of the event loop until it is told to stop. */
function countRounds(): { now: () => number; stop: () => void } {
  let round = 0;
  let isOver = false;
  const count = (): void => {
    round++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  return { now: () => round, stop: () => void (isOver = true) };
}

/** Returns how many of the given rounds are the same one, at the most. */
function mostAtOnce(rounds: readonly number[]): number {
  return Math.max(...rounds.map((round) => rounds.filter((other) => other === round).length));
}

describe("inShortTurns", () => {
  it("does a few milliseconds of work in a turn, also where much is to be done at once", async () => {
    const rounds = countRounds();
    // A clock by which each item takes three milliseconds.
    let time = 0;
    const done: number[] = [];
    const work = (): void => {
      time += 3;
      done.push(rounds.now());
    };
    const begin = (): Promise<void> => inShortTurns(Array.from({ length: 20 }), work, undefined, () => time);
    await Promise.all(Array.from({ length: 10 }, begin));
    rounds.stop();
    assert.equal(done.length, 200);
    // What each began with was done when it was called.
    assert(mostAtOnce(done.slice(20)) <= 2, `${mostAtOnce(done.slice(20))} items in a turn`);
  });

  it("gives up between two turns", async () => {
    const done: number[] = [];
    let time = 0;
    await inShortTurns(
      [1, 2, 3],
      (item) => {
        done.push(item);
        time += 10;
      },
      () => done.length === 2,
      () => time,
    );
    assert.deepEqual(done, [1, 2]);
  });
});

describe("ownTurn", () => {
  it("gives each a turn of its own, and none in the present one", async () => {
    const rounds = countRounds();
    await until("some rounds", () => rounds.now() > 2);
    const began = rounds.now();
    const turns = await Promise.all(Array.from({ length: 5 }, () => ownTurn().then(rounds.now)));
    rounds.stop();
    assert.equal(mostAtOnce([began, ...turns]), 1, turns.join());
  });
});
