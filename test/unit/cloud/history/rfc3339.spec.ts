import assert from "node:assert/strict";
import { after, nanosecondsOf, rfc3339, timestampOf, timestampsOf } from "../../../../cloud/history/rfc3339";

describe("times of series", () => {
  it("are read like Date.parse reads them, from 1842 to 2242 and beyond", () => {
    for (let index = 0; index < 20_000; index++) {
      const time = Math.floor(Math.sin(index) * 9e12) + index;
      const text = new Date(time).toISOString();
      assert.equal(timestampOf(text, "P"), time, text);
      const short = text.replace(/\.?0+Z$/, "Z");
      assert.equal(timestampOf(short, "P"), time, short);
    }
    for (const day of ["2024-02-29", "2000-02-29", "2100-03-01", "1900-02-28", "2026-12-31", "2026-01-01"]) {
      assert.equal(timestampOf(`${day}T23:59:59Z`, "P"), Date.parse(`${day}T23:59:59Z`), day);
    }
  });

  it("may have an offset, any fraction and small letters", () => {
    const expected = Date.parse("2026-03-01T00:00:00.120Z");
    for (const text of ["2026-03-01T01:00:00.12+01:00", "2026-03-01t00:00:00.120z", "2026-03-01T00:00:00.120999999Z"])
      assert.equal(timestampOf(text, "P"), expected, text);
    assert.equal(timestampOf("2026-03-01T00:00:00.1234567890123Z", "P"), expected + 3);
    assert.equal(timestampOf("1969-12-31T23:59:59.9999Z", "P"), -1);
  });

  it("are an error where they are none", () => {
    for (const text of [
      ...["", "yesterday", "2026-03-01", "2026-03-01T00:00:00", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z"],
      ...["2026-03-01T25:00:00Z", "2026-03-01T00:60:00Z", "2026-03-01T00:00:61Z", "2026-03-01T00:00:00.Z"],
      ...["2026-03-01T00:00:00.1x3Z", "2026-03-01T00:00:00.123x5Z", "2o26-03-01T00:00:00Z", "2026-03-32T00:00:00Z"],
    ])
      assert.throws(
        () => timestampOf(text, "P"),
        { code: "server_error", message: /in property P is not a time/ },
        text,
      );
  });

  it("keep what is below milliseconds", () => {
    assert.equal(nanosecondsOf("2026-03-01T00:00:00.123Z"), 0);
    assert.equal(nanosecondsOf("2026-03-01T00:00:00.1230005Z"), 500);
    assert.equal(nanosecondsOf("2026-03-01T01:00:00.123456789+01:00"), 456_789);
    const instant = { milliseconds: Date.parse("2026-03-01T00:00:00.123Z"), nanoseconds: 999_999 };
    assert.equal(rfc3339(instant), "2026-03-01T00:00:00.123999999Z");
    assert.equal(rfc3339(after(instant, 1)), "2026-03-01T00:00:00.124000000Z");
    assert.equal(rfc3339(after(instant, 1_000_000)), "2026-03-01T00:00:00.124999999Z");
  });

  it("are read one after the other as each by itself", () => {
    const times = [
      ...["2026-03-01T00:00:00.123Z", "2026-03-01T00:00:00.123Z", "2026-03-01T00:00:59.9Z", "2026-03-01T00:00:59Z"],
      ...[
        "2026-03-01T00:01:00Z",
        "2026-03-01T00:01:00.123456789Z",
        "2026-03-01T00:01:01+01:00",
        "2026-03-01T00:01:02Z",
      ],
      ...["2026-03-01T00:01:03z", "2026-03-01T00:01:04.5Z", "2024-02-29T23:59:59.999Z", "1969-12-31T23:59:59.5Z"],
    ];
    assert.deepEqual(
      timestampsOf(times, "P"),
      times.map((time) => timestampOf(time, "P")),
    );
    for (const bad of [
      "2026-03-01T00:01:60Z",
      "2026-03-01T00:01:0xZ",
      "2026-03-01T00:01:00.Z",
      "2026-03-01T00:01:001Z",
    ]) {
      assert.throws(() => timestampsOf(["2026-03-01T00:01:00Z", bad], "P"), { code: "server_error" }, bad);
    }
  });
});
