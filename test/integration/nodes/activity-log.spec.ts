import assert from "node:assert/strict";
import { type House, startHouse } from "../../support/simulated-account";
import { load, type TestRuntime } from "../../support/node-helper";
import { until } from "../../support/wait";

describe("the activity of an account and a device in Node-RED's log", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse();
  });

  const helper = { id: "done", type: "helper" };
  const throughAccount = [
    { id: "write", type: "arduino-cloud-property-out", account: "account", thing: "House", wires: [["done"]] },
    helper,
  ];
  const throughDevice = [
    { id: "device", type: "arduino-cloud-device", name: "" },
    { id: "write", type: "arduino-cloud-property-out", device: "device", property: "", wires: [["done"]] },
    helper,
  ];
  const at = (level: string): object => ({ logging: { console: { level, handler: () => () => undefined } } });
  /** Sends a value through a flow, and returns the lines of a kind. */
  async function linesOf(
    flow: Record<string, unknown>[],
    level: string,
  ): Promise<{ debug: string[]; trace: string[] }> {
    const device = { brokerUrl: house.simulator.deviceBrokerUrl };
    bench = await load(
      house,
      flow.map((node) => (node.id === "device" ? { ...node, ...device } : node)),
      {},
      at(level),
    );
    bench.node("write").receive({ payload: { counter: 7 } });
    await bench.arrived("done");
    const own = (lines: string[]): string[] =>
      lines.filter((line) => /^(Connected|Sending|Received|things:|token:)/.test(line));
    return { debug: own(bench.logged("DEBUG")), trace: own(bench.logged("TRACE")) };
  }

  it("tells at debug of attempts, subscriptions and requests", async () => {
    const { debug, trace } = await linesOf(throughAccount, "debug");
    const { host } = new URL(house.account.brokerUrl);
    for (const start of ["token: request (POST", "things: list (GET", `Connected to ${host} in`]) {
      assert.ok(
        debug.some((line) => line.startsWith(start)),
        `${start} is not in ${debug.join("\n")}`,
      );
    }
    assert.deepEqual(trace, [], "nobody wants them, so they are not made");
  });

  it("tells at trace of each message, where a logger wants that", async () => {
    const { trace } = await linesOf(throughAccount, "trace");
    assert.match(trace[0] ?? "", new RegExp(`^Sending \\d+ bytes to /a/t/${house.thingId}/e/i\\.$`));
  });

  it("is told by a device too", async () => {
    const { debug, trace } = await linesOf(throughDevice, "trace");
    const { host } = new URL(house.simulator.deviceBrokerUrl);
    assert.ok(debug.some((line) => line.startsWith(`Connected to ${host} in`)));
    await until("what the cloud says", () => bench.logged("TRACE").some((line) => /^Received/.test(line)));
    assert.ok(trace.some((line) => /^Sending \d+ bytes to \/a\/d\/.*\/c\/up\.$/.test(line)));
  });
});
