import assert from "node:assert/strict";
import { Cluster } from "../../../../cloud/cluster/cluster";
import { type ClusterState, StateTeller } from "../../../../cloud/cluster/cluster-state";
import { EngineHealth } from "../../../../cloud/cluster/engine-health";
import { Lease } from "../../../../cloud/cluster/lease";
import { turnsOf } from "../../../../cloud/cluster/turns";
import { CloudError } from "../../../../cloud/core/errors";
import { ModelEngine, modelSettings } from "../../../support/cluster-model";
import { FakeClock } from "../../../support/fake-clock";

describe("the state of a copy", () => {
  it("is told where only the right to speak has changed", () => {
    const told: string[] = [];
    const teller = new StateTeller();
    teller.observe(({ name }) => told.push(name));
    const state: ClusterState = { name: "no-engine", error: new CloudError("offline", "away") };
    teller.show(state, false);
    teller.show(state, false);
    teller.show(state, true);
    assert.deepEqual(told, ["no-engine", "no-engine"]);
  });

  it("is told to all, though one throws", () => {
    const told: string[] = [];
    const teller = new StateTeller();
    teller.observe(() => {
      throw new Error("a fault of a listener");
    });
    const end = teller.observe(({ name }) => told.push(name));
    teller.show({ name: "joining" }, false);
    end();
    teller.show({ name: "speaking" }, true);
    assert.deepEqual(told, ["joining"]);
  });

  it("gives the turn to a copy that goes on alone", async () => {
    const clock = new FakeClock();
    const engine = new ModelEngine(clock);
    engine.isDown = true;
    const nobody = (): void => undefined;
    const cluster = new Cluster({
      me: "copy",
      settings: { ...modelSettings, whenEngineDown: "speak" },
      clock,
      createEngine: (events) => engine.for("copy", events),
      ...{ onWarning: nobody, onFault: nobody },
    });
    const told: boolean[] = [];
    turnsOf(cluster).follow((isOurs) => told.push(isOurs));
    await clock.advance(modelSettings.ttlMs);
    assert.deepEqual(told, [false, true]);
  });
});

describe("the faults of an engine", () => {
  it("are told once of each kind until it answers", () => {
    const warnings: string[] = [];
    const health = new EngineHealth({
      clock: new FakeClock(),
      ttlMs: 5_000,
      mayGoOnAlone: false,
      onWarning: (message) => warnings.push(message),
    });
    const fail = (): void => {
      for (const code of ["offline", "timeout", "offline", "timeout"] as const) {
        health.down(new CloudError(code, code), false);
      }
    };
    fail();
    assert.deepEqual(warnings, ["offline", "timeout"]);
    health.up();
    fail();
    assert.deepEqual(warnings, ["offline", "timeout", "offline", "timeout"]);
  });
});

describe("a lease", () => {
  it("gives no right to write before it was granted", async () => {
    const clock = new FakeClock();
    const engine = new ModelEngine(clock).for("me", {
      onUp: () => undefined,
      onDown: () => undefined,
      onTold: () => undefined,
    });
    const lease = new Lease({ engine, clock, name: "0", me: "me", ttlMs: 5_000 });
    assert.equal(lease.fence, undefined);
    await lease.attempt(true);
    assert.deepEqual(lease.fence, { lease: "0", holder: lease.text });
  });
});
