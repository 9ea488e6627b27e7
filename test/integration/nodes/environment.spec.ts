import assert from "node:assert/strict";
import { type House, startHouse } from "../../support/simulated-account";
import { settle, until } from "../../support/wait";
import { type TestRuntime, load } from "../../support/node-helper";

const caughtBy = [
  { id: "catch", type: "catch", wires: [["caught"]] },
  { id: "caught", type: "helper" },
];

describe("environment variables in settings", () => {
  let house: House;
  let bench: TestRuntime;

  before(async () => {
    house = await startHouse();
    process.env.CASES_BLANK = "  ";
    process.env.CASES_THING = "House";
    delete process.env.CASES_UNSET;
  });
  after(async () => {
    delete process.env.CASES_BLANK;
    delete process.env.CASES_THING;
    await house.stop();
  });

  type Caught = { error: { code: string; message: string } };

  /** Runs a flow with a node "node", gives it a message, and returns the first error that is caught. */
  async function refusalOf(flow: Record<string, unknown>[], message?: object, account: object = {}): Promise<Caught> {
    bench = await load(house, [...flow, ...caughtBy], account);
    if (message !== undefined) bench.node("node").receive(message);
    const [caught] = await bench.arrived("caught");
    return caught as unknown as Caught;
  }

  function assertNames({ error }: Caught, field: string, variable: string): void {
    assert.equal(error.code, "not_configured");
    assert(error.message.includes(`"${field}"`), error.message);
    assert(error.message.includes(variable), error.message);
  }

  const thing = { thing: "House", property: "counter" };
  const message = { payload: 1, thingId: "House", topic: "counter" };
  const fields: [type: string, field: string, more: object, message?: object][] = [
    ["property-in", "thing", {}],
    ["property-in", "property", { thing: "House" }],
    ["property-in", "direction", thing],
    ["property-in", "deadband", thing],
    ["property-in", "initial", thing],
    ["property-in", "device", thing],
    ["property-out", "thing", {}, message],
    ["property-out", "property", { thing: "House" }, message],
    ["property-out", "whenOffline", thing, message],
    ["property-out", "queueLimit", thing, message],
    ["property-get", "property", { thing: "House" }, message],
    ["property-get", "repeat", thing],
    ["device-status", "device", {}],
    ["device-status", "staleAfter", {}],
    ["history", "from", thing, message],
    ["history", "interval", thing, message],
    ["history", "aggregation", thing, message],
    ["history", "since", thing, message],
    ["manage", "thing", { resource: "things", operation: "show" }, message],
    ["manage", "operation", { resource: "things" }, message],
    ["home-assistant", "things", {}],
    ["home-assistant", "base", {}],
    ["home-assistant", "overrides", {}],
    ["manage", "account", { resource: "things", operation: "list" }, message],
  ];
  for (const variable of ["CASES_BLANK", "CASES_UNSET"]) {
    for (const [type, field, more, sent] of fields) {
      it(`${field} of ${type} is not configured where \${${variable}} holds nothing`, async () => {
        const written = { account: "account", ...more, [field]: `\${${variable}}` };
        const caught = await refusalOf([{ id: "node", type: `arduino-cloud-${type}`, wires: [[]], ...written }], sent);
        assertNames(caught, field, variable);
      });
    }
  }

  it("leaves a field that is blank itself at its default", async () => {
    const node = { id: "node", type: "arduino-cloud-property-get", account: "account", thing: "", wires: [["read"]] };
    bench = await load(house, [node, { id: "read", type: "helper" }]);
    bench.node("node").receive({ thingId: "House", property: "counter" });
    await bench.arrived("read");
  });

  it("takes what the variable holds", async () => {
    const node = { id: "node", type: "arduino-cloud-property-get", account: "account", thing: "${CASES_THING}" };
    bench = await load(house, [
      { ...node, wires: [["read"]] },
      { id: "read", type: "helper" },
    ]);
    bench.node("node").receive({ property: "counter" });
    await bench.arrived("read");
  });

  for (const [field, variable] of [
    ["organization", "CASES_BLANK"],
    ["baseUrl", "CASES_BLANK"],
    ["requestsPerSecond", "CASES_UNSET"],
    ["tls", "CASES_UNSET"],
  ] as const) {
    it(`${field} of the account is not configured where \${${variable}} holds nothing`, async () => {
      const flow = [{ id: "node", type: "arduino-cloud-property-in", account: "account", thing: "House" }];
      assertNames(await refusalOf(flow, undefined, { [field]: `\${${variable}}` }), field, variable);
    });
  }

  for (const [credential, variable] of [
    ["clientId", "CASES_UNSET"],
    ["clientId", "CASES_BLANK"],
    ["clientSecret", "CASES_UNSET"],
  ] as const) {
    it(`sends nothing where ${credential} is \${${variable}}, which holds nothing`, async () => {
      const { requests } = house.simulator.observed;
      const before = requests.length;
      const account = { ...house.account, [credential]: `\${${variable}}` };
      bench = await load({ ...house, account }, [
        { id: "node", type: "arduino-cloud-property-in", account: "account", thing: "House" },
        { id: "asks", type: "arduino-cloud-property-get", account: "account", thing: "House", wires: [[]] },
        ...caughtBy,
      ]);
      bench.node("asks").receive({ payload: "" });
      const [caught] = await bench.arrived("caught", 2);
      assertNames(caught as unknown as Caught, credential, variable);
      await settle();
      assert.equal(requests.length, before);
    });
  }

  it("names the variable of a subflow, whose instances have other ids", async () => {
    const [caught] = await subflow([{ name: "TARGET", type: "str", value: "" }]);
    assertNames(caught as unknown as Caught, "thing", "TARGET");
  });

  it("takes the variable of a subflow", async () => {
    const [read] = await subflow([{ name: "TARGET", type: "str", value: "House" }], "read");
    assert.equal(read?.["error"], undefined);
  });

  /** Runs a node in a subflow whose thing is a variable of the instance. */
  async function subflow(env: object[], outcome = "caught"): Promise<Record<string, unknown>[]> {
    bench = await load(house, [
      { id: "sub", type: "subflow", name: "", env: [], in: [], out: [{ wires: [{ id: "inner", port: 0 }] }] },
      { id: "instance", type: "subflow:sub", env, wires: [["read"]] },
      {
        ...{ id: "inner", z: "sub", type: "arduino-cloud-property-get", account: "account", repeat: 60 },
        ...{ thing: "${TARGET}", wires: [[]] },
      },
      { id: "read", type: "helper" },
      ...caughtBy,
    ]);
    const runtime = bench;
    await until("an outcome", () => runtime.at("read").length + runtime.at("caught").length > 0);
    return bench.at(outcome);
  }

  it("names the variable of a group", async () => {
    const group = { id: "group", type: "group", env: [{ name: "TARGET", type: "str", value: "" }], nodes: ["node"] };
    const node = { id: "node", g: "group", type: "arduino-cloud-property-in", account: "account", thing: "${TARGET}" };
    assertNames(await refusalOf([group, node]), "thing", "TARGET");
  });

  it("names the variable of a device's key", async () => {
    const device = { id: "device", type: "arduino-cloud-device", brokerUrl: house.simulator.deviceBrokerUrl };
    const node = { id: "node", type: "arduino-cloud-property-in", device: "device" };
    bench = await load({ ...house, secretKey: "${CASES_UNSET}" }, [device, node, ...caughtBy]);
    const [caught] = await bench.arrived("caught");
    assertNames(caught as unknown as Caught, "secretKey", "CASES_UNSET");
  });
});
