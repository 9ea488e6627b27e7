import assert from "node:assert/strict";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type TestRuntime, load } from "../../support/node-helper";

type Flow = Record<string, unknown>[];

/** Twenty-five nodes of a type. */
function crowd(type: string, more: object = {}): Flow {
  return Array.from({ length: 25 }, (_, index) => ({
    ...{ id: `node${index}`, type: `arduino-cloud-${type}`, account: "account", thing: "House", wires: [[]] },
    ...more,
  }));
}

/** A Catch node and what it gives; its id stands before what arrives. */
function catching(id: string, more: object = {}): Flow {
  return [
    { id, type: "catch", wires: [[`${id}-heard`]], ...more },
    { id: `${id}-heard`, type: "helper" },
  ];
}

describe("a fault of an account that many nodes use", () => {
  let house: House;
  let bench: TestRuntime | undefined;

  before(async () => {
    house = await startHouse();
  });
  afterEach(async () => {
    house.simulator.faults.rest.length = 0;
    await bench?.unload();
    bench = undefined;
  });

  /** Runs a flow with a wrong secret, or none. */
  const run = async (flow: Flow, clientSecret = "wrong"): Promise<TestRuntime> =>
    (bench = await load({ ...house, account: { ...house.account, clientSecret } }, flow));
  const code = (message: Record<string, unknown>): unknown => (message["error"] as { code: unknown }).code;

  /** Lets a node tell of itself, when all that could be told before has been: of nodes that came in order, the last. */
  const last = { id: "last", type: "arduino-cloud-property-get", account: "account", thing: "House", wires: [[]] };

  /** What a Catch node has heard, once the answer to a message that was sent behind it has arrived there. */
  async function heardAt(runtime: TestRuntime, id: string): Promise<unknown[]> {
    runtime.node("last").receive({ marker: true });
    await until("the marker", () => runtime.at(`${id}-heard`).some(({ marker }) => marker === true));
    return runtime.at(`${id}-heard`).flatMap((message) => (message["marker"] === true ? [] : [code(message)]));
  }

  for (const [what, type, more, secret, expected] of [
    ["a wrong secret", "property-in", {}, "wrong", "unauthorized"],
    ["a wrong secret", "property-get", { repeat: 60 }, "wrong", "unauthorized"],
    ["a wrong secret", "device-status", {}, "wrong", "unauthorized"],
    ["no secret", "property-in", {}, "", "not_configured"],
    ["a secret that is not set", "device-status", {}, "${CASES_UNSET}", "not_configured"],
  ] as const) {
    it(`is told once of ${what}, with 25 ${type}`, async () => {
      const runtime = await run([...crowd(type, more), last, ...catching("all")], secret);
      await runtime.arrived("all-heard");
      assert.deepEqual(await heardAt(runtime, "all"), [expected]);
      const { source } = runtime.at("all-heard")[0]?.["error"] as { source: { type: string } };
      assert.equal(source.type, "arduino-cloud-account");
    });
  }

  for (const [type, more] of [
    ["property-in", {}],
    ["property-in", { thing: "" }],
    ["property-get", { repeat: 60 }],
    ["device-status", {}],
    ["home-assistant", {}],
  ] as const) {
    it(`is told once that nothing may be listed, with 25 ${type} ${JSON.stringify(more)}`, async () => {
      house.simulator.faults.rest.push({ match: /\/iot\/v2\/(things|devices)$/, status: 403, times: Infinity });
      const runtime = await run(
        [...crowd(type, more), { ...last, thing: house.thingId }, ...catching("all")],
        house.account.clientSecret,
      );
      await runtime.arrived("all-heard");
      const { args } = (runtime.node("node24") as unknown as { status: { args: [{ fill?: string }][] } }).status;
      await until("the last node's status", () => args.some(([status]) => status.fill === "red"));
      assert.deepEqual(runtime.at("all-heard").map(code), ["forbidden"]);
    });
  }

  it("is told once to each Catch node that has one of the nodes in its scope, and to no other", async () => {
    const runtime = await run([
      ...crowd("property-in"),
      last,
      ...catching("first", { scope: ["node1", "node2", "last"] }),
      ...catching("second", { scope: ["node2", "node3", "last"] }),
      ...catching("other", { scope: ["last"] }),
      ...catching("rest", { uncaught: true }),
    ]);
    await Promise.all(["first", "second", "rest"].map((id) => runtime.arrived(`${id}-heard`)));
    assert.deepEqual(await heardAt(runtime, "first"), ["unauthorized"]);
    assert.deepEqual(await heardAt(runtime, "second"), ["unauthorized"]);
    assert.deepEqual(await heardAt(runtime, "other"), []);
    assert.deepEqual(runtime.at("rest-heard").map(code), ["unauthorized"]);
  });

  it("is told inside a subflow only, where that has a Catch node", async () => {
    const runtime = await run([
      { id: "sub", type: "subflow", name: "", env: [], in: [], out: [{ wires: [{ id: "inside", port: 0 }] }] },
      ...crowd("property-in", { z: "sub" }),
      { id: "inside", type: "catch", z: "sub", wires: [[]] },
      { id: "instance", type: "subflow:sub", env: [], wires: [["inside-heard"]] },
      { id: "inside-heard", type: "helper" },
      last,
      ...catching("outside"),
    ]);
    await runtime.arrived("inside-heard");
    assert.deepEqual(await heardAt(runtime, "outside"), []);
    assert.deepEqual(runtime.at("inside-heard").map(code), ["unauthorized"]);
  });

  it("is told again when it had gone in between", async () => {
    const refusal = { match: "/iot/v2/", status: 500, body: {}, times: Infinity };
    house.simulator.faults.rest.push(refusal);
    const node = { repeat: 0.2 };
    const runtime = await run(
      [...crowd("property-get", node).slice(0, 1), ...catching("all")],
      house.account.clientSecret,
    );
    await runtime.arrived("all-heard", 1, 60_000);
    house.simulator.faults.rest.length = 0;
    const { args } = (runtime.node("node0") as unknown as { status: { args: [{ fill?: string }][] } }).status;
    await until("a reading", () => args.some(([status]) => status.fill === "green"), 60_000);
    house.simulator.faults.rest.push(refusal);
    await runtime.arrived("all-heard", 2, 60_000);
    assert.deepEqual(runtime.at("all-heard").map(code), ["server_error", "server_error"]);
  });
});
