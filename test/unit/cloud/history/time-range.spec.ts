import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { parseTime, parseWindow } from "../../../../cloud/history/time-range";

const now = Date.parse("2026-03-10T12:00:00Z");
const hour = 3_600_000;
const parse = (given: unknown): number => parseTime("from", given, now);

describe("parseTime", () => {
  let zone: string | undefined;

  before(() => {
    zone = process.env["TZ"];
    process.env["TZ"] = "Europe/Berlin";
  });
  after(() => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  });

  it("reads times since 1970, now, and spans back from now", () => {
    for (const [given, expected] of [
      [1_767_225_600_000, 1_767_225_600_000],
      ["1767225600000", 1_767_225_600_000],
      [0, 0],
      ["0", 0],
      [new Date(5), 5],
      ["now", now],
      [" now ", now],
      ["-15m", now - hour / 4],
      ["-24h", now - 24 * hour],
      ["-7d", now - 168 * hour],
      ["-2w", now - 336 * hour],
    ] as const)
      assert.equal(parse(given), expected, String(given));
  });

  it("takes numbers below 1e11 for seconds, also as text, and dates of function nodes", () => {
    for (const [given, expected] of [
      [1_795_968_025, 1_795_968_025_000],
      ["1795968025", 1_795_968_025_000],
      [1_795_968_025.7, 1_795_968_025_700],
      [-86_400, -86_400_000],
      [99_999_999_999 / 100, 999_999_999_990],
      [1e11, 1e11],
      [-1e11, -1e11],
      [runInNewContext("new Date(1767225600000)"), 1_767_225_600_000],
    ] as const)
      assert.equal(parse(given), expected, String(given));
  });

  it("takes ISO 8601 without an offset for the server's time, also across daylight saving and leap days", () => {
    for (const [given, expected] of [
      ["2026-01-15T08:00:00Z", "2026-01-15T08:00:00.000Z"],
      ["2026-01-15T08:00:00.1234567Z", "2026-01-15T08:00:00.123Z"],
      ["2026-01-15T08:00:00+05:30", "2026-01-15T02:30:00.000Z"],
      ["2026-01-15T08:00-0230", "2026-01-15T10:30:00.000Z"],
      ["2026-01-15T08:00+01", "2026-01-15T07:00:00.000Z"],
      ["2026-01-15", "2026-01-14T23:00:00.000Z"],
      ["2026-01-15 08:00", "2026-01-15T07:00:00.000Z"],
      ["2026-07-15T08:00:00", "2026-07-15T06:00:00.000Z"],
      ["2026-03-29T01:59:59", "2026-03-29T00:59:59.000Z"],
      ["2026-03-29T03:00:00", "2026-03-29T01:00:00.000Z"],
      ["2024-02-29", "2024-02-28T23:00:00.000Z"],
    ] as const)
      assert.equal(new Date(parse(given)).toISOString(), expected, given);
  });

  it("refuses everything else, naming the field, what is given and what is expected", () => {
    const nonsense = [
      "",
      "yesterday",
      "2026",
      "2026-02-30",
      "2026-13-01",
      "2026-01-01T25:00",
      "-5",
      "-5y",
      "+1h",
      "--1h",
    ];
    for (const given of [...nonsense, "-999999999w", NaN, Infinity, 9e15, null, undefined, {}, [], true, new Date(NaN)])
      assert.throws(() => parse(given), {
        code: "invalid_input",
        message: /^history: from is (".*"|NaN|Infinity|9000000000000000|null|nothing|an .*|true), but expected is ISO/,
      });
    assert.throws(() => parseTime("to", "soon", now), { message: /^history: to is "soon", .*"now"/ });
  });
});

describe("parseWindow", () => {
  it("gives the window, also one that is empty or ends in the future", () => {
    assert.deepEqual(parseWindow({ from: "-1h", to: "now" }, now), { from: now - hour, to: now });
    assert.deepEqual(parseWindow({ from: now, to: now }, now), { from: now, to: now });
    assert.deepEqual(parseWindow({ from: "-1h", to: now + hour }, now), { from: now - hour, to: now + hour });
  });

  it("refuses one that begins after its end, or in the future", () => {
    assert.throws(() => parseWindow({ from: "now", to: "-1h" }, now), {
      code: "invalid_input",
      message: /from is after to.*from "now" \(2026-03-10T12:00:00.000Z\), to "-1h" \(2026-03-10T11/,
    });
    assert.throws(() => parseWindow({ from: now + 1, to: now + hour }, now), {
      code: "invalid_input",
      message: /from is in the future/,
    });
  });
});
