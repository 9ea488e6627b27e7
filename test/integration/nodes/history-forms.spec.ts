import assert from "node:assert/strict";
import { type House, startHouse } from "../../support/simulated-account";
import { type TestRuntime, load } from "../../support/node-helper";

const start = Date.parse("2026-03-01T00:00:00Z");
/** The first moment of a month, as rows have it. */
const monthOf = (time: number): string => {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth(), 1).toISOString().replace(".000Z", "Z");
};

describe("the forms of history", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse({ simulator: { choices: { retentionDays: 36_500 } } });
  });

  const store = (variable: string, offset: number, value: string | number | boolean): void => {
    house.simulator.store.propertyNamed(house.thingId, variable)?.history.push({ time: start + offset, value });
  };
  const begin = async (more: object): Promise<TestRuntime> => {
    const window = { from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z" };
    const common = {
      id: "history",
      type: "arduino-cloud-history",
      account: "account",
      thing: house.thingId,
      ...window,
    };
    bench = await load(house, [
      { ...common, wires: [["out"]], ...more },
      { id: "out", type: "helper" },
    ]);
    return bench;
  };

  it("gives the older dashboard's form of a chart", async () => {
    store("temperature", 0, 20);
    store("relay", 1, true);
    store("temperature", 2, 21.5);
    const runtime = await begin({ output: "chart", chartFormat: "dashboard-1" });
    runtime.node("history").receive({});
    const [message] = await runtime.arrived("out");
    assert.deepEqual(message?.payload, [
      {
        series: ["temperature", "relay"],
        data: [
          [
            { x: start, y: 20 },
            { x: start + 2, y: 21.5 },
          ],
          [{ x: start + 1, y: 1 }],
        ],
        labels: [""],
      },
    ]);
  });

  it("condenses in buckets, to one value or several, in every form", async () => {
    for (let index = 0; index < 6; index++) store("temperature", index * 30_000, index);
    store("message", 0, "hello");
    const buckets = { mode: "buckets", interval: 120, property: "" };
    const of = async (more: object, message: object = {}): Promise<unknown> => {
      const runtime = await begin({ ...buckets, ...more });
      runtime.node("history").receive(message);
      const [{ payload } = {}] = await runtime.arrived("out");
      await bench.unload();
      return payload;
    };
    const [first, second] = ["2026-03-01T00:00:00Z", "2026-03-01T00:02:00Z"];
    const both = [
      { time: first, property: "temperature", value: { min: 0, max: 3, mean: 1.5, count: 4 } },
      { time: second, property: "temperature", value: { min: 4, max: 5, mean: 4.5, count: 2 } },
    ];
    assert.deepEqual(await of({ aggregation: "MIN,MAX,MEAN,COUNT" }), both);
    assert.deepEqual(await of({ aggregation: "" }, { aggregation: ["count", "min", "max", "mean"] }), both);
    assert.deepEqual(await of({ mode: "", interval: "", aggregation: "" }, { mode: "buckets", interval: "month" }), [
      { time: monthOf(start), property: "temperature", value: 2.5 },
      { time: monthOf(start), property: "message", value: "hello" },
    ]);
    assert.deepEqual(await of({ aggregation: "MIN MAX", output: "chart" }), [
      { x: start, y: 0, series: "temperature min" },
      { x: start, y: 3, series: "temperature max" },
      { x: start + 120_000, y: 4, series: "temperature min" },
      { x: start + 120_000, y: 5, series: "temperature max" },
    ]);
    const csv = String(await of({ aggregation: "COUNT,LAST", output: "csv" })).split("\r\n");
    assert.deepEqual(
      csv.map((line) => line.split(",").slice(-2).join()),
      ["value,aggregation_statistic", "4,COUNT", "3,LAST", "1,COUNT", "hello,LAST", "2,COUNT", "5,LAST", ""],
    );
  });
});
