import assert from "node:assert/strict";
import type { AccountSettings } from "../../../../cloud/rest/account-settings";
import { systemClock } from "../../../../cloud/core/clock";
import { type AccountCase, examineAccount, type Finding } from "../../../../cloud/doctor/index";
import { CloudError } from "../../../../cloud/core/errors";
import { createRest } from "../../../../cloud/rest/index";
import type { SecureAddresses } from "../../../../simulator/index";
import { type House, startHouse } from "../../../support/simulated-account";
import { until } from "../../../support/wait";
import { startTlsServer } from "../../../support/tls-server";

/** Each fault at a real simulator; a healthy account first. */
describe("the doctor on an account", function () {
  this.timeout(60_000);
  let house: House;
  let secure: SecureAddresses;

  before(async () => {
    house = await startHouse({ readOnly: ["sensor"], simulator: { tls: true } });
    secure = house.simulator as typeof house.simulator & SecureAddresses;
  });
  afterEach(() => {
    Object.assign(house.simulator.faults, { refuseConnect: null, tokenStatus: null, subackRefuse: [], rest: [] });
  });

  const examine = (
    more: Partial<AccountSettings> = {},
    given: Partial<AccountCase> = {},
    options = {},
  ): Promise<Finding[]> =>
    examineAccount(
      { settings: { ...house.account, ...more }, uses: [], ...given },
      { signal: AbortSignal.timeout(30_000), ...options },
    );
  const outline = (findings: Finding[]): Record<string, string> =>
    Object.fromEntries(findings.map(({ id, code }) => [id, code]));
  /** What is not as in a healthy account. */
  const faults = async (...args: Parameters<typeof examine>): Promise<Record<string, string>> =>
    outline((await examine(...args)).filter(({ level }) => level === "warning" || level === "problem"));
  const healthy = {
    "api-dns": "ok",
    "api-port": "ok",
    "api-tls": "plain",
    clock: "ok",
    token: "ok",
    space: "own",
    things: "ok",
    pace: "ok",
    "broker-dns": "ok",
    "broker-port": "ok",
    "broker-tls": "plain",
    login: "ok",
    subscription: "ok",
    variables: "none",
    devices: "ok",
  };

  it("finds a good one good, asks three things of the API, and leaves no connection", async () => {
    const board = await house.board();
    const { requests } = house.simulator.observed;
    const before = requests.length;
    assert.deepEqual(outline(await examine()), healthy);
    const paths = requests.slice(before).map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(paths.sort(), [
      "GET /iot/v2/devices",
      "GET /iot/v2/things",
      "HEAD /",
      "POST /iot/v1/clients/token",
    ]);
    const users = (): number => house.simulator.observed.connections.filter(({ kind }) => kind === "user").length;
    await until("the end of every connection of a user", () => users() === 0);
    await board.close();
  });

  it("tells of a board that is offline", async () => {
    const findings = await examine();
    const finding = findings.find(({ id }) => id === "devices");
    assert.deepEqual([finding?.code, finding?.values["device"]], ["offline-since", "Board"]);
    assert.ok(Date.parse(String(finding?.values["since"])) > Date.now() - 60_000);
  });

  it("accepts a space, and tells a wrong one from a wrong key", async () => {
    const { organizationId } = house.simulator;
    house.simulator.store.createThing({ name: "shared" }, { userId: house.simulator.userId, organizationId });
    assert.deepEqual(await faults({ organization: organizationId }), {});
    const foreign = outline(await examine({ organization: "12345678-1234-1234-1234-123456789012" }));
    assert.deepEqual(
      [foreign["token"], foreign["space"], foreign["things"], foreign["login"]],
      ["ok", "refused", "blocked", "blocked"],
    );
    const wrong = await examine({ clientSecret: "wrong" });
    assert.deepEqual([outline(wrong)["token"], outline(wrong)["space"]], ["unauthorized", "blocked"]);
    const key = String(wrong.find(({ id }) => id === "token")?.values["key"]);
    assert.equal(key, `${house.account.clientId.slice(0, 4)}…`);
  });

  it("tells of settings that cannot be used", async () => {
    for (const more of [{ baseUrl: "htp://typo" }, { brokerUrl: "http://wrong" }, { requestsPerSecond: NaN }]) {
      const findings = await examine(more);
      assert.deepEqual(outline(findings), { settings: "unusable" });
      assert.match(findings[0]?.detail ?? "", new RegExp(Object.keys(more)[0]!));
    }
  });

  it("tells of a demo house that can't be opened", async () => {
    const locate = (): Promise<never> => Promise.reject(new Error("no worker"));
    const findings = await examine({ locate });
    assert.deepEqual(outline(findings), { settings: "demo-closed" });
    assert.match(findings[0]?.detail ?? "", /no worker/);
  });

  it("tells of an address that leads nowhere, and goes on with the other", async () => {
    const name = outline(await examine({ baseUrl: "https://no-such-host.invalid" }));
    assert.match(name["api-dns"]!, /^(unknown|failed)$/);
    assert.deepEqual([name["token"], name["login"], name["broker-port"]], ["blocked", "blocked", "ok"]);
    assert.deepEqual(await faults({ baseUrl: "http://127.0.0.1:1" }), { "api-port": "refused" });
    assert.deepEqual(await faults({ brokerUrl: "ws://127.0.0.1:1/mqtt" }), {
      "broker-port": "refused",
      devices: "offline-since",
    });
    const stranger = await faults({ baseUrl: house.simulator.controlUrl });
    assert.deepEqual(stranger, { token: "stranger" });
  });

  it("knows certificates that are trusted, and those that are not", async () => {
    const addresses = { baseUrl: secure.secureRestUrl, brokerUrl: secure.secureBrokerUrl };
    const good = outline(await examine({ ...addresses, tls: { ca: secure.caPem } }));
    assert.deepEqual([good["api-tls"], good["broker-tls"], good["subscription"]], ["ok", "ok", "ok"]);
    assert.deepEqual(await faults(addresses), { "api-tls": "untrusted", "broker-tls": "untrusted" });
    const plain = house.simulator.restUrl.replace("http:", "https:");
    assert.deepEqual(await faults({ baseUrl: plain }), { "api-tls": "refused" });
    const expired = await startTlsServer({ from: -9, to: -1 });
    assert.deepEqual(await faults({ baseUrl: `https://127.0.0.1:${expired.port}`, tls: { ca: expired.ca } }), {
      "api-tls": "expired",
    });
    await expired.stop();
  });

  it("compares the clocks", async () => {
    const skewed = (hours: number) => ({ clock: { ...systemClock, now: () => Date.now() + hours * 3_600_000 } });
    for (const [hours, code] of [
      [3, "ahead"],
      [-3, "behind"],
    ] as const) {
      const clock = (await examine({}, {}, skewed(hours))).find(({ id }) => id === "clock");
      assert.deepEqual([clock?.level, clock?.code, clock?.values], ["warning", code, { minutes: 180 }]);
    }
  });

  it("tells what the token service says", async () => {
    for (const [status, code] of [
      [429, "rate-limited"],
      [503, "service"],
      [404, "stranger"],
    ] as const) {
      house.simulator.faults.tokenStatus = status;
      assert.deepEqual(await faults(), { token: code });
    }
  });

  it("tells what the API refuses", async () => {
    house.simulator.faults.rest.push({ match: "/iot/v2/things", status: 403 });
    assert.deepEqual(await faults(), { things: "forbidden" });
    house.simulator.faults.rest.push({ match: "/iot/v2/devices", status: 403 });
    assert.deepEqual(await faults(), { devices: "unlisted" });
    house.simulator.faults.rest.push({ match: "/iot/v2/things", status: 200, body: [] });
    const empty = outline(await examine());
    assert.deepEqual([empty["things"], empty["subscription"], empty["devices"]], ["none", "no-thing", "none"]);
  });

  it("tells what the broker refuses", async () => {
    for (const [refuseConnect, code] of [
      [5, "unauthorized"],
      [3, "other"],
      ["socket", "offline"],
    ] as const) {
      house.simulator.faults.refuseConnect = refuseConnect;
      const given = outline(await examine());
      assert.deepEqual([given["login"], given["subscription"]], [code, "blocked"]);
    }
    house.simulator.faults.refuseConnect = null;
    house.simulator.faults.subackRefuse = [`/a/t/${house.thingId}/e/o`];
    const { subscription } = outline(await examine());
    assert.equal(subscription, "refused");
  });

  it("names the nodes whose variable is gone", async () => {
    const uses = [
      { node: "good", thing: "House", property: "relay", writes: true },
      { node: "bad", thing: house.thingId, property: "gone", writes: false },
      { node: "sensor", thing: house.thingId, property: "sensor", writes: true },
    ];
    const findings = (await examine({}, { uses })).filter(({ id }) => id === "variables");
    assert.deepEqual(
      findings.map(({ code, values }) => [code, values["node"], values["thing"], values["variable"]]),
      [
        ["no-variable", "bad", "House", "gone"],
        ["read-only", "sensor", "House", "sensor"],
      ],
    );
  });

  it("tells how the account runs that is deployed, and whether it was slowed down", async () => {
    const rest = createRest({ ...house.account, requestsPerSecond: 10 });
    const error = new CloudError("offline", "The cable is out.");
    const running = { rest, session: { name: "waiting", until: 0, error } as const };
    // What goes through just before a refusal tells the pace that is allowed.
    await rest.directory.things();
    house.simulator.faults.rest.push({ match: "/iot/v2/", status: 429 });
    await rest.directory.things({ maxAgeMs: 0 });
    assert.ok(rest.client.requestsPerSecond < 10, "slowed down");
    const findings = await examine({}, { running });
    const session = findings.find(({ id }) => id === "session");
    assert.deepEqual([session?.code, session?.detail], ["waiting", "The cable is out."]);
    const pace = findings.find(({ id }) => id === "pace");
    assert.deepEqual([pace?.code, pace?.values["set"]], ["slowed", 10]);
    rest.close();
    assert.equal((await faults({ requestsPerSecond: 50 }))["pace"], "high");
  });

  it("holds no secret in its report", async () => {
    const { clientId, clientSecret } = house.account;
    const findings = [...(await examine()), ...(await examine({ clientSecret: `${clientSecret}x` }))];
    const tokens = house.simulator.observed.requests.map(({ headers }) => String(headers.authorization ?? "").slice(7));
    const text = JSON.stringify(findings);
    for (const secret of [clientId, clientSecret, ...new Set(tokens.filter((token) => token !== ""))])
      assert.equal(text.includes(secret), false);
  });
});
