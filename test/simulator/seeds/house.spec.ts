import assert from "node:assert/strict";
import { startBoards, type RunningBoards } from "../../../simulator/boards/index";
import { seedHouse, type HouseKind } from "../../../simulator/seeds/house";
import { startSimulator, type Simulator } from "../../../simulator/index";
import { encodeSenml, type SenmlValue } from "../../../simulator/codec/senml";
import { until } from "../../support/wait";

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
        await until(`${kind} ${name}`, () => last(kind as HouseKind, name) !== undefined);
      }
    }
    await until("the level's history", () => property("tank", "level").history.length > 5);
    await until("the next report of the weather", () => property("weather", "temperature").history.length > 1);
    assert.deepEqual([...running.boards.keys()], ["weather", "light", "door", "tank"]);
  });

  it("obeys writes", async () => {
    await until("the first reports", () => last("tank", "pump") === false && last("light", "light") !== undefined);
    write("tank", "pump", true);
    write("light", "light", { swi: true, hue: 120, sat: 100, bri: 30 });
    write("door", "lock", true);
    await until("the pump", () => last("tank", "pump") === true);
    await until("the lock", () => last("door", "lock") === true);
    await until("the light", () => (last("light", "light") as { hue: number }).hue === 120);
    const before = Number(last("tank", "level"));
    await until("the rising level", () => Number(last("tank", "level")) > before + 2);
  });

  it("lives on after an outage, from where it was", async () => {
    await until("the light", () => last("light", "light") !== undefined);
    write("light", "desk_lamp", { swi: true, bri: 77 });
    await until("the desk lamp", () => (last("light", "desk_lamp") as { bri: number } | undefined)?.bri === 77);
    await running.stop();
    const house = [...running.boards].map(([kind, { deviceId }]) => ({
      kind,
      profile: "cpp" as const,
      thingId: things[kind],
      deviceId,
      secretKey: simulator.store.devices.get(deviceId)!.secret_key!,
    }));
    running = startBoards({ deviceBrokerUrl: simulator.deviceBrokerUrl, house, every: 5 });
    await until("the light board", () => running.boards.get("light")!.ready);
    assert.deepEqual({ ...(running.boards.get("light")!.values["desk_lamp"] as object) }, { swi: true, bri: 77 });
  });
});
