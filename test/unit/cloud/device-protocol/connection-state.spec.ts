import assert from "node:assert/strict";
import { CloudError } from "../../../../cloud/core/errors";
import { connectionStateOf, TakeOvers } from "../../../../cloud/device-protocol/connection-state";
import type { SessionState } from "../../../../cloud/mqtt/session";
import { FakeClock } from "../../../support/fake-clock";

const error = new CloudError("offline", "The connection to the broker was closed.");
const waiting: SessionState = { name: "waiting", until: 1, error };

describe("the state of a device's connection", () => {
  it("is that of the session, but online only with a thing", () => {
    const none = new TakeOvers(new FakeClock());
    const online: SessionState = { name: "online" };
    assert.deepEqual(connectionStateOf({ name: "connecting" }, undefined, none), { name: "connecting" });
    assert.deepEqual(connectionStateOf(online, undefined, none), { name: "connecting" });
    assert.deepEqual(connectionStateOf(online, "thing", none), { name: "online", thingId: "thing" });
    assert.equal(connectionStateOf(online, "", none).name, "no-thing");
    assert.deepEqual(connectionStateOf(waiting, undefined, none), waiting);
    assert.equal(connectionStateOf({ ...waiting, name: "refused" }, undefined, none).name, "refused");
  });

  describe("with another client of the same identity", () => {
    let clock: FakeClock;
    let takeOvers: TakeOvers;

    beforeEach(() => {
      clock = new FakeClock();
      takeOvers = new TakeOvers(clock);
    });
    /** A connection that is lost after a while, and the wait for the next one. */
    async function lost(heldMs: number, waitMs = 1_000): Promise<void> {
      takeOvers.note({ name: "connecting" });
      takeOvers.note({ name: "online" });
      await clock.advance(heldMs);
      takeOvers.note({ name: "connecting" });
      takeOvers.note(waiting);
      await clock.advance(waitMs);
    }

    it("is taken over once three connections in a row are lost soon", async () => {
      await lost(100);
      await lost(29_999);
      assert.equal(takeOvers.areLikely, false);
      await lost(100);
      assert.equal(takeOvers.areLikely, true);
      const state = connectionStateOf(waiting, undefined, takeOvers);
      assert.deepEqual([state.name, state.name === "taken-over" && state.error.code], ["taken-over", "conflict"]);
    });

    it("is not when one of them held, or three minutes lie between", async () => {
      for (const heldMs of [100, 100, 30_000, 100, 100]) await lost(heldMs);
      assert.equal(takeOvers.areLikely, false);
      takeOvers = new TakeOvers(clock);
      for (const waitMs of [0, 180_000, 0, 0]) await lost(100, waitMs);
      assert.equal(takeOvers.areLikely, false);
    });

    it("is not when the session was stopped, or never got online", () => {
      for (const name of ["online", "idle", "online", "idle", "online", "closed"] as const) takeOvers.note({ name });
      for (let round = 0; round < 5; round++) {
        takeOvers.note({ name: "connecting" });
        takeOvers.note(waiting);
      }
      assert.equal(takeOvers.areLikely, false);
    });
  });
});
