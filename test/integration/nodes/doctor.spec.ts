import assert from "node:assert/strict";
import type { Finding } from "../../../cloud/doctor/index";
import type { DoctorReport } from "../../../nodes/admin/protocol";
import { flowTab, propertyIn, propertyOut, sink, watchers } from "../../support/flows";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type NodeRed, readUserFiles, startNodeRed } from "../../support/node-red";

const place = { z: "tab", x: 1, y: 1 };

/** The doctor on a real Node-RED with users: the endpoint for the forms, and the operation of manage. */
describe("the doctor", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  const answers: string[] = [];
  /** Unlike any words. */
  const secretKey = "Kq7!device-key-19";

  before(async () => {
    house = await startHouse();
    red = await startNodeRed({ adminAuth: true, env: { THING: house.thingId, GONE: "no_such_variable" } });
    const { clientId, clientSecret, ...settings } = house.account;
    const account = { type: "arduino-cloud-account", ...settings };
    const { deviceId } = house;
    house.simulator.store.setKey(deviceId, secretKey);
    await red.deploy(
      [
        flowTab,
        { id: "off", type: "tab", label: "Off", disabled: true },
        { id: "account", ...account, credentials: { clientId, clientSecret } },
        { id: "broken", ...account, brokerUrl: "htp://typo", credentials: { clientId, clientSecret } },
        {
          id: "device",
          type: "arduino-cloud-device",
          account: "account",
          name: "Me",
          credentials: { deviceId, secretKey },
        },
        {
          ...{ id: "from-env", type: "arduino-cloud-device", brokerUrl: "${DOCTOR_UNSET}" },
          credentials: { deviceId, secretKey },
        },
        propertyIn(house, "sink", { name: "good", property: "relay" }),
        propertyIn(house, "sink", { id: "env", name: "from env", thing: "${THING}", property: "${GONE}" }),
        propertyIn(house, "sink", { id: "disabled", property: "not_looked_at", d: true }),
        propertyIn(house, "sink", { id: "hidden", property: "not_looked_at", z: "off" }),
        propertyIn(house, "sink", { id: "own", name: "mine", device: "device", thing: "x", property: "not_mine" }),
        propertyOut("any-thing", { property: "not_looked_at" }),
        { id: "get", type: "arduino-cloud-property-get", ...place, account: "account", thing: "Nowhere", wires: [[]] },
        {
          id: "manage",
          type: "arduino-cloud-manage",
          ...place,
          account: "account",
          resource: "any",
          wires: [["managed"]],
        },
        sink("sink"),
        sink("managed"),
        ...watchers,
      ],
      "admin",
    );
    await until("the sessions", () => house.simulator.observed.connections.length === 2);
    // That the broker has answered is known here later than there.
    for (const id of ["in-sink", "own"]) await until(`the session of ${id}`, () => colourOf(id) === "green");
  });

  /** The colour of what a node shows. */
  const colourOf = (id: string): string | undefined => {
    const shown = red.received("statuses").map(({ status }) => status as { fill: string; source: { id: string } });
    return shown.findLast(({ source }) => source.id === id)?.fill;
  };
  const post = async (body: unknown, user?: string): Promise<Response> => {
    const headers = { "Content-Type": "application/json" };
    return red.fetch("/arduino-cloud/doctor", { method: "POST", headers, body: JSON.stringify(body) }, user);
  };
  const ask = async (body: unknown): Promise<DoctorReport> => {
    const answer = await post(body, "admin");
    assert.equal(answer.status, 200);
    const text = await answer.text();
    answers.push(text);
    return JSON.parse(text) as DoctorReport;
  };
  const outline = (findings: Finding[]): Record<string, string> =>
    Object.fromEntries(findings.map(({ id, code }) => [id, code]));
  const typed = (more: object = {}, secrets: object = {}) => {
    const { clientId, clientSecret, ...settings } = house.account;
    return { id: "new", settings: { ...settings, ...more }, credentials: { clientId, clientSecret, ...secrets } };
  };
  const stored = { clientId: "__PWRD__", clientSecret: "__PWRD__" };

  it("needs the right to write", async () => {
    assert.equal((await post({ account: { id: "account" } })).status, 401);
    assert.equal((await post({ account: { id: "account" } }, "reader")).status, 401);
  });

  it("examines a deployed account, with its connection and the nodes that use it", async () => {
    const { findings, text } = await ask({ account: { id: "account" } });
    const found = outline(findings);
    assert.deepEqual([found["token"], found["session"], found["subscription"]], ["ok", "online", "ok"]);
    assert.deepEqual(
      findings
        .filter(({ id }) => id === "variables")
        .map(({ code, values }) => [code, values["node"], values["thing"]]),
      [
        ["no-variable", "from env", "House"],
        ["no-thing", "Nowhere", "Nowhere"],
      ],
    );
    assert.match(text, /^Node-RED \d.*, @iot-flows\/node-red-arduino-cloud \d.*, Node\.js v\d/);
    assert.match(text, /\[problem\] Variables in flows: Node “from env” names the variable no_such_variable/);
  });

  it("examines settings that are only typed, and takes stored secrets for them", async () => {
    assert.equal(outline((await ask({ account: typed() })).findings)["token"], "ok");
    assert.equal("session" in outline((await ask({ account: typed() })).findings), false);
    const touched = { ...typed({ organization: house.simulator.organizationId }, stored), id: "account" };
    const space = outline((await ask({ account: touched })).findings);
    assert.deepEqual([space["token"], space["space"], space["session"]], ["ok", "ok", undefined]);
    const untouched = outline((await ask({ account: { ...typed({}, stored), id: "account" } })).findings);
    assert.equal(untouched["session"], "online");
    const wrong = await ask({ account: typed({}, { clientSecret: "wrong" }) });
    assert.equal(outline(wrong.findings)["token"], "unauthorized");
  });

  it("tells of an account that cannot be used or is not there", async () => {
    for (const body of [{ account: { id: "broken" } }, { account: { id: "nobody" } }, {}, [], { account: 7 }])
      assert.deepEqual(outline((await ask(body)).findings), { settings: "unusable" }, JSON.stringify(body));
    const missing = await ask({ account: typed({}, { clientSecret: "" }) });
    assert.match(missing.findings[0]?.detail ?? "", /client secret/);
  });

  it("examines a deployed device and leaves its connection alone", async () => {
    const connects = (): number =>
      house.simulator.observed.connects.filter(({ userName }) => userName === house.deviceId).length;
    const before = connects();
    const { findings } = await ask({ device: { id: "device" }, account: { id: "account" } });
    const found = outline(findings);
    assert.deepEqual([found["device"], found["attachment"], found["identity"]], ["ok", "ok", "running"]);
    assert.deepEqual(findings.find(({ id }) => id === "variables")?.values, {
      node: "mine",
      thing: "House",
      variable: "not_mine",
    });
    assert.equal(connects(), before);
  });

  it("examines a device that is only typed, with an account that is only typed", async () => {
    const { simulator } = house;
    const spare = simulator.store.createDevice(
      { name: "Spare", secret_key: "spare key" },
      { userId: simulator.userId },
    );
    const device = (key: string, deviceId = spare.id, account = "new") => ({
      id: "new-device",
      settings: { name: "Mine", account, brokerUrl: "", tls: "", messagesPerSecond: "25" },
      credentials: { deviceId, secretKey: key },
    });
    const good = outline((await ask({ device: device("spare key"), account: typed() })).findings);
    assert.deepEqual([good["attachment"], good["identity"]], ["none", "ok"]);
    simulator.store.createThing({ name: "Shed", device_id: spare.id }, { userId: simulator.userId });
    const attached = outline((await ask({ device: device("spare key"), account: typed() })).findings);
    assert.deepEqual([attached["attachment"], attached["identity"]], ["ok", "ok"]);
    const wrong = outline(
      (await ask({ device: device("wrong key", spare.id, "account"), account: { id: "account" } })).findings,
    );
    assert.equal(wrong["identity"], "refused");
    const twins = await ask({ device: device(secretKey, house.deviceId), account: typed() });
    const identity = twins.findings.find(({ id }) => id === "identity");
    assert.deepEqual([identity?.code, identity?.values], ["twins", { nodes: "Mine, Me" }]);
    assert.deepEqual(outline((await ask({ device: device(""), account: typed() })).findings), { settings: "unusable" });
  });

  it("says which environment variable of a typed device holds nothing, with a typed account too", async () => {
    for (const account of [{ id: "account" }, typed()]) {
      const credentials = { deviceId: house.deviceId, secretKey: "__PWRD__" };
      const device = { id: "from-env", settings: { brokerUrl: "${DOCTOR_UNSET}" }, credentials };
      const { findings } = await ask({ device, account });
      assert.deepEqual(outline(findings), { settings: "unusable" });
      assert.match(findings[0]?.detail ?? "", /"brokerUrl" is the environment variable DOCTOR_UNSET/);
    }
  });

  it("reads no environment variable for a typed device that the deployed one does not read there", async () => {
    const credentials = { deviceId: house.deviceId, secretKey };
    for (const [settings, secrets] of [
      [{ brokerUrl: "${THING}" }, {}],
      [{}, { secretKey: "${THING}" }],
      [{}, { deviceId: "${THING}" }],
    ]) {
      const device = {
        id: "device",
        settings: { account: "account", ...settings },
        credentials: { ...credentials, ...secrets },
      };
      const { findings } = await ask({ device, account: { id: "account" } });
      assert.deepEqual(outline(findings), { settings: "unusable" });
      assert.match(findings[0]?.detail ?? "", /names an environment variable that is not deployed there/);
      assert.ok(!JSON.stringify(findings).includes(house.thingId));
    }
  });

  it("is an operation of manage, whatever the resource", async () => {
    red.send("manage", { operation: "doctor", statusCode: 1 });
    await until("the report", () => red.received("managed").length === 1, 30_000);
    const [{ payload, statusCode } = {}] = red.received("managed");
    const { ok, findings, text } = payload as { ok: boolean; findings: (Finding & { text: string })[]; text: string };
    assert.equal(statusCode, undefined);
    assert.equal(ok, false);
    assert.deepEqual(outline(findings)["session"], "online");
    assert.equal(findings[0]?.text, "The name 127.0.0.1 is known.");
    assert.match(text, /names the thing Nowhere/);
    assert.equal(JSON.stringify(red.received("errors")).includes('"id":"manage"'), false);
  });

  it("looks once for equal settings that are only typed, and at four of them at once at most", async () => {
    const { faults, observed } = house.simulator;
    let open = (): void => undefined;
    const behind = new Promise<void>((resolve) => (open = resolve));
    faults.rest.push({ match: "/clients/token", behind, times: Infinity });
    const before = observed.requests.length;
    const tokens = (): number => observed.requests.slice(before).filter(({ path }) => path.endsWith("/token")).length;
    const others = [1, 2, 3, 4, 5].map((messagesPerSecond) => typed({ messagesPerSecond }));
    const runs = [typed(), typed(), typed(), ...others].map((account) => ask({ account, checks: ["token"] }));
    await until("four of them", () => tokens() === 4);
    // What was asked before these has arrived.
    for (let time = 1; time <= 3; time++) await ask({ account: { id: "nobody" } });
    assert.equal(tokens(), 4);
    open();
    for (const { findings } of await Promise.all(runs)) assert.equal(outline(findings)["token"], "ok");
    faults.rest.length = 0;
    assert.equal(tokens(), 6);
  });

  it("shows a secret nowhere", async () => {
    const { clientId, clientSecret } = house.account;
    const tokens = house.simulator.observed.requests.map(({ headers }) => String(headers.authorization ?? "").slice(7));
    const everything = [...answers, red.log(), red.transcript(), await readUserFiles(red.userDir)].join("\n");
    const secrets = [
      clientId,
      clientSecret,
      secretKey,
      "spare key",
      ...new Set(tokens.filter((token) => token !== "")),
    ];
    for (const secret of secrets) assert.equal(everything.includes(secret), false, `${secret.slice(0, 6)}…`);
  });
});
