import assert from "node:assert/strict";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type NodeRed, readUserFiles, startNodeRed } from "../../support/node-red";
import type { Finding } from "../../../cloud/doctor/index";
import type {
  DoctorReport,
  OverviewThing,
  ThingChoice,
  ThingDetail,
  TypedAccount,
} from "../../../nodes/admin/protocol";

/** The endpoints on a real Node-RED with users: the test helper would let everybody in. */
describe("admin endpoints", function () {
  this.timeout(120_000);
  let house: House;
  let red: NodeRed;
  const answers: string[] = [];

  before(async () => {
    house = await startHouse({ readOnly: ["sensor"] });
    house.simulator.store.record(house.thingId, "temperature", 21.5, Date.now());
    red = await startNodeRed({ adminAuth: true, env: { CLOUD: house.account.baseUrl } });
    const { clientId, clientSecret, ...settings } = house.account;
    const credentials = { clientId, clientSecret };
    await red.deploy(
      [
        { id: "tab", type: "tab", label: "Flow" },
        { id: "good", type: "arduino-cloud-account", ...settings, credentials },
        { id: "board", type: "arduino-cloud-device", credentials: { deviceId: house.deviceId, secretKey: "wrong" } },
        { id: "env", type: "arduino-cloud-account", ...settings, baseUrl: "${CLOUD}", credentials },
        { id: "bad", type: "arduino-cloud-account", ...settings, baseUrl: "htp://typo", credentials },
      ],
      "admin",
    );
  });

  const get = async (path: string, user?: string): Promise<{ status: number; body: unknown }> => {
    const answer = await red.fetch(path, {}, user);
    return { status: answer.status, body: await read(answer) };
  };
  const post = async (path: string, body: unknown, user?: string): Promise<{ status: number; body: unknown }> => {
    const headers = { "Content-Type": "application/json" };
    const answer = await red.fetch(path, { method: "POST", headers, body: JSON.stringify(body) }, user);
    return { status: answer.status, body: await read(answer) };
  };
  const read = async (answer: Response): Promise<unknown> => {
    const text = await answer.text();
    answers.push(text);
    return answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
  };
  const typed = (more: Partial<TypedAccount["settings"]> = {}, secrets = {}): TypedAccount => {
    const { clientId, clientSecret, ...settings } = house.account;
    return { id: "new", settings: { ...settings, ...more }, credentials: { clientId, clientSecret, ...secrets } };
  };
  /** **Test connection**: the doctor with a list of checks. */
  const test = async (account: TypedAccount): Promise<Finding[]> => {
    const checks = ["api-port", "clock", "token", "things", "login", "no-such-check", 5];
    const { status, body: answer } = await post("/arduino-cloud/doctor", { account, checks }, "admin");
    assert.equal(status, 200);
    return (answer as DoctorReport).findings;
  };
  const outline = (findings: Finding[]): string[] => findings.map(({ id, level, code }) => `${id} ${level} ${code}`);

  const lists = ["things", "variables", "devices", "device-thing", "dashboards", "triggers"];
  const overview = ["overview/things", "overview/devices"];
  const asked = [...lists, ...overview, "thing", "retention", "doctor", "migration/keys", "devices/create"];

  it("lets nobody in without a login", async () => {
    for (const path of [
      ...lists,
      ...overview,
      "cluster",
      `things/${house.thingId}`,
      `things/${house.thingId}/retention`,
    ])
      assert.equal((await get(`/arduino-cloud/accounts/good/${path}`)).status, 401, path);
    for (const path of asked) assert.equal((await post(`/arduino-cloud/${path}`, typed())).status, 401, path);
  });

  it("lets a reader read with a deployed account, and no more", async () => {
    assert.deepEqual(await get("/arduino-cloud/accounts/good/cluster", "reader"), { status: 200, body: null });
    for (const path of [...lists, ...overview])
      assert.equal((await get(`/arduino-cloud/accounts/good/${path}`, "reader")).status, 200, path);
    for (const path of asked) assert.equal((await post(`/arduino-cloud/${path}`, typed(), "reader")).status, 401, path);
  });

  it("lists things and variables of a deployed account", async () => {
    const things = await get("/arduino-cloud/accounts/good/things", "admin");
    assert.deepEqual(things.body, [{ id: house.thingId, name: "House", variables: 6, device: "Board" }]);
    for (const ref of [house.thingId, "House"]) {
      const { status, body } = await get(`/arduino-cloud/accounts/good/things/${ref}`, "admin");
      assert.equal(status, 200);
      const { choices } = body as ThingDetail;
      assert.deepEqual(
        choices.map(({ variable }) => variable),
        ["counter", "lamp", "message", "relay", "sensor", "temperature"],
      );
      assert.equal(choices.find(({ variable }) => variable === "temperature")?.lastValue, 21.5);
      assert.equal(choices.find(({ variable }) => variable === "counter")?.lastValue, null);
      assert.deepEqual(
        choices.filter(({ writable }) => !writable).map(({ variable }) => variable),
        ["sensor"],
      );
    }
  });

  it("lists devices, with a deployed account and with one that is only typed", async () => {
    const { type } = house.simulator.store.devices.get(house.deviceId) ?? {};
    const expected = [{ id: house.deviceId, name: "Board", type, thing: "House", status: "UNKNOWN" }];
    assert.deepEqual((await get("/arduino-cloud/accounts/good/devices", "admin")).body, expected);
    assert.deepEqual((await post("/arduino-cloud/devices", typed(), "admin")).body, expected);
    const bad = await get("/arduino-cloud/accounts/bad/devices", "admin");
    assert.deepEqual([bad.status, (bad.body as { code: string }).code], [400, "invalid_input"]);
    const wrong = await post("/arduino-cloud/devices", typed({}, { clientSecret: "wrong" }), "admin");
    assert.deepEqual([wrong.status, (wrong.body as { code: string }).code], [502, "unauthorized"]);
  });

  it("lists the variables of all things, and marks those without a history", async () => {
    const id = house.addThing("Attic", { humidity: "FLOAT" });
    const humidity = house.simulator.store.propertyNamed(id, "humidity");
    assert.ok(humidity);
    humidity.persist = false;
    const outlineOf = (body: unknown): string[] =>
      (body as ThingDetail[]).map(
        ({ name, choices }) => `${name}: ${choices.filter(({ persist }) => !persist).length}`,
      );
    const { body } = await get("/arduino-cloud/accounts/good/variables?refresh=1", "admin");
    assert.deepEqual(outlineOf(body), ["Attic: 1", "House: 0"]);
    assert.deepEqual(outlineOf((await post("/arduino-cloud/variables", typed(), "admin")).body), [
      "Attic: 1",
      "House: 0",
    ]);
    house.simulator.store.deleteThing(id);
  });

  it("finds the thing of a device, as typed or as stored for a device node", async () => {
    const path = "/arduino-cloud/accounts/good/device-thing";
    for (const query of [`device=${house.deviceId.toUpperCase()}`, "node=board&device="]) {
      const { status, body } = await get(`${path}?${query}`, "admin");
      const { name, choices } = body as ThingDetail;
      assert.deepEqual([status, name, choices.length], [200, "House", 6]);
    }
    for (const query of ["", "node=good", `device=${house.thingId}`])
      assert.deepEqual(await get(`${path}?${query}`, "admin"), { status: 200, body: null });
    const { body } = await post("/arduino-cloud/device-thing", { ...typed(), device: house.deviceId }, "admin");
    assert.equal((body as ThingDetail).id, house.thingId);
  });

  it("gives the sidebar an overview, with a deployed account and with one that is only typed", async () => {
    const { type } = house.simulator.store.devices.get(house.deviceId) ?? {};
    const devices = [
      { id: house.deviceId, name: "Board", type, status: "UNKNOWN", thing: { id: house.thingId, name: "House" } },
    ];
    const [deployed, given] = await Promise.all([
      get("/arduino-cloud/accounts/good/overview/things?refresh=1", "admin"),
      post("/arduino-cloud/overview/things", typed(), "admin"),
    ]);
    assert.deepEqual([deployed.status, deployed.body], [200, given.body]);
    const thing = (deployed.body as OverviewThing[]).find(({ name }) => name === "House");
    assert.deepEqual([thing?.name, thing?.device, thing?.variables.length], ["House", house.deviceId, 6]);
    assert.equal(thing?.variables.find(({ variable }) => variable === "temperature")?.value, 21.5);
    assert.deepEqual((await get("/arduino-cloud/accounts/good/overview/devices", "admin")).body, devices);
    assert.deepEqual((await post("/arduino-cloud/overview/devices", typed(), "admin")).body, devices);
  });

  it("refreshes on demand only", async () => {
    const count = (): number =>
      house.simulator.observed.requests.filter(({ path }) => path === "/iot/v2/things").length;
    await get("/arduino-cloud/accounts/good/things", "admin");
    const before = count();
    await get("/arduino-cloud/accounts/good/things", "admin");
    assert.equal(count(), before);
    const id = house.addThing("Another", {});
    const { body } = await get("/arduino-cloud/accounts/good/things?refresh=1", "admin");
    assert.equal(count(), before + 1);
    assert.deepEqual(
      (body as ThingChoice[]).map(({ name }) => name),
      ["Another", "House"],
    );
    house.simulator.store.deleteThing(id);
  });

  it("answers errors as code and message", async () => {
    const cases: [string, number, string][] = [
      ["accounts/nobody/things", 409, "not_configured"],
      ["accounts/bad/things", 400, "invalid_input"],
      ["accounts/tab/things", 409, "not_configured"],
      ["accounts/good/things/Nowhere", 404, "not_found"],
      [`accounts/good/things/${house.deviceId}`, 404, "not_found"],
    ];
    for (const [path, status, code] of cases) {
      const answer = await get(`/arduino-cloud/${path}`, "admin");
      const { code: given, message, ...rest } = answer.body as { code: string; message: string };
      assert.deepEqual([path, answer.status, given, rest], [path, status, code, {}]);
      assert.match(message, /^[^\n]+$/);
    }
  });

  it("lists with settings that are not deployed, and with a stored secret", async () => {
    assert.equal((await post("/arduino-cloud/things", typed(), "admin")).status, 200);
    const stored = { ...typed({}, { clientId: "__PWRD__", clientSecret: "__PWRD__" }), id: "good" };
    const { status, body } = await post("/arduino-cloud/thing", { ...stored, thing: house.thingId }, "admin");
    assert.equal(status, 200);
    assert.equal((body as ThingDetail).choices.length, 6);
    const unknown = { ...stored, id: "nobody" };
    assert.equal((await post("/arduino-cloud/things", unknown, "admin")).status, 409);
    const wrong = await post("/arduino-cloud/things", typed({}, { clientSecret: "wrong" }), "admin");
    assert.deepEqual([wrong.status, (wrong.body as { code: string }).code], [502, "unauthorized"]);
  });

  it("survives a body of any kind", async () => {
    for (const body of [
      null,
      [],
      "text",
      7,
      { settings: 1, credentials: "x", thing: {} },
      { id: {}, settings: { tls: 5 } },
    ])
      for (const path of ["things", "thing"]) {
        const { status } = await post(`/arduino-cloud/${path}`, body, "admin");
        assert.ok(status === 400 || status === 409, `${path} ${JSON.stringify(body)}: ${status}`);
      }
  });

  it("finds a good account good, and leaves no connection", async () => {
    const good = ["api-port ok ok", "clock ok ok", "token ok ok", "things ok ok", "login ok ok"];
    assert.deepEqual(outline(await test(typed())), good);
    const space = outline(await test(typed({ organization: house.simulator.organizationId })));
    assert.deepEqual(space, good.with(3, "things warning none"));
    const users = (): number => house.simulator.observed.connections.filter(({ kind }) => kind === "user").length;
    await until("the end of every connection", () => users() === 0);
  });

  it("resolves environment variables where the deployed account has them, and nowhere else", async () => {
    const hosts = async (account: TypedAccount): Promise<unknown> => {
      const [first] = await test(account);
      return [first?.id, first?.code, first?.detail?.includes(new URL(house.account.baseUrl).port) ?? false];
    };
    const deployed = { ...typed({ baseUrl: "${CLOUD}" }), id: "env" };
    assert.deepEqual(await hosts(deployed), ["api-port", "ok", false]);
    assert.deepEqual(await hosts(typed({ baseUrl: "${CLOUD}" })), ["settings", "unusable", false]);
    assert.deepEqual(await hosts({ ...typed({ audience: "${CLOUD}" }), id: "env" }), ["settings", "unusable", false]);
    const password = typed({}, { clientSecret: "${CLOUD}" });
    assert.deepEqual(await hosts({ ...password, id: "env" }), ["settings", "unusable", false]);
  });

  it("sends a stored secret only where it was deployed to go", async () => {
    const elsewhere = await startHouse();
    try {
      const { baseUrl, brokerUrl } = elsewhere.account;
      const stored = { clientId: "__PWRD__", clientSecret: "__PWRD__" };
      for (const more of [{ baseUrl }, { brokerUrl }, { deviceBrokerUrl: brokerUrl }, { tls: "x" }, { proxy: "x" }]) {
        const account = { ...typed(more, stored), id: "good" };
        const { status, body } = await post("/arduino-cloud/things", account, "admin");
        assert.deepEqual([status, (body as { code: string }).code], [409, "secret_needed"], JSON.stringify(more));
        assert.deepEqual(outline(await test(account)), ["settings problem secret-needed"]);
      }
      const half = { ...typed({ baseUrl }, { clientSecret: "__PWRD__" }), id: "good" };
      assert.equal(
        ((await post("/arduino-cloud/things", half, "admin")).body as { code: string }).code,
        "secret_needed",
      );
      const device = {
        id: "board",
        settings: { brokerUrl: elsewhere.account.deviceBrokerUrl },
        credentials: { deviceId: house.deviceId, secretKey: "__PWRD__" },
      };
      const { body } = await post("/arduino-cloud/doctor", { device }, "admin");
      assert.deepEqual(outline((body as DoctorReport).findings), ["settings problem secret-needed"]);
      assert.deepEqual([elsewhere.simulator.observed.requests, elsewhere.simulator.observed.connections], [[], []]);
    } finally {
      await elsewhere.stop();
    }
  });

  it("takes JSON and nothing that a form of another site could send", async () => {
    for (const path of asked)
      for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
        const options = { method: "POST", headers: { "Content-Type": type }, body: JSON.stringify(typed()) };
        const answer = await red.fetch(`/arduino-cloud/${path}`, options, "admin");
        assert.equal(answer.status, 415, `${path} ${type}`);
        await read(answer);
      }
  });

  it("tells what is wrong", async () => {
    const { simulator } = house;
    assert.deepEqual(outline(await test(typed({}, { clientSecret: "wrong" }))), [
      "api-port ok ok",
      "clock ok ok",
      "token problem unauthorized",
    ]);
    assert.deepEqual(outline(await test(typed({}, { clientSecret: "" }))), ["settings problem unusable"]);
    assert.deepEqual(outline(await test(typed({ brokerUrl: "http://wrong" }))), ["settings problem unusable"]);
    assert.deepEqual(outline(await test(typed({ tls: "missing" }))), ["settings problem unusable"]);
    assert.deepEqual(outline(await test(typed({ baseUrl: "http://127.0.0.1:1" }))), ["api-port problem refused"]);
    assert.match(
      outline(await test(typed({ baseUrl: "http://no-such-host.invalid" }))).join(),
      /^api-dns problem \w+$/,
    );
    assert.deepEqual(outline(await test(typed({ baseUrl: simulator.restUrl.replace("http:", "https:") }))), [
      "api-port ok ok",
      "api-tls problem refused",
    ]);
    const foreign = outline(await test(typed({ organization: "12345678-1234-1234-1234-123456789012" })));
    assert.deepEqual(foreign.slice(-2), ["token ok ok", "space problem refused"]);
    assert.equal(
      outline(await test(typed({ brokerUrl: "ws://127.0.0.1:1/mqtt" }))).at(-1),
      "broker-port problem refused",
    );
    assert.match(outline(await test(typed({ audience: "https://example.com" }))).at(-1) ?? "", /^token problem/);
  });

  it("tells a clock that is wrong", async () => {
    const { faults } = house.simulator;
    for (const [hours, code] of [
      [3, "behind"],
      [-3, "ahead"],
    ] as const) {
      const date = new Date(Date.now() + hours * 3_600_000).toUTCString();
      faults.rest.push({ match: /^\/$/, method: "HEAD", status: 404, headers: { date } });
      const clock = (await test(typed())).find(({ id }) => id === "clock");
      assert.deepEqual([clock?.level, clock?.code, clock?.values], ["warning", code, { minutes: 180 }]);
    }
  });

  it("tells a refusing broker and a plan limit", async () => {
    const { faults } = house.simulator;
    faults.refuseConnect = 5;
    assert.equal(outline(await test(typed())).at(-1), "login problem unauthorized");
    faults.refuseConnect = 3;
    assert.equal(outline(await test(typed())).at(-1), "login problem other");
    faults.refuseConnect = null;
    faults.tokenStatus = 429;
    assert.equal(outline(await test(typed())).at(-1), "token problem rate-limited");
    faults.tokenStatus = 503;
    assert.equal(outline(await test(typed())).at(-1), "token problem service");
    faults.tokenStatus = null;
  });

  it("shows a secret nowhere", async () => {
    const { clientId, clientSecret } = house.account;
    const tokens = house.simulator.observed.requests.map(({ headers }) => String(headers.authorization ?? "").slice(7));
    const flows = await (await red.fetch("/flows", {}, "admin")).text();
    const nodes = await (await red.fetch("/credentials/arduino-cloud-account/good", {}, "admin")).text();
    const everything = [...answers, flows, nodes, red.log(), await readUserFiles(red.userDir)].join("\n");
    for (const secret of [clientId, clientSecret, ...new Set(tokens.filter((token) => token !== ""))])
      assert.equal(everything.includes(secret), false, `${secret.slice(0, 6)}… is in an answer, a file or the log`);
    const urls = house.simulator.observed.requests.map(({ path, query }) => path + JSON.stringify(query)).join("\n");
    assert.equal(urls.includes(clientSecret), false);
  });
});
