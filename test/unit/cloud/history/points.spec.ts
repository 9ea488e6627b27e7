import assert from "node:assert/strict";
import { Points, type RawPoint } from "../../../../cloud/history/points";

const point = (timestamp: number): RawPoint => ({
  propertyId: timestamp % 2 === 0 ? "even" : "odd",
  time: new Date(timestamp).toISOString(),
  timestamp,
  value: { timestamp },
});
const all = Array.from({ length: 9 }, (_, index) => point(index));

describe("Points", () => {
  it("give back what was put into columns, one by one and by place, also a stretch of a stretch", () => {
    const points = Points.of(all);
    assert.deepEqual([...points], all);
    const part = points.slice(2, 8).slice(1);
    assert.deepEqual([[...part], part.length], [all.slice(3, 8), 5]);
    assert.deepEqual([part.at(4), part.timeAt(0), part.timestampAt(0)], [all[7], all[3]?.time, 3]);
    const told: RawPoint[] = [];
    part.forEach((propertyId, time, timestamp, value) => told.push({ propertyId, time, timestamp, value }));
    assert.deepEqual(told, all.slice(3, 8));
    assert.deepEqual([...Points.in([part, points.slice(0, 1), points.slice(9)])], [...all.slice(3, 8), all[0]]);
    assert.equal(points.slice(7, 99).length, 2);
  });

  it("ask about each once, in order, and are the same where all are wanted", () => {
    const points = Points.of(all).slice(1);
    for (const unwanted of [[], [1], [8], [4, 5], [1, 3, 8], [1, 2, 3, 4, 5, 6, 7, 8]]) {
      const asked: number[] = [];
      const wanted = points.filter(({ timestamp }) => {
        asked.push(timestamp);
        return !unwanted.includes(timestamp);
      });
      assert.deepEqual(asked, [1, 2, 3, 4, 5, 6, 7, 8]);
      const expected = all.slice(1).filter(({ timestamp }) => !unwanted.includes(timestamp));
      assert.deepEqual([...wanted], expected);
      assert.equal(wanted === points, unwanted.length === 0);
    }
  });
});
