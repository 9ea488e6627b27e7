import assert from "node:assert/strict";
import type { RestOrder } from "../../../simulator/behaviour/faults";
import { type TestRuntime, load } from "../../support/node-helper";
import { type House, startHouse } from "../../support/simulated-account";

/** What Node-RED makes of an error for a Catch node. */
interface Caught {
  message: string;
  code: string;
  cause?: unknown;
  source: { type: string };
}

const facts = { statusCode: 403, detail: "This is not yours.", requestId: "Vs3kQ0aL" };

/** How the cloud refuses everything that the order fits. */
function refusal(match: string, status = facts.statusCode): RestOrder {
  const body = { id: facts.requestId, code: "forbidden", status, detail: facts.detail };
  return { match, status, body, times: Infinity };
}

describe("what a Catch node gets of an error", () => {
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

  /** Runs a node beside a Catch node; gives the first error that this one is handed. */
  async function caughtOf(node: Record<string, unknown>, message?: Record<string, unknown>): Promise<Caught> {
    bench = await load(house, [
      { id: "node", account: "account", wires: [[]], ...node },
      { id: "catch", type: "catch", wires: [["caught"]] },
      { id: "caught", type: "helper" },
    ]);
    if (message !== undefined) bench.node("node").receive(message);
    const [caught] = await bench.arrived("caught");
    return caught?.["error"] as Caught;
  }

  const asked: [type: string, settings: Record<string, unknown>, message?: Record<string, unknown>][] = [
    ["arduino-cloud-property-in", { thing: "House" }],
    ["arduino-cloud-property-out", { thing: "House", property: "counter" }, { payload: 1 }],
    ["arduino-cloud-property-out", { thing: "House", property: "counter", as: "device" }, { payload: 1 }],
    ["arduino-cloud-property-get", { thing: "House" }, {}],
    ["arduino-cloud-property-get", { thing: "House", repeat: 60 }],
    ["arduino-cloud-device-status", {}],
    ["arduino-cloud-history", { thing: "House" }, {}],
    ["arduino-cloud-manage", { resource: "things", operation: "list" }, {}],
  ];
  for (const [type, settings, message] of asked) {
    it(`has status, detail and request id of the answer, from ${type} ${JSON.stringify(settings)}`, async () => {
      house.simulator.faults.rest.push(refusal("/iot/v2/"));
      const caught = await caughtOf({ type, ...settings }, message);
      // Who may not list what there is and was not asked by a message, tells of the account.
      const isAsked = message !== undefined;
      assert.equal(caught.source.type, isAsked ? type : "arduino-cloud-account");
      assert.equal(caught.code, "forbidden");
      assert.deepEqual(caught.cause, facts);
    });
  }

  it("is of the node where the cloud keeps one thing from it", async () => {
    house.simulator.faults.rest.push(refusal(`/iot/v2/things/${house.thingId}`));
    const caught = await caughtOf({ type: "arduino-cloud-property-in", thing: house.thingId });
    assert.equal(caught.source.type, "arduino-cloud-property-in");
    assert.match(caught.message, new RegExp(house.thingId));
    assert.deepEqual(caught.cause, facts);
  });

  it("is of the node where the broker keeps one thing from it", async () => {
    const topic = `/a/t/${house.thingId}/e/o`;
    house.simulator.faults.subackRefuse.push(topic);
    const caught = await caughtOf({ type: "arduino-cloud-property-in", thing: house.thingId });
    house.simulator.faults.subackRefuse.length = 0;
    assert.deepEqual([caught.source.type, caught.code], ["arduino-cloud-property-in", "forbidden"]);
    assert.match(caught.message, new RegExp(topic));
  });

  it("has them when the account itself is refused", async () => {
    house.simulator.faults.rest.push(refusal("/token", 401));
    const caught = await caughtOf({ type: "arduino-cloud-property-in", thing: house.thingId });
    assert.equal(caught.source.type, "arduino-cloud-account");
    assert.equal(caught.code, "unauthorized");
    assert.deepEqual(caught.cause, { ...facts, statusCode: 401 });
  });

  it("has no cause where the cloud was not asked", async () => {
    const node = { type: "arduino-cloud-property-out", thing: "House", property: "counter" };
    const caught = await caughtOf(node, { payload: "many" });
    assert.equal(caught.code, "invalid_value");
    assert(!("cause" in caught));
  });
});
