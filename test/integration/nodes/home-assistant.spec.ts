import assert from "node:assert/strict";
import type { AccountNode } from "../../../nodes/runtime/account-node";
import { dashboardWrites, type House, startHouse } from "../../support/simulated-account";
import { complaints, expandDevice, stateComplaint } from "../../support/home-assistant-rules";
import { load, type Received, type TestRuntime } from "../../support/node-helper";
import { until } from "../../support/wait";

describe("arduino-cloud-home-assistant", () => {
  let house: House;
  let bench: TestRuntime | undefined;

  beforeEach(async () => {
    house = await startHouse({ readOnly: ["temperature"] });
  });
  afterEach(async () => {
    await bench?.unload();
    bench = undefined;
    await house.stop();
  });

  const around = [
    { id: "out", type: "helper" },
    { id: "catch", type: "catch", wires: [["caught"]] },
    { id: "caught", type: "helper" },
    { id: "complete", type: "complete", scope: ["ha"], wires: [["completed"]] },
    { id: "completed", type: "helper" },
    { id: "status", type: "status", scope: ["ha"], wires: [["statuses"]] },
    { id: "statuses", type: "helper" },
  ];
  const start = async (more: object = {}): Promise<TestRuntime> => {
    const node = { id: "ha", type: "arduino-cloud-home-assistant", account: "account", wires: [["out"]], ...more };
    return (bench = await load(house, [node, ...around]));
  };
  const sent = (): Received[] => bench?.at("out") ?? [];
  /** What a broker that keeps messages would have by now. */
  const kept = (): Map<string, unknown> => {
    const topics = new Map<string, unknown>();
    for (const { topic, payload, retain } of sent()) {
      if (retain !== true) continue;
      if (payload === "") topics.delete(String(topic));
      else topics.set(String(topic), payload);
    }
    return topics;
  };
  const key = (id = house.thingId): string => id.replaceAll("-", "");
  const topicOf = (variable: string): string => `arduino/${key()}/${variable}`;
  const config = (id = house.thingId): string => `homeassistant/device/arduino_${key(id)}/config`;
  const keeps = (topic: string, payload: unknown): Promise<void> =>
    until(`${topic} with ${String(payload)}`, () => kept().get(topic) === payload);
  const codes = (): unknown[] => (bench?.at("caught") ?? []).map(({ error }) => (error as { code?: string }).code);
  const command = (topic: string, payload: unknown, more: object = {}): void =>
    bench?.node("ha").receive({ topic, payload, ...more });
  const isOnline = (): Promise<void> =>
    until("a connection", () => (bench?.at("statuses") ?? []).some(({ status }) => / → /.test(JSON.stringify(status))));
  const record = (variable: string, value: unknown): void => {
    house.simulator.store.record(house.thingId, variable, value as never, Date.now() - 60_000);
  };

  it("tells of a thing, its availability and the values that the cloud holds", async () => {
    record("temperature", 21.3);
    record("message", "hello");
    const runtime = await start();
    await keeps(topicOf("temperature"), "21.3");
    await keeps(topicOf("message"), '"hello"');
    await keeps(`arduino/${key()}/status`, "online");
    await keeps("arduino/status", "online");
    const device = expandDevice(kept().get(config()));
    assert.deepEqual(complaints(config(), kept().get(config())), []);
    assert.equal(device.device["name"], "House");
    assert.equal(device.components["temperature"]!["platform"], "sensor");
    assert.equal(device.components["lamp"]!["platform"], "light");
    for (const { qos, retain } of sent()) assert.deepEqual([qos, retain], [1, true]);
    // What was never written has no state.
    assert.ok(!kept().has(topicOf("counter")));
    await isOnline();
    const shown = (): unknown => (runtime.at("statuses").at(-1)?.["status"] as { fill?: string } | undefined)?.fill;
    await until("a green status", () => shown() === "green");
  });

  it("tells of what boards report and others ask, with a state that each entity takes", async () => {
    const board = await house.board();
    await start();
    await isOnline();
    await board.report({ temperature: 22.5, lamp: { swi: true, hue: 120, sat: 100, bri: 40 } });
    await keeps(topicOf("temperature"), "22.5");
    await until("the light", () => kept().has(topicOf("lamp/light")));
    const { components } = expandDevice(kept().get(config()));
    assert.equal(stateComplaint(components["lamp"]!, String(kept().get(topicOf("lamp/light")))), undefined);
    await dashboardWrites(house, "relay", true);
    await keeps(topicOf("relay"), "true");
  });

  it("writes what Home Assistant asks for, and tells the state", async () => {
    const board = await house.board();
    await start();
    await isOnline();
    await board.report({ lamp: { swi: true, hue: 120, sat: 100, bri: 40 } });
    await until("the light", () => kept().has(topicOf("lamp/light")));
    command(`${topicOf("lamp")}/set/light`, '{"state":"ON","brightness":60}');
    command(`${topicOf("counter")}/set`, "7");
    // An mqtt in node that detects numbers by itself.
    command(`${topicOf("message")}/set`, 12);
    await until("all to be done", () => bench!.at("completed").length >= 3);
    assert.deepEqual(house.writes(), [
      { variable: "lamp", value: { swi: true, hue: 120, sat: 100, bri: 60 } },
      { variable: "counter", value: 7 },
      { variable: "message", value: "12" },
    ]);
    await keeps(topicOf("counter"), "7");
    await until("the new light", () => String(kept().get(topicOf("lamp/light"))).includes('"brightness":60'));
    assert.deepEqual(codes(), []);
  });

  it("says what is wrong with a command, and tells the state again", async () => {
    record("relay", true);
    record("temperature", 20);
    record("counter", 5);
    await start();
    await keeps(topicOf("relay"), "true");
    await keeps(topicOf("counter"), "5");
    await isOnline();
    const told = (): number[] =>
      ["relay", "counter"].map((variable) => sent().filter(({ topic }) => topic === topicOf(variable)).length);
    const before = told();
    command(`${topicOf("relay")}/set`, "maybe");
    command(`${topicOf("temperature")}/set`, "1");
    command(`${topicOf("nothing")}/set`, "1");
    command(`arduino/${"0".repeat(32)}/relay/set`, "1");
    command("somebody/else", "1");
    command(`${topicOf("relay")}/set`, "false", { retain: true });
    command(`${topicOf("counter")}/set`, "99999999999");
    await bench!.arrived("caught", 7);
    assert.deepEqual(
      codes().sort(),
      [
        "invalid_value",
        "read_only",
        "not_found",
        "not_found",
        "invalid_input",
        "invalid_input",
        "invalid_value",
      ].sort(),
    );
    const messages = bench!.at("caught").map(({ topic }) => topic);
    assert.ok(messages.includes("somebody/else"));
    assert.deepEqual(house.writes(), []);
    await until("the states again", () => told().every((count, index) => count === (before[index] ?? 0) + 1));
    // Our own messages come back to whoever subscribes to all of ours, and are none.
    command(topicOf("relay"), "true");
    command(config(), "{}");
    command(`arduino/${key()}/status`, "online");
    await until("them to be done", () => bench!.at("completed").length >= 3);
    assert.equal(bench!.at("caught").length, 7);
  });

  it("follows what is renamed, added, changed and deleted, and leaves no ghost", async () => {
    const other = house.addThing("Shed", { door: "HOME_CONTACT_SENSOR" });
    record("relay", true);
    await start();
    await keeps(topicOf("relay"), "true");
    await until("the shed", () => kept().has(config(other)));
    const { store } = house.simulator;
    store.deleteThing(other);
    const thing = store.things.get(house.thingId)!;
    thing.name = "Home";
    Object.assign(store.propertyNamed(house.thingId, "relay")!, { variable_name: "pump", name: "Pump" });
    thing.properties = thing.properties.filter(({ variable_name }) => variable_name !== "sensor");
    // What five minutes, a reconnect, a refusal and not_found lead to.
    (bench!.node("account") as unknown as AccountNode).account!.knowledge.refreshSoon();
    await until("the shed to be gone", () => ![...kept().keys()].some((topic) => topic.includes(key(other))));
    await keeps(topicOf("pump"), "true");
    await until("the old name to be gone", () => !kept().has(topicOf("relay")));
    const { device, components } = expandDevice(kept().get(config()));
    assert.equal(device["name"], "Home");
    assert.ok("pump" in components && !("relay" in components) && !("sensor" in components));
    // First those that are gone are named by nothing but their platform.
    const removal = sent()
      .filter(({ topic }) => topic === config())
      .map(({ payload }) => (payload as { cmps: Record<string, unknown> }).cmps["relay"]);
    assert.ok(removal.some((component) => JSON.stringify(component) === '{"p":"switch"}'));
  });
});
