import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { startSimulator, type Simulator } from "../../simulator";
import { type RunningBoards, startBoards } from "../../simulator/boards";
import { type House, seedHouse } from "../../simulator/seeds/house";
import { exampleFor } from "../support/examples";
import type { FlowNode } from "../support/flows";
import { dashboardWrites } from "../support/simulated-account";
import { until } from "../support/wait";
import { type NodeRed, startNodeRed } from "../support/node-red";

/** The stories as they are, on the simulated house of the demo; only addresses and credentials are filled in. */
describe("the examples on the simulated house", function () {
  this.timeout(60_000);
  let simulator: Simulator;
  let house: House;
  let boards: RunningBoards;
  let red: NodeRed;

  before(async function () {
    this.timeout(120_000);
    simulator = await startSimulator();
    house = seedHouse(simulator.store);
    boards = startBoards({ deviceBrokerUrl: simulator.deviceBrokerUrl, house, every: 100 });
    red = await startNodeRed();
  });
  after(async () => {
    await red.stop();
    await boards.stop();
    await simulator.stop();
  });

  const example = (name: string, more?: Record<string, object>): FlowNode[] => exampleFor(simulator, name, more);
  const idOf = (flow: FlowNode[], name: string): string => {
    const node = flow.find((candidate) => candidate["name"] === name || candidate.type === name);
    assert.ok(node, `no node "${name}"`);
    return node.id;
  };
  /** Hands what comes to a debug node to the spec, under the node's name. */
  const listened = (flow: FlowNode[]): FlowNode[] =>
    flow.map((node) =>
      node.type === "debug"
        ? { ...node, type: "function", func: `global.get("tell")(${JSON.stringify(node["name"])}, msg);`, outputs: 0 }
        : node,
    );
  const held = (thing: string, variable: string): unknown => {
    const found = [...simulator.store.things.values()].find(({ name }) => name === thing);
    return simulator.store.propertyNamed(found?.id ?? "", variable)?.last_value;
  };
  const noErrors = (): void => {
    const errors = red.received("what went wrong").splice(0);
    // A value that is measured again before the session is there takes the place of the one that waits.
    const isOutdone = (error: unknown): boolean => (error as { code: string }).code === "superseded";
    assert.deepEqual(
      errors.map(({ error }) => error).filter((error) => !isOutdone(error)),
      [],
    );
    red.check();
  };

  for (const [name, low, full] of [
    ["Pump runs when the tank is low", 20, 80],
    ["A greenhouse", 30, 80],
  ] as const) {
    it(`${name}: goes by what the board does, whoever has switched its pump`, async () => {
      const tank = house.find(({ kind }) => kind === "tank")!;
      const board = boards.boards.get("tank")!;
      const pump = simulator.store.propertyNamed(tank.thingId, "pump")!;
      const switchByHand = (value: boolean): Promise<void> =>
        dashboardWrites({ simulator, thingId: tank.thingId, propertyIds: { pump: pump.id } }, "pump", value);
      const flow = listened(example(name));
      await until("the board of the tank", () => board.ready);
      await board.report({ level: full + 5, pump: false });
      await red.deploy(flow);
      let written: unknown[] = [];
      const stopWatching = board.onWrite(({ variable, value }) => variable === "pump" && written.push(value));
      const undoes = async (value: boolean): Promise<void> => {
        written = [];
        await switchByHand(value);
        await until(`pump ${value} is undone`, () => written.includes(value) && board.values["pump"] === !value);
      };
      await undoes(true);
      await board.report({ level: low - 5 });
      await until("the pump runs in a low tank", () => board.values["pump"] === true);
      await undoes(false);
      // At the brim the board would stop it by itself.
      written = [];
      await board.report({ level: full - 1 });
      await until("the flow stops the pump", () => written.includes(false) && board.values["pump"] === false);
      stopWatching();
      noErrors();
    });
  }

  it("A greenhouse: gives light while it is not sunny, and tells alarms", async () => {
    const flow = listened(example("A greenhouse"));
    await red.deploy(flow);
    await until("the lamp follows the sky", () => {
      const lamp = held("Living room light", "desk_lamp") as { swi: boolean; bri: number } | null;
      const condition = held("Weather station", "condition");
      return typeof condition === "string" && lamp !== null && lamp.swi === (condition !== "sunny");
    });
    // The board goes on telling that it is warm.
    const winter = setInterval(() => {
      red.send(idOf(flow, "too warm or cold?"), { payload: 2 });
      red.send(idOf(flow, "open in the cold?"), { payload: true });
    }, 100);
    try {
      for (const alarm of ["too cold", "the door is open, and it is cold"])
        await until(alarm, () => red.received("alarm").some(({ payload }) => payload === alarm));
    } finally {
      clearInterval(winter);
    }
    noErrors();
  });

  it("A smart switch without a board: does what dashboards ask, and reports the switch on the wall", async () => {
    const scope = { userId: simulator.userId };
    const device = simulator.store.createDevice({ name: "Node-RED", secret_key: "a secret key" }, scope);
    const thing = simulator.store.createThing({ name: "Lamp", device_id: device.id }, scope);
    const relay = simulator.store.createProperty(thing.id, {
      name: "Relay",
      variable_name: "relay",
      type: "STATUS",
      permission: "READ_WRITE",
    });
    const credentials = { deviceId: device.id, secretKey: "a secret key" };
    const flow = listened(example("A smart switch without a board", { "arduino-cloud-device": { credentials } }));
    await red.deploy(flow);
    const wall = idOf(flow, "switch on the wall");
    const lamp = (): unknown => red.received("the lamp").at(-1)?.payload;
    red.send(wall, {});
    await until("the report of on", () => held("Lamp", "relay") === true && lamp() === true);
    red.send(wall, {});
    await until("the report of off", () => held("Lamp", "relay") === false && lamp() === false);
    await dashboardWrites({ simulator, thingId: thing.id, propertyIds: { relay: relay.id } }, "relay", true);
    await until("what the dashboard asks for", () => lamp() === true && held("Lamp", "relay") === true);
    noErrors();
  });

  it("Alarm when a device goes silent: tells when it goes and when it is back", async () => {
    const flow = listened(example("Alarm when a device goes silent")).map((node) =>
      node.type === "arduino-cloud-device-status" ? { ...node, interval: 1 } : node,
    );
    await red.deploy(flow);
    const said = (): unknown => red.received("alarm").at(-1)?.payload;
    await until("it is there", () => said() === "Roof board is back");
    const board = boards.boards.get("weather");
    const again = setInterval(() => board?.drop(), 50);
    try {
      await until("the alarm", () => said() === "Roof board is silent: OFFLINE");
    } finally {
      clearInterval(again);
    }
    await until("it is back", () => said() === "Roof board is back");
    noErrors();
  });

  it("A fleet from a CSV: makes a thing of each line", async () => {
    const flow = listened(example("A fleet from a CSV"));
    await red.deploy(flow);
    red.send(idOf(flow, "a table of things"), {});
    await until("the answer", () => red.received("what became of each").length === 1);
    const names = [...simulator.store.things.values()].map(({ name }) => name);
    for (const number of [1, 2, 3]) assert.ok(names.includes(`Greenhouse ${number}`), `Greenhouse ${number}`);
    noErrors();
  });

  it("Weekly report by variable: tells each variable with numbers, and the day", async () => {
    const flow = listened(example("Weekly report by variable"));
    await until("values of the weather", () => typeof held("Weather station", "pressure") === "number");
    await red.deploy(flow);
    red.send(idOf(flow, "every Monday at 7"), {});
    await until("the report", () => red.received("report").length === 1);
    const [{ payload, topic } = {}] = red.received("report");
    assert.equal(topic, "Weather station: the last seven days");
    const lines = String(payload).split("\n");
    for (const variable of ["temperature", "humidity", "pressure"]) assert.ok(lines.includes(variable), variable);
    assert.ok(!lines.includes("condition"));
    assert.match(lines[1] ?? "", /^ {2}\w+, \w+ \w+: [\d.]+ to [\d.]+, mean [\d.]+$/);
    noErrors();
  });

  it("Archive into InfluxDB: writes each value once, in line protocol", async () => {
    const file = path.join(red.userDir, "arduino.lp");
    const station = house.find(({ kind }) => kind === "weather");
    const temperature = simulator.store.propertyNamed(station?.thingId ?? "", "temperature");
    const condition = simulator.store.propertyNamed(station?.thingId ?? "", "condition");
    assert.ok(temperature && condition);
    const { deviceId } = station!;
    // So that nothing is added while the spec counts.
    await boards.stop();
    const start = Date.now() - 3_600_000;
    for (let index = 0; index < 1_500; index++) temperature.history.unshift({ time: start - index, value: index });
    temperature.history.sort((one, other) => one.time - other.time);
    condition.history.push({ time: Date.now(), value: 'say "hi", now' });
    const flow = listened(example("Archive into InfluxDB")).map((node) =>
      node.type === "file" ? { ...node, filename: file } : node,
    );
    await red.deploy(flow);
    const count = (): number => (existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n").length : 0);
    const expected = [...simulator.store.things.values()]
      .filter(({ device_id }) => device_id === deviceId)
      .flatMap(({ properties }) => properties)
      .reduce((sum, { history }) => sum + history.length, 0);
    await until("all values are in the file", () => count() >= expected);
    red.send(idOf(flow, "every hour"), {});
    condition.history.push({ time: Date.now(), value: "a later value" });
    red.send(idOf(flow, "every hour"), {});
    await until("a later value in the file", () => readFileSync(file, "utf8").includes("a later value"));
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    assert.equal(lines.length, expected + 1);
    assert.equal(
      lines.filter((line) => line === `arduino,thing=Weather\\ station temperature=7 ${start - 7}000000`).length,
      1,
    );
    assert.ok(lines.some((line) => line.startsWith('arduino,thing=Weather\\ station condition="say \\"hi\\", now" ')));
    assert.ok(
      lines.some((line) =>
        /^arduino,thing=Weather\\ station location_lat=45\.0703,location_lon=7\.6869 \d{19}$/.test(line),
      ),
    );
    noErrors();
  });
});
