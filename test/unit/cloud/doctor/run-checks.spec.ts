import assert from "node:assert/strict";
import { type Check, runChecks } from "../../../../cloud/doctor/run-checks";
import { found, reportText, sentenceOf } from "../../../../cloud/doctor/finding";
import { sentences } from "../../../../cloud/doctor/sentences";
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
    assert.equal(sentenceOf(findings[2]!), "Not checked, since this failed: API port.");
  });

  it("waits only so long for a check, and for all", async () => {
    const checks: Check<null>[] = [
      { id: "clock", needs: [], run: never },
      { id: "token", needs: ["clock"], run: good },
    ];
    assert.deepEqual(await codes(checks, { limit: 20 }), ["clock overdue", "token blocked"]);
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

  it("is told in plain text", () => {
    const error = new CloudError("offline", "no way");
    const text = reportText([
      { id: "clock", ...found("clock", "ahead", { minutes: 5 }) },
      { id: "broker-port", ...found("port", "refused", { host: "<b>", port: 1 }, error) },
    ]);
    assert.equal(
      text,
      "[warning] Clock: The clock of the computer that runs Node-RED is 5 minutes ahead. Set it, or times will be wrong.\n" +
        "[problem] Broker port: <b> refuses connections on port 1. Check the address, its port, and any firewall.\n" +
        "    no way",
    );
  });

  it("stays one line for each finding, whatever names hold", () => {
    const thing = "Shed\n[problem] API key: it is all wrong";
    const text = reportText([{ id: "subscription", ...found("subscription", "ok", { thing }) }]);
    assert.equal(text, "[ok] Subscription: The values of Shed [problem] API key: it is all wrong can be followed.");
  });

  it("has a cure for every problem and warning", () => {
    for (const answers of Object.values(sentences))
      for (const [level, sentence] of Object.values(answers) as [string, string][]) {
        assert.match(sentence, /^[A-Z_].*\.$/);
        if (level === "problem" || level === "warning") assert.match(sentence, /[.:;,] .*\.$/, sentence);
      }
  });
});
