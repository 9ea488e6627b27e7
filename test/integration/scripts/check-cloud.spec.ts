import assert from "node:assert/strict";
import { checkCloud, checks } from "../../../scripts/check-cloud/index";
import { LeftBehind } from "../../../scripts/check-cloud/objects";
import { anonymous, reportOf, verdictOf } from "../../../scripts/check-cloud/report";
import { startSimulator } from "../../../simulator";
import { until } from "../../support/wait";

const startWithTls = () => startSimulator({ tls: true });

describe("npm run check:cloud", function () {
  this.timeout(40_000);
  let simulator: Awaited<ReturnType<typeof startWithTls>>;

  beforeEach(async () => {
    simulator = await startWithTls();
    simulator.faults.requestsPerSecond = null;
  });
  afterEach(() => simulator.stop());

  const settings = (signal = new AbortController().signal): Parameters<typeof checkCloud>[0] => ({
    clientId: simulator.clientId,
    clientSecret: simulator.clientSecret,
    organization: "",
    baseUrl: simulator.restUrl,
    brokerUrl: simulator.brokerUrl,
    deviceBrokerUrl: simulator.deviceBrokerUrl,
    tls: { open: [simulator.secureRestUrl, simulator.secureBrokerUrl], certificates: simulator.certificateBrokerUrl },
    gapMs: 0,
    patienceMs: 400,
    signal,
  });
  const things = (): number => simulator.store.things.size + simulator.store.devices.size;
  /** Lets the simulator be what only one check is about. */
  const begins = ({ id }: { id: string }): void => {
    simulator.faults.requestsPerSecond = id === "rate" || id === "token-rate" ? 10 : null;
    simulator.choices.planLimits = id === "plan-limit" ? { properties: 8 } : {};
    if (id === "token-end") simulator.faults.tokenLifetime = 1;
  };

  it("says of the simulator that everything is as assumed, and removes what it made", async () => {
    const { outcomes, report, left } = await checkCloud(
      { ...settings(), organization: simulator.organizationId },
      { isLong: true, begins },
    );
    const otherwise = outcomes.filter((outcome) => verdictOf(outcome) !== "as assumed");
    assert.deepEqual(otherwise, []);
    assert.equal(outcomes.length, checks.length);
    assert.deepEqual([left, things(), simulator.store.dashboards.size], [0, 0, 0]);
    assert.ok(report.includes(`${checks.length} as assumed, 0 otherwise, 0 not seen.`));
  });

  it("tells what is otherwise, and goes on", async () => {
    Object.assign(simulator.choices, {
      ...{ refuseReadOnlyPublish: true, cloudQos: 1, storeInputs: true },
      ...{ olderValueReplacesLast: true, planLimitStatus: 403, storeNotFinite: true, checkReportedKind: false },
      ...{ keyChangeDisconnects: false, refuseTls13: false, cloneSuffix: " 2" },
    });
    const { outcomes } = await checkCloud(settings(), { begins });
    const seen = outcomes.filter((outcome) => verdictOf(outcome) === "otherwise").map(({ seen }) => seen);
    assert.deepEqual(seen, [...["400", "yes", "QoS 1", "yes", "yes", "yes", "nothing", "yes", "another one", "403"]]);
    assert.equal(outcomes.filter((outcome) => verdictOf(outcome) === "not seen").length, 2, "long, or of a space");
  });

  it("removes what it made after a failure, and when it is called off", async () => {
    simulator.faults.rest.push({ match: /properties$/, method: "PUT", drop: true });
    await assert.rejects(checkCloud(settings(), {}));
    assert.equal(things(), 0);
    const controller = new AbortController();
    const called = assert.rejects(
      checkCloud(settings(controller.signal), { begins: ({ id }) => id === "suback" && controller.abort() }),
    );
    await until("its objects", () => things() > 0);
    await called;
    assert.equal(things(), 0);
  });

  it("says so where it failed, and could not remove what it had made", async () => {
    simulator.faults.rest.push({ match: /properties$/, method: "PUT", drop: true });
    simulator.faults.rest.push({ match: /devices/, method: "DELETE", drop: true });
    await assert.rejects(checkCloud(settings(), {}), LeftBehind);
    assert.equal(things(), 1);
  });

  it("reports the widgets of dashboards by kinds and names of options, and nothing else of them", async () => {
    const { accessToken } = await simulator.tokens.mint({ userId: simulator.userId });
    const widget = {
      id: "0b5a2ad4-6f2c-4f59-9a3f-1f6f6f2d7c11",
      ...{ type: "Gauge", name: "My secret gauge", x: 0, y: 0, width: 4, height: 4, has_unlinked_variable: false },
      options: { min: 0, max: 4711 },
    };
    const answer = await fetch(`${simulator.restUrl}/iot/v2/dashboards`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${accessToken}` },
      body: JSON.stringify({ name: "My secret board", widgets: [widget] }),
    });
    assert.equal(answer.status, 201);
    const { report } = await checkCloud(settings(), { begins });
    assert.match(report, /- Gauge: max, min/);
    assert.doesNotMatch(report, /My secret|4711|[0-9a-f]{8}-[0-9a-f]{4}/);
    for (const secret of [simulator.clientId, simulator.clientSecret, simulator.userId])
      assert.ok(!report.includes(secret));
  });

  it("takes ids, keys and tokens out of whatever a report says", () => {
    const id = "0b5a2ad4-6f2c-4f59-9a3f-1f6f6f2d7c11";
    const text = anonymous(`${id} ${id.replaceAll("-", "")} ${"k".repeat(64)} key4`, ["key4"]);
    assert.equal(text, "… … … …");
    assert.match(
      reportOf([{ question: "a|b", assumed: "c", fault: id }], [], []),
      /\| a\\\|b \| c \| … \| not seen \|/,
    );
  });
});
