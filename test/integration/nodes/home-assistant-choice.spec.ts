import assert from "node:assert/strict";
import { type House, startHouse } from "../../support/simulated-account";
import { expandDevice } from "../../support/home-assistant-rules";
import { load, type TestRuntime } from "../../support/node-helper";
import { until } from "../../support/wait";

describe("the choice of what Home Assistant is shown", () => {
  let house: House;
  let bench: TestRuntime | undefined;

  beforeEach(async () => {
    house = await startHouse();
  });
  afterEach(async () => {
    await bench?.unload();
    bench = undefined;
    await house.stop();
  });

  const start = async (more: object = {}): Promise<TestRuntime> => {
    const node = { id: "ha", type: "arduino-cloud-home-assistant", account: "account", wires: [["out"]], ...more };
    const around = [
      { id: "out", type: "helper" },
      { id: "catch", type: "catch", wires: [["caught"]] },
      { id: "caught", type: "helper" },
    ];
    return (bench = await load(house, [node, ...around]));
  };
  const configs = (): Record<string, unknown>[] =>
    (bench?.at("out") ?? []).flatMap(({ topic, payload }) =>
      String(topic).endsWith("/config") && typeof payload === "object" ? [expandDevice(payload).device] : [],
    );
  const names = (): unknown[] => configs().map(({ name }) => name);
  const refusal = async (): Promise<{ code?: string; message?: string }> =>
    (await bench!.arrived("caught"))[0]!["error"] as { code?: string; message?: string };

  it("is by name and id, and tells once of a thing that is not there", async () => {
    const shed = house.addThing("Shed", { door: "STATUS" });
    house.addThing("Attic", { door: "STATUS" });
    await start({ things: `House, ${shed}, Cellar` });
    await until("two things", () => names().length === 2);
    const { code, message } = await refusal();
    assert.equal(code, "not_found");
    assert.match(String(message), /Cellar/);
    assert.deepEqual(names().sort(), ["House", "Shed"]);
  });

  it("is by tag", async () => {
    house.addThing("Attic", { door: "STATUS" });
    house.simulator.store.things.get(house.thingId)!.tags = { home: "yes" };
    await start({ tag: "home:yes" });
    await until("the thing", () => names().length === 1);
    assert.deepEqual(names(), ["House"]);
  });

  it("has other topics where they are set, and says that a board is offline", async () => {
    const board = await house.board();
    await board.close();
    const runtime = await start({ prefix: "ha", base: "my/arduino" });
    const key = house.thingId.replaceAll("-", "");
    const sent = (topic: string): unknown => runtime.at("out").find((message) => message["topic"] === topic)?.payload;
    await until("the availability", () => sent(`my/arduino/${key}/status`) === "offline");
    assert.ok(sent(`ha/device/arduino_${key}/config`));
  });

  it("says nothing of boards where that is not wanted, by either name of the setting", async () => {
    // The last is what the editor keeps under that name: the status that the node shows.
    for (const [more, count] of [
      [{ availability: false }, 1],
      [{ status: false }, 1],
      [{ status: { fill: "green", text: "things" } }, 2],
    ] as const) {
      await start(more);
      await until("the device", () => configs().length > 0);
      const { payload } = bench!.at("out").find(({ topic }) => String(topic).endsWith("/config"))!;
      assert.equal((payload as { avty: unknown[] }).avty.length, count);
      // What the node of another test has left may be cleared.
      const isOfBoard = /^arduino\/[0-9a-f]{32}\/status$/;
      const told = bench!.at("out").filter((message) => isOfBoard.test(String(message["topic"])) && message.payload);
      assert.ok(count === 2 || told.length === 0);
      await bench!.unload();
    }
    bench = undefined;
  });

  it("is refused with a word where it can't be used, and sends nothing then", async () => {
    const refused: [object, RegExp][] = [
      [{ overrides: "{" }, /no JSON object/],
      [{ overrides: '{"House/relay": {"component": "toaster"}}' }, /"House\/relay".*one of sensor/],
      [{ base: "a/+/b" }, /"base"/],
      [{ prefix: "a b" }, /"prefix"/],
      [{ account: "" }, /No account/],
    ];
    for (const [more, expected] of refused) {
      await start(more);
      const { code, message } = await refusal();
      assert.equal(code, "not_configured");
      assert.match(String(message), expected);
      assert.deepEqual(bench!.at("out"), []);
      await bench!.unload();
    }
    bench = undefined;
  });

  it("tells of an override that does not fit, and shows the variable as usual", async () => {
    await start({ overrides: '{"House/counter": {"component": "lock"}, "House/lamp": null}' });
    assert.equal((await refusal()).code, "invalid_input");
    await until("the device", () => configs().length > 0);
    const { payload } = bench!.at("out").find(({ topic }) => String(topic).endsWith("/config"))!;
    const { components } = expandDevice(payload);
    assert.equal(components["counter"]!["platform"], "number");
    assert.ok(!("lamp" in components));
  });
});
