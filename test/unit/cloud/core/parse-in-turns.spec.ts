import assert from "node:assert/strict";
import { parseListInTurns } from "../../../../cloud/core/parse-in-turns";

/** A list so long that it is parsed in several slices. */
const long = (items: readonly unknown[]): string => {
  const list = Array.from({ length: Math.ceil(400_000 / JSON.stringify(items).length) }, () => items).flat();
  return JSON.stringify(list);
};
const odd = [
  { name: 'a "quoted" \\ text, with ] and }', list: [1, [2, { a: "," }], []], empty: {} },
  ...["", '"', "\\", '\\"', "ü€😀", null, true, -1.5e-7, [], {}, "[1,2", "],"],
];

/** A text in pieces of so many bytes. */
function inPieces(text: string, size = 65_536): Buffer[] {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}

describe("parseListInTurns", () => {
  it("reads what JSON.parse reads, short or long", async () => {
    const texts = [
      "[1]",
      ' [1, "a"] ',
      long(odd),
      ` \n${long(odd)}\t`,
      long([1]),
      JSON.stringify(["x".repeat(500_000), odd]),
    ];
    for (const text of texts) {
      for (const size of [7, 65_536, 1_000_000])
        assert.deepEqual(await parseListInTurns(inPieces(text, size)), JSON.parse(text), `pieces of ${size}`);
    }
  });

  it("reads items as they are when they have been cleaned", async () => {
    const list = await parseListInTurns(inPieces(long(["a secret"])), (text) => text.replaceAll("secret", "…"));
    assert.deepEqual([...new Set(list)], ["a …"]);
  });

  it("refuses what is no list of JSON, wherever that shows", async () => {
    const good = long(odd);
    const ends = good.slice(0, -1);
    const middle = good.indexOf(',{"name', 200_000);
    const broken = [
      ...[ends, `${ends},]`, `${ends}}`, `${good}]`, `${good} x`, `${ends}]]`, `[,${good.slice(1)}`, `${ends},"open]`],
      ...[",", "]", "}", "[", '"', ":", "nonsense"].map((text) => good.slice(0, middle) + text + good.slice(middle)),
      ...["", "nonsense", `x${good}`, `{"list":${good}}`],
    ];
    for (const text of broken) assert.equal(await parseListInTurns(inPieces(text)), undefined, text.slice(-20));
  });

  it("parses a long list in many turns, so that others have theirs", async () => {
    // A clock by which each slice takes four milliseconds.
    let time = 0;
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const text = JSON.stringify(Array.from({ length: 20_000 }, (_, id) => ({ id, name: "x".repeat(200) })));
    const list = await parseListInTurns(inPieces(text), undefined, () => (time += 4));
    isOver = true;
    assert.equal(list?.length, 20_000);
    // 64 kB in a slice, and three slices in a turn.
    const slices = text.length / 65_536;
    assert(turns >= Math.floor(slices / 3), `${turns} turns`);
  });
});
