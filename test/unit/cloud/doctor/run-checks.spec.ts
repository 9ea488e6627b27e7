import assert from "node:assert/strict";
import { type Check, runChecks } from "../../../../cloud/doctor/run-checks";
import { found } from "../../../../cloud/doctor/finding";
import { CloudError } from "../../../../cloud/core/errors";

const { signal } = new AbortController();
const never = (): Promise<never> => new Promise(() => undefined);
const codes = (checks: Check<null>[], more = {}): Promise<string[]> =>
  runChecks(checks, null, { signal, ...more }).then((all) => all.map(({ id, code }) => `${id} ${code}`));

describe("an examination", () => {
  const good: Check<null>["run"] = () => Promise.resolve(found("clock", "ok"));
  const bad: Check<null>["run"] = () => Promise.resolve(found("clock", "unknown")).then(() => found("port", "refused"));

  it("goes on where nothing blocks, in the order of the list", async () => {
    const checks: Check<null>[] = [
      { id: "clock", needs: [], run: () => Promise.resolve(found("clock", "unknown")) },
      { id: "token", needs: ["clock"], run: good },
      { id: "session", needs: [], run: () => Promise.resolve([]) },
      { id: "things", needs: ["session"], run: good },
    ];
    assert.deepEqual(await codes(checks), ["clock unknown", "token ok", "things ok"]);
  });

  it("names the first failure to all that stand on it", async () => {
    const checks: Check<null>[] = [
      { id: "api-port", needs: [], run: bad },
      { id: "api-tls", needs: ["api-port"], run: good },
      { id: "token", needs: ["api-tls"], run: good },
      { id: "broker-port", needs: [], run: good },
    ];
    const findings = await runChecks(checks, null, { signal });
    assert.deepEqual(
      findings.map(({ id, level, values }) => [id, level, values["check"]]),
      [
        ["api-port", "problem", undefined],
        ["api-tls", "skipped", "api-port"],
        ["token", "skipped", "api-port"],
        ["broker-port", "ok", undefined],
      ],
    );
  });

  it("waits only so long for a check, and for all", async () => {
    const checks: Check<null>[] = [
      { id: "clock", needs: [], run: never },
      { id: "token", needs: ["clock"], run: good },
    ];
    assert.deepEqual(await codes(checks, { timeoutMs: 20 }), ["clock overdue", "token blocked"]);
    assert.deepEqual(await codes(checks, { signal: AbortSignal.timeout(20) }), ["clock overdue", "token blocked"]);
  });

  it("takes a check that throws for a finding, and shows the words of our own errors only", async () => {
    const checks: Check<null>[] = [
      { id: "clock", needs: [], run: () => Promise.reject(new Error("a secret")) },
      { id: "token", needs: [], run: () => Promise.reject(new CloudError("offline", "away")) },
    ];
    const findings = await runChecks(checks, null, { signal });
    assert.deepEqual(
      findings.map(({ level, code, detail }) => [level, code, detail]),
      [
        ["problem", "fault", undefined],
        ["problem", "fault", "away"],
      ],
    );
  });

  it("runs what is asked for and what that needs, and tells of the latter only what is wrong", async () => {
    const run: string[] = [];
    const passed =
      (id: string, answer = found("clock", "ok")): Check<null>["run"] =>
      () => {
        run.push(id);
        return Promise.resolve(answer);
      };
    const checks: Check<null>[] = [
      { id: "api-dns", needs: [], run: passed("api-dns") },
      { id: "api-port", needs: ["api-dns"], run: passed("api-port", found("clock", "ahead")) },
      { id: "clock", needs: ["api-port"], run: passed("clock", found("clock", "unknown")) },
      { id: "session", needs: [], run: passed("session") },
      { id: "token", needs: ["api-port"], run: passed("token", found("token", "unauthorized")) },
      { id: "space", needs: ["token"], run: passed("space") },
      { id: "things", needs: ["space"], run: passed("things") },
    ];
    assert.deepEqual(await codes(checks, { only: ["things", "clock"] }), [
      "api-port ahead",
      "clock unknown",
      "token unauthorized",
    ]);
    assert.deepEqual(run, ["api-dns", "api-port", "clock", "token"]);
    assert.deepEqual(await codes(checks, { only: [] }), []);
  });
});
