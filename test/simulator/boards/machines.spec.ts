import assert from "node:assert/strict";
import { door } from "../../../simulator/boards/door";
import type { Machine, Values } from "../../../simulator/boards/machine";
import { scheduleActive } from "../../../simulator/boards/schedule";
import { tank } from "../../../simulator/boards/tank";
import { weatherAt, weatherStation } from "../../../simulator/boards/weather-station";

/** The values of each of `seconds` seconds. */
function run(machine: Machine, start: Values, seconds: number, now = 1_700_000_000): Values[] {
  const states: Values[] = [];
  let values: Values = { ...machine.defaults, ...start };
  for (let second = 1; second <= seconds; second += 1) {
    values = { ...values, ...machine.next(values, { seconds: second, now: now + second, local: now + second }) };
    states.push(values);
  }
  return states;
}

describe("machines of the simulated house", () => {
  it("lets the tank fall slowly and rise while the pump runs, which stops when it is full", () => {
    const falling = run(tank, { level: 60 }, 100).at(-1)!;
    assert.deepEqual([falling["level"], falling["pump"]], [55, false]);
    const rising = run(tank, { level: 60, pump: true }, 20).at(-1)!;
    assert.deepEqual([rising["level"], rising["pump"]], [69, true]);
    const states = run(tank, { level: 99, pump: true }, 10);
    assert.equal(Math.max(...states.map(({ level }) => Number(level))), 100);
    assert.equal(states.at(-1)!["pump"], false);
    assert.equal(run(tank, { level: 0.01 }, 5).at(-1)!["level"], 0);
  });

  it("runs the pump while its schedule is active", () => {
    const now = 1_700_000_000;
    const schedule = { frm: now + 10, to: 0, len: 5, msk: 0 };
    const on = run(tank, { schedule }, 30, now).flatMap(({ pump }, index) => (pump === true ? [index + 1] : []));
    assert.deepEqual(on, [10, 11, 12, 13, 14, 15]);
  });

  it("opens the door once a minute, counts it and tells when; not while it is locked", () => {
    const states = run(door, { door: false, lock: false }, 120, 1000);
    assert.deepEqual([states.at(-1)!["open_count"], states.at(-1)!["last_opened"]], [2, 1112]);
    assert.equal(states.filter((values) => values["door"] === true).length, 16);
    assert.equal(run(door, { door: false, lock: true }, 120).at(-1)!["open_count"], 0);
  });

  it("gives weather that changes and stays plausible", () => {
    const readings = Array.from({ length: 500 }, (_, index) =>
      weatherAt({ seconds: index * 10, now: index * 600, local: index * 600 }),
    );
    for (const [name, low, high] of [
      ["temperature", 7, 28],
      ["humidity", 40, 90],
      ["pressure", 1000, 1020],
    ] as const) {
      const values = readings.map((reading) => Number(reading[name]));
      assert.ok(Math.min(...values) >= low && Math.max(...values) <= high, name);
      assert.ok(new Set(values).size > 20, name);
    }
    assert.deepEqual(new Set(readings.map(({ rain }) => rain)), new Set([true, false]));
    const intervals = [0, 5, 99_999].map((interval) => weatherStation.interval?.({ interval }));
    assert.deepEqual(intervals, [1, 5, 3600]);
  });
});

describe("schedules", () => {
  const at = (text: string): number => Date.parse(`${text}Z`) / 1000;
  const start = at("2026-11-23T08:00:00"); // a Monday
  const cases: [what: string, mask: number, active: string, not: string][] = [
    ["one-shot", 0, "2026-11-23T08:00:30", "2026-11-24T08:00:30"],
    ["every 20 minutes", 0x4400_0014, "2026-11-23T08:40:59", "2026-11-23T08:30:00"],
    ["on Mondays and Wednesdays", (2 << 26) | 0b1010, "2026-11-25T08:01:00", "2026-11-24T08:00:30"],
    ["on the 23rd of a month", (3 << 26) | 23, "2026-12-23T08:00:10", "2026-12-24T08:00:10"],
    ["on 23 November", (4 << 26) | (10 << 8) | 23, "2027-11-23T08:00:10", "2026-12-23T08:00:10"],
  ];
  for (const [what, msk, active, not] of cases) {
    it(`are active ${what}`, () => {
      const schedule = { frm: start, to: 0, len: 60, msk };
      assert.equal(scheduleActive(schedule, at(active)), true);
      assert.equal(scheduleActive(schedule, at(not)), false);
      assert.equal(scheduleActive(schedule, start - 1), false);
      assert.equal(scheduleActive({ ...schedule, to: at(active) }, at(active)), false);
    });
  }

  it("are never active when empty", () => {
    assert.equal(scheduleActive({ frm: 0, to: 0, len: 0, msk: 0 }, start), false);
    assert.equal(scheduleActive(undefined, start), false);
  });
});
