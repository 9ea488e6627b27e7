import assert from "node:assert/strict";
import { compareCost, HistoryBench, type Outcome } from "../../scripts/bench/history";

const start = Date.parse("2025-01-01T00:00:00Z");
const count = 60_000;

/** A small version of `npm run bench -- history`: every process is real, and none is the simulator's. */
describe("a long history", function () {
  this.timeout(120_000);
  let bench: HistoryBench | undefined;

  afterEach(() => bench?.stop());

  const queriesPerThousand = ({ queries }: Outcome): number => queries / (count / 1_000);

  it("comes out of the node exactly, in as few queries as can be, without taking memory", async () => {
    bench = await HistoryBench.start({ count, longest: 900, start });
    const outcome = await bench.read("flow", { requestsPerSecond: 500, check: true });
    assert.deepEqual([outcome.points, outcome.isExact], [count, true]);
    assert.ok(queriesPerThousand(outcome) <= 1.45, `${outcome.queries} queries`);
    assert.ok(outcome.residentBytes < 120 * 2 ** 20, `${outcome.residentBytes} bytes`);
    const arduino = await bench.read("arduino", { requestsPerSecond: 500, check: true });
    assert.equal(arduino.isExact, false, "or else this history is too easy");
  });

  it("costs little more than to ask for it and to parse the answers", async () => {
    bench = await HistoryBench.start({ count, longest: 100, start });
    const outcome = await bench.read("reader", { requestsPerSecond: 500, check: true });
    assert.ok(outcome.isExact);
    assert.ok(queriesPerThousand(outcome) <= 1.08, `${outcome.queries} queries`);
    const { bare = NaN, reader = NaN } = await compareCost(bench, ["bare", "reader"], 3, 1);
    assert.ok(reader < 2.5 * bare, `${reader} µs per point, ${bare} by axios itself`);
  });
});
