import assert from "node:assert/strict";
import type { ClusterState } from "../../../../cloud/cluster/cluster-state";
import { CloudError } from "../../../../cloud/core/errors";
import { examineAccount } from "../../../../cloud/doctor/index";
import { createRest } from "../../../../cloud/rest/index";

const settings = {
  clientId: "an id",
  clientSecret: "a secret",
  organization: "",
  baseUrl: "",
  audience: "",
  brokerUrl: "",
  deviceBrokerUrl: "",
  requestsPerSecond: 10,
  messagesPerSecond: 25,
};

/** What the doctor finds of a copy, as codes with values. */
async function found(state: ClusterState, clockSkewMs = 0, strangers = 0): Promise<unknown[]> {
  const rest = createRest(settings);
  const running = { rest, session: { name: "online" as const }, cluster: { state, copies: 2, clockSkewMs, strangers } };
  const options = { signal: new AbortController().signal, only: ["cluster" as const] };
  const findings = await examineAccount({ settings, running, uses: [] }, options);
  rest.close();
  return findings.map(({ code, level, values }) => [code, level, values]);
}

describe("the doctor of a cluster", () => {
  it("tells who speaks and how many live", async () => {
    assert.deepEqual(await found({ name: "speaking" }), [["speaking", "ok", { count: 2 }]]);
    const standby = await found({ name: "standing-by", speaker: "host/1" });
    assert.deepEqual(standby, [["standing-by", "ok", { count: 2, speaker: "host/1" }]]);
  });

  it("tells for how much this copy speaks where several share the things", async () => {
    const share = { part: 6, of: 16, leader: "host/2" };
    assert.deepEqual(await found({ name: "speaking", share }), [["sharing", "ok", { count: 2, part: 6, of: 16 }]]);
  });

  it("warns of clocks that are apart, and of a Redis that is no use", async () => {
    const [, clocks] = await found({ name: "speaking" }, -7_000);
    assert.deepEqual(clocks, ["clocks", "warning", { seconds: 7 }]);
    const [[code, level]] = (await found({ name: "no-engine", error: new CloudError("offline", "away") })) as [
      string[],
    ];
    assert.deepEqual([code, level], ["no-engine", "problem"]);
  });

  it("warns of copies that run another flow", async () => {
    const [, strangers] = await found({ name: "speaking" }, 0, 1);
    assert.deepEqual(strangers, ["strangers", "warning", { count: 1 }]);
  });

  it("has nothing to say where the cluster is not joined", async () => {
    assert.deepEqual(await found({ name: "idle" }), []);
  });
});
