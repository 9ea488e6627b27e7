import assert from "node:assert/strict";
import { type House, startHouse } from "../../support/simulated-account";
import { type TestRuntime, load } from "../../support/node-helper";
import { until } from "../../support/wait";

/** Messages that no store can hold and JSON can't write. */
function oddMessages(): Record<string, unknown>[] {
  const circle: Record<string, unknown> = { payload: 1 };
  circle.self = circle;
  return [
    { payload: 10n },
    { payload: circle },
    { payload: 1, topic: 5n },
    { payload: 1, thingId: circle },
    Object.defineProperty({}, "payload", {
      enumerable: true,
      get: () => {
        throw new Error("This getter throws.");
      },
    }),
    { payload: { toJSON: () => assert.fail("toJSON throws.") } },
  ];
}

describe("messages that JSON can't hold", () => {
  let house: House;
  let bench: TestRuntime | undefined;

  beforeEach(async () => {
    house = await startHouse();
  });

  it("do no harm to those that property out keeps over a restart", async () => {
    bench = await load(house, [
      {
        ...{ id: "write", type: "arduino-cloud-property-out", account: "account", thing: "House", property: "counter" },
        ...{ keepQueue: true, wires: [["out"]] },
      },
      { id: "out", type: "helper" },
      { id: "catch", type: "catch", wires: [["caught"]] },
      { id: "caught", type: "helper" },
    ]);
    const context = bench.node("write").context();
    const kept = (): Promise<{ messages: unknown[] } | undefined> =>
      new Promise((resolve) =>
        context.get("queue", (_error: unknown, queue: unknown) =>
          resolve(queue as { messages: unknown[] } | undefined),
        ),
      );
    const odd = oddMessages();
    await house.simulator.brokerDown(true);
    for (const message of odd) bench.node("write").receive(message);
    for (let value = 1; value <= 3; value++) bench.node("write").receive({ payload: value });
    await until("that the last is stored", async () =>
      ((await kept())?.messages ?? []).some((message) => JSON.stringify(message).includes('"payload":3')),
    );
    await house.simulator.brokerDown(false);
    // Those with a number as payload go out by the form's thing and property; the others are refused, each once.
    await bench.arrived("out", 5);
    assert.deepEqual(
      house.writes().map(({ value }) => value),
      [1, 1, 1, 2, 3],
    );
    await bench.arrived("caught", odd.length - 2);
    await until("an empty queue", async () => (await kept())?.messages.length === 0);
  });

  it("are refused by manage, also where they are promises that never end", async () => {
    bench = await load(house, [
      { id: "manage", type: "arduino-cloud-manage", account: "account", resource: "things", wires: [["out"]] },
      { id: "out", type: "helper" },
      { id: "catch", type: "catch", wires: [["caught"]] },
      { id: "caught", type: "helper" },
    ]);
    const never = new Promise(() => undefined);
    const thenable = { name: "x", then: () => undefined };
    const payloads = [never, thenable, { name: never }, 10n, [never], [thenable]];
    for (const operation of ["create", "update"]) {
      for (const payload of payloads) bench.node("manage").receive({ payload, operation, thingId: house.thingId });
    }
    await bench.arrived("caught", 2 * payloads.length);
    bench.node("manage").receive({ payload: { name: "A good one" }, operation: "create" });
    await bench.arrived("out");
    assert.equal(house.simulator.observed.requests.filter(({ method }) => method === "PATCH").length, 0);
  });
});
