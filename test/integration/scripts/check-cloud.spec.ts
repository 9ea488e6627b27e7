import assert from "node:assert/strict";
import { checkCloud, checks } from "../../../scripts/check-cloud/index";
import { LeftBehind } from "../../../scripts/check-cloud/objects";
import { anonymous, reportOf, verdictOf } from "../../../scripts/check-cloud/report";
import { startSimulator } from "../../../simulator";
import type { Choices } from "../../../simulator/behaviour/open-questions";
import { until } from "../../support/wait";

/** What of the simulator's choices is no question to the cloud, but a number of the simulator or of a plan. */
type Numbers = "historyLimit" | "retentionDays" | "planLimits";

/** The other answer to each question that the simulator has a choice for, and the checks that see it. */
const questions: { [C in Exclude<keyof Choices, Numbers>]: [other: Choices[C], ...ids: string[]] } = {
  olderValueReplacesLast: [true, "late-report"],
  storeInputs: [true, "stored-inputs"],
  checkReportedKind: [false, "report-kind"],
  storeNotFinite: [true, "report-not-finite"],
  cloudQos: [1, "cloud-qos"],
  wholeFloatsAs: ["float", "whole-floats"],
  unauthorizedPublish: ["disconnect", "publish-foreign"],
  keyChangeDisconnects: [false, "key-change"],
  refuseTls13: [false, "tls13-certificates"],
  checkPublishKind: [true, "publish-wrong-kind"],
  refuseReadOnlyPublish: [true, "publish-read-only"],
  refuseForeignDevice: [false, "publish-foreign-device"],
  cutSeriesLimit: [false, "history-limit"],
  thingLimitIsTotal: [false, "thing-limit"],
  unknownSeriesIsElement: [false, "history-unknown"],
  seriesOrder: ["DESC", "bins-order", "samples-order"],
  defaultInterval: [60, "bins-default"],
  nullSampleEvery: [2, "history-nulls"],
  updateReplacesProperties: [true, "update-properties"],
  emptyDeviceUnbinds: [false, "unbind"],
  updateRestores: [true, "restore"],
  publishNames: ["name", "publish-names"],
  tokenCallsCount: [true, "token-rate"],
  audiences: [["https://api2.arduino.cc/iot"], "token-audience"],
  organizationInToken: [false, "space-in-token"],
  neverWritten: [null, "never-written"],
  planLimitStatus: [403, "plan-limit"],
  cloneSuffix: [" 2", "clone-name"],
};

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
    tls: {
      open: [simulator.secureRestUrl, simulator.secureBrokerUrl],
      keys: simulator.secureDeviceBrokerUrl,
      certificates: simulator.certificateBrokerUrl,
    },
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

  it("tells what is otherwise, for each choice of the simulator, and goes on", async () => {
    for (const [name, [other]] of Object.entries(questions)) Object.assign(simulator.choices, { [name]: other });
    const { organizationId: organization, certificateBrokerUrl: keys } = simulator;
    const tls = { ...settings().tls, keys };
    // With another choice the listener for certificates takes 1.3 no more than before, but does not refuse who offers it.
    const { outcomes } = await checkCloud({ ...settings(), organization, tls }, { begins });
    const idsOf = (verdict: string): string[] =>
      checks.filter((_check, index) => verdictOf(outcomes[index] ?? assert.fail()) === verdict).map(({ id }) => id);
    const expected = Object.values(questions).flatMap(([, ...ids]) => ids);
    assert.deepEqual(idsOf("otherwise").sort(), [...expected, "tls13-keys"].sort());
    assert.deepEqual(idsOf("not seen"), ["token-end"], "it takes minutes");
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
