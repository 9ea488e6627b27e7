import assert from "node:assert/strict";
import { seenByClock } from "../../../../cloud/catch-up/seen-clock";

const now = 1_700_000_000_000;

describe("what was seen last, by another clock", () => {
  it("has our own times moved, and those of senders and history as they are", () => {
    const seen = {
      "": { time: now, value: null },
      own: { time: now, at: now + 5, value: 1 },
      sent: { time: now - 60_000, at: now, value: 2 },
      stored: { time: now - 50, at: now, value: 3, stored: true, offset: -2_000 },
      exact: { time: now - 50, at: now, value: 3, stored: true, offset: 0 },
      foreign: "a text",
    };
    const moved = seenByClock(seen, 600_000);
    assert.deepEqual(moved, {
      "": { time: now + 600_000, value: null },
      own: { time: now + 600_000, at: now + 600_005, value: 1 },
      sent: { time: now - 60_000, at: now + 600_000, value: 2 },
      stored: { time: now - 50, at: now + 600_000, value: 3, stored: true, offset: -602_000 },
      exact: { time: now - 50, at: now + 600_000, value: 3, stored: true, offset: 0 },
      foreign: "a text",
    });
    assert.deepEqual(seenByClock(moved, -600_000), seen);
    assert.equal(seenByClock(undefined, 0), undefined);
  });
});
