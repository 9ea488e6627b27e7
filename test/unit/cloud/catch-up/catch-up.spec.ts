import assert from "node:assert/strict";
import { CatchUp } from "../../../../cloud/catch-up/catch-up";
import type { LiveValue } from "../../../../cloud/live-values/value-feed";
import { FakeClock } from "../../../support/fake-clock";
import { settle } from "../../../support/wait";

const live = (value: number): LiveValue => ({
  ...{ variable: "a", value, timestamp: value, direction: "reported", own: false },
});

describe("what was seen at the end", () => {
  for (const isHeard of [false, true])
    it(`has what came in that turn only where it arrives, and nothing later, ${isHeard ? "as" : "unless"} it does`, async () => {
      const given: unknown[] = [];
      const catchUp = new CatchUp({
        mode: "all",
        variable: "a",
        clock: new FakeClock(),
        client: { clockSkew: 0, call: () => Promise.reject(new Error("Nothing is asked.")) },
        lookUp: () => Promise.reject(new Error("Nothing is looked up.")),
        sink: ({ value }) => given.push(value),
        onWarning: assert.ifError,
        onError: assert.ifError,
      });
      catchUp.subscribed();
      catchUp.value(live(1));
      await settle();
      catchUp.value(live(2));
      catchUp.end(isHeard, true);
      // A node that has many things ends them in several turns.
      await settle();
      catchUp.value(live(3));
      await settle();
      catchUp.stop();
      assert.deepEqual(given, [1, 2]);
      assert.equal(catchUp.lastSeen["a"]?.value, isHeard ? 2 : 1);
    });
});
