import assert from "node:assert/strict";
import { type House, startHouse } from "../../support/simulated-account";
import { until } from "../../support/wait";
import { type TestRuntime, load } from "../../support/node-helper";

/** What the calendar, the plan or a variable's type may do to history: the right rows, or an error that says why not. */
describe("arduino-cloud-history in the hard cases", () => {
  let house: House;
  let bench: TestRuntime | undefined;
  let zone: string | undefined;

  before(() => {
    zone = process.env["TZ"];
    process.env["TZ"] = "Europe/Berlin";
  });
  after(() => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  });
  beforeEach(async () => {
    house = await startHouse({
      variables: {
        counter: "INT",
        relay: "STATUS",
        message: "CHARSTRING",
        place: "LOCATION",
        color: "COLOR_HSB",
        lamp: "HOME_COLORED_LIGHT",
      },
      simulator: { choices: { retentionDays: 36_500 } },
    });
    bench = await load(house, [
      {
        id: "history",
        type: "arduino-cloud-history",
        account: "account",
        thing: house.thingId,
        output: "rows",
        wires: [["out"]],
      },
      { id: "out", type: "helper" },
      { id: "catch", type: "catch", wires: [["caught"]] },
      { id: "caught", type: "helper" },
    ]);
  });

  const store = (variable: string, time: string, value: string | number | boolean | Record<string, number | boolean>) =>
    house.simulator.store.record(house.thingId, variable, value, Date.parse(time));
  /** The rows of a window, or the error. */
  const ask = async (message: object): Promise<unknown> => {
    const runtime = bench;
    assert.ok(runtime);
    const [outs, errors] = [runtime.at("out").length, runtime.at("caught").length];
    runtime.node("history").receive(message);
    await until("an answer", () => runtime.at("out").length > outs || runtime.at("caught").length > errors);
    const { error } = runtime.at("caught")[errors] ?? {};
    if (error !== undefined) throw error as Error;
    return runtime.at("out")[outs]?.payload;
  };
  const hours = async (from: string, to: string, isArchive = false): Promise<number> => {
    const rows = await ask({ property: "counter", from, to, ...(isArchive ? { since: "last run" } : {}) });
    return (rows as unknown[]).length;
  };

  it("gives 23 hours of the day on which summer begins, and 25 of that on which it ends", async () => {
    for (const [day, next, count] of [
      ["2025-03-30", "2025-03-31", 23],
      ["2025-10-26", "2025-10-27", 25],
    ] as const) {
      const midnight = new Date(`${day}T00:00:00`).getTime();
      for (let hour = -2; hour < 30; hour++) {
        store("counter", new Date(midnight + hour * 3_600_000).toISOString(), hour);
      }
      assert.equal(await hours(day, next), count, day);
    }
  });

  it("archives the night in which the clock is set back, each value once", async () => {
    for (let quarter = 0; quarter < 16; quarter++) {
      store("counter", new Date(Date.parse("2025-10-25T23:00:00Z") + quarter * 900_000).toISOString(), quarter);
    }
    let sum = 0;
    for (const to of ["2025-10-26T02:30", "2025-10-26T02:30:00+01:00", "2025-10-26T03:00", "2025-10-26T04:00"]) {
      sum += await hours("2025-10-26", to, true);
    }
    assert.equal(sum, 16);
  });

  it("knows leap days", async () => {
    store("counter", "2024-02-28T22:59:59Z", 1);
    store("counter", "2024-02-28T23:00:00Z", 2);
    store("counter", "2024-02-29T22:59:59Z", 3);
    store("counter", "2024-02-29T23:00:00Z", 4);
    assert.equal(await hours("2024-02-29", "2024-03-01"), 2);
    await assert.rejects(hours("2026-02-29", "2026-03-01"), { code: "invalid_input", message: /from is "2026-02-29"/ });
  });

  it("refuses windows that begin after their end or in the future, and reads one that ends there", async () => {
    store("counter", new Date(Date.now() - 60_000).toISOString(), 1);
    for (const since of ["window", "last run"]) {
      const wrong = { property: "counter", from: "now", to: "-1h", since };
      await assert.rejects(ask(wrong), { code: "invalid_input", message: /from is after to/ });
      const ahead = { property: "counter", from: Date.now() + 60_000, to: Date.now() + 120_000, since };
      await assert.rejects(ask(ahead), { code: "invalid_input", message: /from is in the future/ });
      const open = { property: "counter", from: "-1h", to: Date.now() + 60_000, since };
      assert.equal(((await ask(open)) as unknown[]).length, 1);
    }
  });

  it("tells of a variable without a history, and of one that was deleted", async () => {
    const known = house.simulator.store.propertyNamed(house.thingId, "relay");
    assert.ok(known);
    known.persist = false;
    for (const since of ["window", "last run"]) {
      await assert.rejects(ask({ property: "relay", from: "-1h", since }), {
        code: "invalid_input",
        message: /relay: its "persist" is off/,
      });
      await assert.rejects(ask({ property: "gone", from: "-1h", since }), { code: "not_found", message: /"gone"/ });
    }
    const message = house.simulator.store.propertyNamed(house.thingId, "message");
    assert.ok(message);
    message.deleted_at = new Date().toISOString();
    const looks = (): number => house.simulator.observed.requests.filter(({ path }) => path.includes("/things")).length;
    const before = looks();
    await assert.rejects(ask({ property: "message", from: "-1h", since: "last run" }), { code: "not_found" });
    assert.equal(looks() - before, 1, "what was asked for just now is not asked for again");
    assert.deepEqual(await ask({ from: "-1h", since: "last run" }), [], "the rest of the thing is read");
  });

  it("gives values of every kind as they are", async () => {
    const kinds = {
      counter: 7,
      relay: false,
      message: 'äöü "quoted", 🙂',
      place: { lat: 52.5, lon: 13.4 },
      color: { hue: 120, sat: 50, bri: 100 },
      lamp: { swi: true, hue: 1, sat: 2, bri: 3 },
    };
    const time = "2026-03-01T00:00:00Z";
    for (const [variable, value] of Object.entries(kinds)) store(variable, time, value);
    const expected = Object.entries(kinds).map(([property, value]) => ({ time, property, value }));
    const window = { from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z" };
    const byName = (rows: unknown): unknown[] =>
      (rows as { property: string }[]).sort((one, other) => one.property.localeCompare(other.property));
    assert.deepEqual(byName(await ask(window)), byName(expected));
    assert.deepEqual(byName(await ask({ ...window, since: "last run" })), byName(expected));
    assert.deepEqual(await ask({ ...window, since: "last run" }), []);
    await assert.rejects(ask({ ...window, property: "place", mode: "aggregate" }), {
      code: "invalid_input",
      message: /place is of type LOCATION, which has no numbers/,
    });
  });
});
