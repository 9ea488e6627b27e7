/** What is given in a turn of the event loop is handed on in the next one, as Node-RED hands over messages. */
import assert from "node:assert/strict";
import { nextTurn } from "../../../../cloud/core/guard";
import { TurnBatches } from "../../../../cloud/core/turn-batches";

describe("batches of a turn", () => {
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  let handedOn: (readonly number[])[];
  let batches: TurnBatches<number>;

  beforeEach(() => {
    handedOn = [];
    batches = new TurnBatches((items) => handedOn.push([...items]));
  });

  it("are handed on in the next turn, together, and once", async () => {
    batches.add(1);
    await Promise.resolve();
    batches.add(2);
    assert.deepEqual(handedOn, []);
    await turn();
    await turn();
    assert.deepEqual(handedOn, [[1, 2]]);
  });

  it("leave what is given in that next turn to the one after it", async () => {
    let before: unknown;
    nextTurn(() => batches.add(2));
    batches.add(1);
    nextTurn(() => (before = handedOn.length));
    await turn();
    assert.deepEqual([handedOn, before], [[[1]], 1]);
    await turn();
    assert.deepEqual(handedOn, [[1], [2]]);
  });

  it("are handed on at once, or forgotten whole or in part, and then no more", async () => {
    for (const item of [1, 2, 3]) batches.add(item);
    batches.forget((item) => item === 2);
    batches.flush();
    batches.add(4);
    batches.clear();
    batches.add(5);
    await turn();
    await turn();
    assert.deepEqual(handedOn, [[1, 3], [5]]);
  });
});
