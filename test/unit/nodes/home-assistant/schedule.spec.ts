import assert from "node:assert/strict";
import type { PropertyValue } from "../../../../cloud/codec/values";
import { offsetSeconds, scheduleState } from "../../../../nodes/home-assistant/schedule";

describe("schedules for Home Assistant", () => {
  /** Seconds since 1970 of a local time. */
  const local = (day: number, hour: number, minute = 0): number => Date.UTC(2026, 5, day, hour, minute) / 1_000;
  /** The instant of a local time in Rome in summer. */
  const instant = (day: number, hour: number, minute = 0, second = 0): number =>
    (local(day, hour - 2, minute) + second) * 1_000;
  const at = (value: object, now: number): ReturnType<typeof scheduleState> =>
    scheduleState(value as PropertyValue, now, "Europe/Rome");

  it("are active in the thing's zone, until the second after their length", () => {
    // Mondays and Fridays at 8:00 for ten minutes. The first of June 2026 is a Monday.
    const weekly = { frm: local(1, 8), to: 0, len: 600, msk: (2 << 26) | 0b0100010 };
    assert.deepEqual(at(weekly, instant(1, 8)).isActive, true);
    assert.deepEqual(at(weekly, instant(1, 7, 59, 59)).isActive, false);
    assert.deepEqual(at(weekly, instant(1, 8, 10)).isActive, true);
    assert.deepEqual(at(weekly, instant(1, 8, 10, 1)).isActive, false);
    assert.deepEqual(at(weekly, instant(2, 8, 5)).isActive, false);
    assert.deepEqual(at(weekly, instant(5, 8, 5)).isActive, true);
    assert.equal(at(weekly, instant(1, 7)).lookAgainAt, instant(1, 8));
    assert.equal(at(weekly, instant(1, 8, 5)).lookAgainAt, instant(1, 8, 10, 1));
    const { kind, attributes } = at(weekly, instant(1, 8));
    assert.deepEqual(
      [kind, attributes],
      ["weekly", { from: "2026-06-01T08:00:00", to: null, minutes: 10, days: ["monday", "friday"] }],
    );
  });

  it("are of five kinds, and end", () => {
    const plan = { frm: local(1, 8), to: local(3, 0), len: 60 };
    const kinds = [0, 1, 2, 3, 4].map((kind) => at({ ...plan, msk: (kind << 26) >>> 0 }, instant(1, 9)).kind);
    assert.deepEqual(kinds, ["once", "repeating", "weekly", "monthly", "yearly"]);
    // Every two hours: unit 2, count 2.
    const often = { ...plan, msk: ((2 << 30) | (1 << 26) | 2) >>> 0 };
    assert.deepEqual(
      [instant(1, 8), instant(1, 9), instant(1, 10), instant(3, 2)].map((now) => at(often, now).isActive),
      [true, false, true, false],
    );
    const monthly = { ...plan, to: 0, msk: ((3 << 26) | 15) >>> 0 };
    assert.deepEqual([at(monthly, instant(15, 8)).isActive, at(monthly, instant(16, 8)).isActive], [true, false]);
    const yearly = { ...plan, to: 0, msk: ((4 << 26) | (5 << 8) | 15) >>> 0 };
    assert.deepEqual(
      [at(yearly, instant(15, 8)).isActive, at(yearly, instant(15, 8) + 30 * 86_400_000).isActive],
      [true, false],
    );
    assert.equal(at({}, instant(1, 8)).isActive, false);
    assert.equal(at({ frm: "x" }, instant(1, 8)).attributes.from, "1970-01-01T00:00:00");
  });

  it("have no beginning and no end that no calendar reaches", () => {
    const { attributes, lookAgainAt } = at({ frm: 1e300, to: -8.64e12 - 1, len: 60, msk: 2 << 26 }, instant(1, 8));
    assert.deepEqual([attributes.from, attributes.to], [null, null]);
    assert.ok(Number.isFinite(lookAgainAt));
    assert.equal(at({ frm: 8.64e12 }, instant(1, 8)).attributes.from, "+275760-09-13T00:00:00");
  });

  it("know zones, and take none for UTC", () => {
    assert.deepEqual(
      ["Europe/Rome", "Asia/Kolkata", "", "Nowhere/Else"].map((zone) => offsetSeconds(instant(1, 8), zone)),
      [7_200, 19_800, 0, 0],
    );
  });
});
