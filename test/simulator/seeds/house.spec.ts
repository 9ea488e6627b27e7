import assert from "node:assert/strict";
import { startBoards, type RunningBoards } from "../../../simulator/boards/index";
import { seedHouse, type HouseKind } from "../../../simulator/seeds/house";
import { startSimulator, type Simulator } from "../../../simulator/index";
import { encodeSenml, type SenmlValue } from "../../../simulator/codec/senml";
import { until } from "../support/setup";

describe("simulated house", () => {
  let simulator: Simulator;
  let running: RunningBoards;
  let things: Record<HouseKind, string>;
  beforeEach(async () => {
    simulator = await startSimulator();
    const house = seedHouse(simulator.store);
    things = Object.fromEntries(house.map(({ kind, thingId }) => [kind, thingId])) as typeof things;
    running = startBoards({ deviceBrokerUrl: simulator.deviceBrokerUrl, house, every: 5 });
  });
  afterEach(async () => {
    await running.stop();
    await simulator.stop();
  });

  const property = (kind: HouseKind, name: string) => simulator.store.propertyNamed(things[kind], name)!;
  const last = (kind: HouseKind, name: string) => property(kind, name).last_value;
  const write = (kind: HouseKind, variable: string, value: SenmlValue): void =>
    simulator.inject(`/a/t/${things[kind]}/e/i`, encodeSenml([{ variable, value }], "js"));

  it("reports every variable and goes on", async () => {
    for (const [kind, id] of Object.entries(things)) {
      for (const { variable_name: name } of simulator.store.things.get(id)!.properties) {
        await until(() => last(kind as HouseKind, name) !== undefined, `${kind} ${name}`);
      }
    }
    await until(() => property("tank", "level").history.length > 5, "the level's history");
    await until(() => property("weather", "temperature").history.length > 1, "the next report of the weather");
    assert.deepEqual([...running.boards.keys()], ["weather", "light", "door", "tank"]);
  });

  it("obeys writes", async () => {
    await until(() => last("tank", "pump") === false && last("light", "light") !== undefined, "the first reports");
    write("tank", "pump", true);
    write("light", "light", { swi: true, hue: 120, sat: 100, bri: 30 });
    write("door", "lock", true);
    await until(() => last("tank", "pump") === true, "the pump");
    await until(() => last("door", "lock") === true, "the lock");
    await until(() => (last("light", "light") as { hue: number }).hue === 120, "the light");
    const before = Number(last("tank", "level"));
    await until(() => Number(last("tank", "level")) > before + 2, "the rising level");
  });

  it("lives on after an outage, from where it was", async () => {
    await until(() => last("light", "light") !== undefined, "the light");
    write("light", "desk_lamp", { swi: true, bri: 77 });
    await until(() => (last("light", "desk_lamp") as { bri: number } | undefined)?.bri === 77, "the desk lamp");
    await running.stop();
    const house = [...running.boards].map(([kind, { deviceId }]) => ({
      kind,
      profile: "cpp" as const,
      thingId: things[kind],
      deviceId,
      secretKey: simulator.store.devices.get(deviceId)!.secret_key!,
    }));
    running = startBoards({ deviceBrokerUrl: simulator.deviceBrokerUrl, house, every: 5 });
    await until(() => running.boards.get("light")!.ready, "the light board");
    assert.deepEqual({ ...(running.boards.get("light")!.values["desk_lamp"] as object) }, { swi: true, bri: 77 });
  });
});
