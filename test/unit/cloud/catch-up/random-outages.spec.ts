import assert from "node:assert/strict";
import { OutageWorld, type WorldOptions } from "../../../support/outage-world";

/** Outages in a row, returns too short for a catch-up, a REST service that is away, redeploys in the midst of it. */
describe("CatchUp through random outages", function () {
  this.timeout(60_000);
  /** OUTAGE_SEEDS=1000 plays so many seeds of each kind; OUTAGE_FIRST=17 begins with that one. */
  const seeds = Number(process.env.OUTAGE_SEEDS ?? 4);
  const first = Number(process.env.OUTAGE_FIRST ?? 1);
  /** Seeds that were found amiss once. */
  const foundAmiss: Record<string, number[]> = {
    "initial, all": [2, 139],
    "initial, a slow network": [52],
    "last, a slow network": [43],
    "values that repeat": [83, 164],
    "values that repeat, and redeploys": [6, 140],
  };
  const troubles = { restFails: true, redeploys: true, refuses: true, grantMs: 2_000 };

  const kinds: Record<string, Omit<WorldOptions, "seed">> = {
    "outages alone": { mode: "all", values: Infinity },
    "REST away": { mode: "all", values: Infinity, restFails: true },
    redeploys: { mode: "all", values: Infinity, redeploys: true },
    refusals: { mode: "all", values: Infinity, refuses: true, grantMs: 5_000 },
    "all troubles": { mode: "all", values: Infinity, ...troubles },
    "values that repeat": { mode: "all", values: 2, restFails: true },
    "values that repeat, and redeploys": { mode: "all", values: 2, ...troubles },
    "a slow network": { mode: "all", values: Infinity, latencyMs: 800, ...troubles },
    "a slow history": { mode: "all", values: Infinity, lateMs: 13_000, ...troubles },
    "a clock that is off": { mode: "all", values: Infinity, skewMs: 40_000, ...troubles },
    "a clock that is off by a part": {
      mode: "all",
      values: Infinity,
      skewMs: -5_700,
      knownSkewMs: -5_000,
      ...troubles,
    },
    "a clock that is off unknown": { mode: "all", values: Infinity, skewMs: 40_000, knownSkewMs: 0, ...troubles },
    "a board with a time of its own": { mode: "all", values: 3, skewMs: 5_000, ownTimeMs: 60_000, ...troubles },
    "initial, all": { mode: "all", initial: true, values: Infinity, ...troubles },
    last: { mode: "last", values: Infinity, ...troubles },
    "last, a slow network": { mode: "last", values: Infinity, latencyMs: 800, ...troubles },
    "last, a clock that is off": { mode: "last", values: Infinity, skewMs: -5_700, knownSkewMs: -5_000, ...troubles },
    "initial, last": { mode: "last", initial: true, values: Infinity, ...troubles },
    initial: { mode: "none", initial: true, values: Infinity, ...troubles },
    "initial, a slow network": { mode: "none", initial: true, values: Infinity, latencyMs: 800, ...troubles },
    "initial, a clock that is off": {
      mode: "none",
      initial: true,
      values: Infinity,
      skewMs: 700,
      knownSkewMs: 0,
      ...troubles,
    },
  };

  for (const [kind, options] of Object.entries(kinds)) {
    it(`gives what it has to, once and in order: ${kind}`, async () => {
      const found = process.env.OUTAGE_FIRST === undefined ? (foundAmiss[kind] ?? []) : [];
      for (const seed of [...Array.from({ length: seeds }, (_, index) => first + index), ...found]) {
        const world = new OutageWorld({ ...options, seed });
        const verdict = await world.play();
        const isRight = Object.values(verdict).every(({ length }) => length === 0);
        assert.ok(isRight, `Seed ${seed}: ${JSON.stringify(verdict)}\n${world.log.join("\n")}`);
      }
    });
  }
});
