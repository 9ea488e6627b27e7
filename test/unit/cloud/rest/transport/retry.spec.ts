import assert from "node:assert/strict";
import { CloudError, errorCodes, type ErrorCode } from "../../../../../cloud/core/errors";
import { parseRetryAfter, retryDelayMs } from "../../../../../cloud/rest/transport/retry";

describe("retry policy", () => {
  const delay = (code: ErrorCode, safe: boolean, attempt = 1, statusCode?: number, retryAfterMs?: number) =>
    retryDelayMs(
      { error: new CloudError(code, "", statusCode === undefined ? {} : { statusCode }), safe, attempt, retryAfterMs },
      0.5,
    );

  it("tries again what was refused by rate, whatever it is, five times in all", () => {
    for (const safe of [true, false]) {
      assert.equal(delay("rate_limited", safe, 1, 429), 1_250);
      assert.equal(delay("rate_limited", safe, 4, 429, 7_000), 7_000);
      assert.equal(delay("rate_limited", safe, 5, 429), undefined);
    }
  });

  it("tries network errors and passing faults again where that is safe", () => {
    for (const [code, status] of [
      ["offline", undefined],
      ["timeout", undefined],
      ["server_error", 500],
      ["server_error", 502],
      ["server_error", 503],
      ["server_error", 504],
    ] as const) {
      assert.equal(delay(code, true, 1, status), 375);
      assert.equal(delay(code, false, 1, status), undefined);
    }
    assert.equal(delay("server_error", true, 1, 503, 3_000), 3_000);
  });

  it("waits longer each time, up to a limit, with jitter", () => {
    assert.deepEqual(
      [1, 2, 3, 4].map((attempt) => delay("offline", true, attempt)),
      [375, 750, 1_500, undefined],
    );
    assert.equal(delay("timeout", true, 2), undefined);
    const failure = { error: new CloudError("offline", ""), safe: true, attempt: 1, retryAfterMs: undefined };
    assert.equal(retryDelayMs(failure, 0), 250);
    assert.equal(retryDelayMs(failure, 1), 500);
  });

  it("tries once more where something else than the API has answered, where that is safe", () => {
    for (const status of [200, 204, 403]) {
      assert.deepEqual(
        [delay("server_error", true, 1, status), delay("server_error", true, 2, status)],
        [375, undefined],
      );
      assert.equal(delay("server_error", false, 1, status), undefined);
    }
  });

  it("never tries again what would fail again", () => {
    for (const status of [302, 407, 501, undefined]) assert.equal(delay("server_error", true, 1, status), undefined);
    const passing = ["rate_limited", "timeout", "offline", "server_error"];
    for (const code of errorCodes) {
      if (!passing.includes(code)) assert.equal(delay(code, true), undefined, code);
    }
  });

  it("reads Retry-After as seconds or as a date, within reason", () => {
    const now = Date.UTC(2026, 0, 1);
    const read = (header: string | undefined) => parseRetryAfter(header, now);
    assert.equal(read("3"), 3_000);
    assert.equal(read(" 0 "), 0);
    assert.equal(read(new Date(now + 5_000).toUTCString()), 5_000);
    assert.equal(read(new Date(now - 5_000).toUTCString()), 0);
    assert.equal(read("99999999999"), 120_000);
    for (const nothing of [undefined, "", "soon", "-1x", "NaN"]) assert.equal(read(nothing), undefined, nothing);
  });
});
