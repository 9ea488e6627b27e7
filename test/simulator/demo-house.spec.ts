import assert from "node:assert/strict";
import { startDemoHouse } from "../../simulator/demo-house";
import { livelyMachines } from "../../simulator/demo-house/machines";
import type { Values } from "../../simulator/boards/machine";
import { stopLater } from "../support/stop";

interface Listed {
  id: string;
  name: string;
  properties: { id: string; variable_name: string }[];
}

const key = { clientId: "client", clientSecret: "secret" };

/** Starts a house, and returns what asks its API. */
async function open(): Promise<(path: string, body?: object) => Promise<unknown>> {
  const house = await startDemoHouse(key);
  const { addresses } = house;
  stopLater(() => house.stop());
  const body = new URLSearchParams({
    ...{ grant_type: "client_credentials", audience: "https://api2.arduino.cc/iot" },
    ...{ client_id: key.clientId, client_secret: key.clientSecret },
  });
  const token = await fetch(`${addresses.baseUrl}/iot/v1/clients/token`, { method: "POST", body });
  const { access_token: access } = (await token.json()) as { access_token: string };
  const headers = { Authorization: `Bearer ${access}`, "Content-Type": "application/json" };
  return async (path, sent) => {
    const given = sent === undefined ? { headers } : { headers, method: "POST", body: JSON.stringify(sent) };
    return (await (await fetch(`${addresses.baseUrl}${path}`, given)).json()) as unknown;
  };
}

describe("the demo house of the simulator", () => {
  it("has the same ids at each start, which flows rely on, and a year of weather", async () => {
    const [one, other] = [await open(), await open()];
    const things = async (ask: typeof one): Promise<Listed[]> =>
      (await ask("/iot/v2/things?show_properties=true")) as Listed[];
    const idsOf = (list: readonly Listed[]): string[] =>
      list.flatMap(({ id, properties }) => [id, ...properties.map((property) => property.id)]);
    const [weather, ...others] = await things(one);
    assert.ok(weather);
    assert.deepEqual(idsOf(await things(other)), idsOf([weather, ...others]));
    assert.deepEqual([weather.name, weather.id], ["Weather station", "d0c45846-128c-5577-8727-1aee4995b5e1"]);
    const temperature = weather.properties.find(({ variable_name: name }) => name === "temperature")?.id ?? "";
    const [to, days] = [Date.now() - 86_400_000, 360];
    const answer = (await one("/iot/v2/series/batch_query_raw", {
      resp_version: 1,
      requests: [
        {
          q: `property.${temperature}`,
          from: new Date(to - days * 86_400_000).toISOString(),
          to: new Date(to).toISOString(),
        },
      ],
    })) as { responses: { count_values: number }[] };
    assert.ok((answer.responses[0]?.count_values ?? 0) > 500);
  });

  it("has a tank whose float starts and stops the pump, and leaves it alone in between", () => {
    const tank = livelyMachines.tank!;
    let values: Values = { ...tank.defaults };
    const run = (seconds: number): void => {
      for (let second = 0; second < seconds; second++)
        values = { ...values, ...tank.next(values, { seconds: second, now: second, local: second }) };
    };
    run(60);
    assert.equal(values["pump"], true);
    run(120);
    assert.deepEqual([values["pump"], Number(values["level"]) > 60], [false, true]);
    values = { ...values, level: 35, pump: false };
    run(60);
    assert.equal(values["pump"], false);
    run(1_000);
    assert.ok(Number(values["level"]) > 5, "it never runs dry");
  });

  it("has somebody at the desk, who switches the lamp and leaves its brightness", () => {
    const light = livelyMachines.light!;
    const lampAt = (seconds: number): unknown =>
      light.next({ desk_lamp: { swi: false, bri: 30 } }, { seconds, now: 0, local: 0 })["desk_lamp"];
    assert.deepEqual(
      [lampAt(80), lampAt(81), lampAt(110)],
      [{ swi: true, bri: 30 }, undefined, { swi: false, bri: 30 }],
    );
  });
});
