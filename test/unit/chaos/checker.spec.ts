import assert from "node:assert/strict";
import {
  isExcused,
  judgeCreations,
  judgeMessages,
  judgeStream,
  judgeWrites,
  type MessageEvent,
} from "../../chaos/checker";

const nothing = { lost: [], doubled: [], disordered: [], invented: [], repeated: [] };
/** Values 0, 1, 2 … at 0, 100, 200 … ms. */
const stream = (...values: number[]): { value: number; at: number }[] =>
  values.map((value, index) => ({ value, at: index * 100 }));

describe("the checker of the chaos suite", () => {
  it("finds nothing where each value came once and in order", () => {
    assert.deepEqual(judgeStream(stream(0, 1, 2), stream(0, 1, 2)), nothing);
  });

  it("counts what is lost, at any place", () => {
    assert.deepEqual(judgeStream(stream(0, 1, 2, 3), stream(1, 2)), { ...nothing, lost: [0, 3] });
  });

  it("counts what came twice", () => {
    assert.deepEqual(judgeStream(stream(0, 1, 2), stream(0, 1, 0, 2, 2)), { ...nothing, doubled: [0, 2] });
  });

  it("counts what came after a later value", () => {
    assert.deepEqual(judgeStream(stream(0, 1, 2), stream(0, 2, 1)), { ...nothing, disordered: [1] });
  });

  it("counts what came from nowhere", () => {
    assert.deepEqual(judgeStream(stream(0, 1), stream(0, 7, 1)), { ...nothing, invented: [7] });
  });

  it("lets a kill repeat its last second, and no more", () => {
    const given = [
      { value: 0, at: 1_000 },
      { value: 1, at: 2_500 },
      { value: 0, at: 9_000 },
      { value: 1, at: 9_001 },
    ];
    assert.deepEqual(judgeStream(stream(0, 1), given, [3_000]), { ...nothing, doubled: [0], repeated: [1] });
    assert.deepEqual(judgeStream(stream(0, 1), given, [9_002]).doubled, [0, 1], "a kill excuses nothing before it");
  });

  it("takes a kill for an excuse only between the two", () => {
    assert.equal(isExcused(100, 300, [200]), true);
    assert.equal(isExcused(100, 150, [200]), false);
    assert.equal(isExcused(250, 300, [200]), false);
    assert.equal(isExcused(100, 3_000, [2_000]), false);
  });

  const at = (number: string, time: number, more: Partial<MessageEvent> = {}): MessageEvent => ({
    number,
    node: "out",
    at: time,
    ...more,
  });
  const keeps = (node: string): boolean => node === "out";
  const fine = { unheard: [], endedTwice: [], codeless: [] };

  it("finds nothing where each message ended once, handed on or not", () => {
    const taken = [at("a", 1), at("b", 2), at("b", 50)];
    const ended = [at("a", 10), at("b", 60, { code: "offline" })];
    assert.deepEqual(judgeMessages(taken, ended, [], keeps), fine);
  });

  it("counts messages that nothing ended", () => {
    assert.deepEqual(judgeMessages([at("a", 1), at("b", 2)], [at("a", 3)], [], keeps), { ...fine, unheard: ["b"] });
  });

  it("lets a kill end messages that a node does not keep, and the latest of those that it does", () => {
    const taken = [at("kept", 1_000), at("late", 4_500), at("read", 1_000, { node: "history" })];
    assert.deepEqual(judgeMessages(taken, [], [5_000], keeps), { ...fine, unheard: ["kept"] });
    assert.deepEqual(judgeMessages(taken, [], [500], keeps).unheard, ["kept", "late", "read"]);
  });

  it("counts messages that ended twice, unless a kill came right behind the first end", () => {
    const taken = [at("a", 1)];
    assert.deepEqual(judgeMessages(taken, [at("a", 5), at("a", 6)], [], keeps), { ...fine, endedTwice: ["a"] });
    assert.deepEqual(judgeMessages(taken, [at("a", 5), at("a", 6_000)], [100], keeps), fine);
    assert.deepEqual(judgeMessages(taken, [at("a", 5), at("a", 6_000)], [2_000], keeps).endedTwice, ["a"]);
  });

  it("counts errors without a code", () => {
    assert.deepEqual(judgeMessages([at("a", 1)], [at("a", 2, { code: "" })], [], keeps), { ...fine, codeless: ["a"] });
  });

  it("lets a write go out again over another connection only", () => {
    const asked = stream(0, 1, 2);
    const write = (value: number, connection: string): { value: number; at: number; connection: string } => ({
      value,
      connection,
      at: 0,
    });
    const again = [write(0, "a"), write(1, "a"), write(1, "b"), write(2, "b")];
    assert.deepEqual(judgeWrites(asked, asked, again), { ...nothing, repeated: [1] });
    const wrong = [write(0, "a"), write(0, "a"), write(2, "a"), write(1, "a"), write(9, "a")];
    assert.deepEqual(judgeWrites(asked, asked, wrong), { ...nothing, doubled: [0], disordered: [1], invented: [9] });
    assert.deepEqual(judgeWrites(asked.slice(1), asked, [write(2, "a")]).lost, [1], "what failed need not be there");
  });

  it("takes what the broker has lost for sent, but not for delivered", () => {
    const asked = stream(0, 1, 2);
    const write = (value: number): { value: number; at: number; connection: string } => ({
      value,
      at: 0,
      connection: "a",
    });
    const swallowed = { ...write(0), isSwallowed: true as const };
    const again = [swallowed, write(1), write(2), write(0)];
    assert.deepEqual(judgeWrites(asked, asked, again), { ...nothing, repeated: [0] });
    assert.deepEqual(judgeWrites(asked, asked, [swallowed, write(1), write(2)]).lost, [0]);
    assert.deepEqual(judgeWrites(asked, asked, [...again, write(0)]).doubled, [0]);
  });

  it("counts things that are not there, or there too often", () => {
    const creations = [
      { name: "a", outcome: "made" },
      { name: "b", outcome: "made" },
      { name: "c", outcome: "unknown" },
      { name: "d", outcome: "unknown" },
      { name: "e", outcome: "refused" },
      { name: "f", outcome: "refused" },
    ] as const;
    assert.deepEqual(judgeCreations(creations, ["a", "c", "c", "e"]), { lost: ["b"], doubled: ["c", "e"] });
    assert.deepEqual(judgeCreations(creations, ["a", "b", "c"]), { lost: [], doubled: [] });
  });
});
