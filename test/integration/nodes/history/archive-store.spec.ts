import assert from "node:assert/strict";
import { type House, startHouse } from "../../../support/simulated-account";
import { until } from "../../../support/wait";
import { type TestRuntime, load, type Received } from "../../../support/node-helper";

interface Row {
  time: string;
  property: string;
  value: unknown;
}

describe("arduino-cloud-history as an archive", () => {
  const start = Date.parse("2026-03-01T00:00:00Z");
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse({ simulator: { choices: { retentionDays: 36_500 } } });
  });

  const store = (variable: string, offset: number, value: string | number | boolean): void => {
    house.simulator.store.record(house.thingId, variable, value, start + offset);
  };
  const begin = async (more: object = {}, flow: Record<string, unknown>[] = []): Promise<TestRuntime> =>
    (bench = await load(house, [
      {
        id: historyId,
        type: "arduino-cloud-history",
        account: "account",
        thing: house.thingId,
        property: "",
        from: "2026-03-01T00:00:00Z",
        output: "rows",
        since: "last-run",
        wires: [["out"]],
        ...more,
      },
      { id: "out", type: "helper" },
      { id: "catch", type: "catch", scope: [historyId], wires: [["caught"]] },
      { id: "caught", type: "helper" },
      { id: "complete", type: "complete", scope: [historyId], wires: [["completed"]] },
      { id: "completed", type: "helper" },
      ...flow,
    ]));
  const rows = (messages: Received[]): Row[] => messages.flatMap(({ payload }) => payload as Row[]);
  const values = (messages: Received[]): unknown[] => rows(messages).map(({ value }) => value);
  const codes = (at: Received[]): unknown[] => at.map(({ error }) => (error as { code?: string }).code);
  const upTo = (count: number, from = 0): number[] => Array.from({ length: count - from }, (_, index) => from + index);
  let runs = 0;
  let historyId = "history";
  beforeEach(() => (historyId = "history"));
  /** Runs once, and gives what came out. */
  const run = async (runtime: TestRuntime, message: object = {}): Promise<Received[]> => {
    const before = runtime.at("out").length;
    const ended = (): number => runtime.at("completed").length + runtime.at("caught").length;
    const endedBefore = ended();
    runs++;
    runtime.node(historyId).receive(message);
    await until(`run ${runs}`, () => ended() > endedBefore);
    return runtime.at("out").slice(before);
  };

  it("gives each value once, late ones and new variables too, over all variables of a thing", async () => {
    const runtime = await begin();
    store("counter", 0, 1);
    store("counter", 500_000, 2);
    store("relay", 400_000, true);
    assert.deepEqual(values(await run(runtime)), [1, true, 2]);
    assert.deepEqual(values(await run(runtime)), []);
    store("counter", 500_000, 2);
    store("counter", 500_000, 3);
    store("counter", 300_000, 4);
    store("counter", 199_000, 9);
    store("relay", 600_000, false);
    store("temperature", 1, 5);
    assert.deepEqual(rows(await run(runtime)), [
      { time: "2026-03-01T00:00:00.001Z", property: "temperature", value: 5 },
      { time: "2026-03-01T00:05:00Z", property: "counter", value: 4 },
      { time: "2026-03-01T00:08:20Z", property: "counter", value: 2 },
      { time: "2026-03-01T00:08:20Z", property: "counter", value: 3 },
      { time: "2026-03-01T00:10:00Z", property: "relay", value: false },
    ]);
    assert.deepEqual(values(await run(runtime)), []);
    assert.deepEqual(codes(runtime.at("caught")), []);
  });

  it("looks back as far as it is told, and forgets at msg.action reset", async () => {
    const runtime = await begin({ since: "last run", lookBack: "1" });
    store("counter", 10_000, 1);
    assert.deepEqual(values(await run(runtime)), [1]);
    store("counter", 8_999, 2);
    store("counter", 9_000, 3);
    assert.deepEqual(values(await run(runtime)), [3]);
    await run(runtime, { action: "reset" });
    assert.deepEqual(values(await run(runtime)), [2, 3, 1]);
  });

  it("is asked for by the message where the form leaves it open, and takes the beginning from there", async () => {
    const runtime = await begin({ since: "", from: "" });
    store("counter", 0, 1);
    store("counter", 1_000, 2);
    assert.deepEqual(values(await run(runtime, { since: "last run", from: start + 1 })), [2]);
    assert.deepEqual(values(await run(runtime, { since: "last-run" })), []);
    assert.deepEqual(values(await run(runtime, { from: start })), [1, 2]);
    await run(runtime, { since: "yesterday" });
    await run(runtime, { since: "last run", mode: "sample" });
    await run(runtime, { action: "dance" });
    assert.deepEqual(codes(runtime.at("caught")), ["invalid_input", "invalid_input", "invalid_input"]);
  });

  it("refuses a context store that is not there, and gives nothing", async () => {
    const runtime = await begin({ store: "disk" });
    store("counter", 0, 1);
    assert.deepEqual(await run(runtime), []);
    assert.deepEqual(codes(runtime.at("caught")), ["not_configured"]);
  });

  it("begins with all that the cloud has", async () => {
    const runtime = await begin({ from: "" });
    const { store: cloud } = house.simulator;
    cloud.record(house.thingId, "counter", 1, Date.now() - 700 * 86_400_000);
    cloud.record(house.thingId, "counter", 2, Date.now() - 60_000);
    assert.deepEqual(values(await run(runtime)), [1, 2]);
  });

  it("streams, and counts as given only what the flow has taken", async () => {
    for (let index = 0; index < 10; index++) store("counter", index * 1_000, index);
    const runtime = await begin({ output: "stream", batch: 4, property: "counter", wires: [["out", "slow"]] }, [
      { id: "slow", type: "helper" },
    ]);
    let answer: Error | undefined;
    const slow = runtime.node("slow");
    slow.removeAllListeners("input");
    slow.on("input", ({ payload }, _send, done) => {
      const isSecond = (payload as Row[])[0]?.value === 4;
      setImmediate(() => done(isSecond ? answer : undefined));
    });
    answer = new Error("disk full");
    assert.deepEqual(values(await run(runtime)), upTo(8));
    assert.deepEqual(codes(runtime.at("caught")), ["partial_failure"]);
    assert.match((runtime.at("caught")[0]?.["error"] as Error).message, /disk full/);
    answer = undefined;
    const second = await run(runtime);
    assert.deepEqual(values(second), upTo(10, 4));
    assert.deepEqual(
      second.map((message) => message["complete"]),
      [undefined, true],
    );
    assert.deepEqual(values(await run(runtime)), []);
  });

  it("counts what is in the works when it is cancelled, if the flow is done with it soon", async () => {
    for (let index = 0; index < 10; index++) store("counter", index, index);
    const runtime = await begin({ output: "stream", batch: 4, property: "counter", wires: [["out", "slow"]] }, [
      { id: "slow", type: "helper" },
    ]);
    const slow = runtime.node("slow");
    slow.removeAllListeners("input");
    let finish: (() => void) | undefined;
    slow.on("input", (_message, _send, done) => {
      if (finish === undefined) finish = done;
      else done();
    });
    runtime.node("history").receive({});
    await runtime.arrived("out", 1);
    runtime.node("history").receive({ action: "cancel" });
    await until("the first message", () => finish !== undefined);
    finish?.();
    await runtime.arrived("caught");
    assert.deepEqual(codes(runtime.at("caught")), ["cancelled"]);
    assert.deepEqual(values(await run(runtime)), upTo(10, 4));
  });

  it("with advance next counts what next was said to, the last message included", async () => {
    for (let index = 0; index < 6; index++) store("counter", index, index);
    const runtime = await begin({ output: "stream", batch: 4, property: "counter", advance: "next" });
    const node = runtime.node("history");
    node.receive({});
    await runtime.arrived("out", 1);
    node.receive({ action: "cancel" });
    await runtime.arrived("caught", 1);
    node.receive({});
    await runtime.arrived("out", 2);
    node.receive({ action: "next" });
    await runtime.arrived("out", 3);
    node.receive({ action: "next" });
    await until("the end", () => runtime.at("completed").some(({ action }) => action === undefined));
    assert.deepEqual(values(runtime.at("out")), [...upTo(4), ...upTo(6)]);
    node.receive({});
    await runtime.arrived("out", 4);
    assert.deepEqual(values(runtime.at("out").slice(3)), []);
  });

  it("takes the earliest where there is a limit, and goes on behind them", async () => {
    for (let index = 0; index < 10; index++) store("counter", Math.floor(index / 4), index);
    const runtime = await begin({ limit: 3 });
    const all: unknown[] = [];
    for (const expected of [3, 3, 3, 1, 0]) {
      const some = values(await run(runtime));
      assert.equal(some.length, expected);
      all.push(...some);
    }
    assert.deepEqual(all, upTo(10));
  });

  it("goes on after a redeploy with other settings, since it knows each variable by its id", async () => {
    const runtime = await begin();
    store("counter", 0, 1);
    store("relay", 0, true);
    await run(runtime);
    store("counter", 1, 2);
    store("relay", 1, false);
    const kept = await new Promise<unknown>((resolve) =>
      runtime
        .node("history")
        .context()
        .get("archive", (_error: unknown, value: unknown) => resolve(value)),
    );
    await bench.unload();
    const later = await begin({ property: "relay", output: "csv" });
    await new Promise<void>((resolve) =>
      later
        .node("history")
        .context()
        .set("archive", kept, undefined, () => resolve()),
    );
    const [csv] = await run(later);
    assert.deepEqual(String(csv?.payload).split("\r\n").slice(1, -1).length, 1);
    assert.match(String(csv?.payload), /false/);
  });

  it("drops a variable that is deleted, without an error", async () => {
    const runtime = await begin();
    store("counter", 0, 1);
    store("relay", 0, true);
    await run(runtime);
    const property = house.simulator.store.propertyNamed(house.thingId, "relay");
    assert.ok(property);
    property.deleted_at = new Date().toISOString();
    store("counter", 1, 2);
    assert.deepEqual(values(await run(runtime)), [2]);
    const kept = runtime.node("history").context().get("archive") as { positions: object };
    assert.equal(Object.keys(kept.positions).includes(property.id), false);
    assert.deepEqual(codes(runtime.at("caught")), []);
  });

  it("tells the plan's retention, and warns of what is lost or soon will be", async () => {
    house.simulator.choices.retentionDays = 10;
    const runtime = await begin({ property: "counter" });
    const warnings: string[] = [];
    const statuses: unknown[] = [];
    const node = runtime.node(historyId);
    node.warn = (text: unknown) => warnings.push(String(text));
    node.status = (status: unknown) => statuses.push((status as { text: string }).text);
    const [first] = await run(runtime);
    assert.equal(first?.["retentionDays"], 10);
    assert.equal(warnings.length, 0);
    const reachedBefore = async (days: number): Promise<void> => {
      const positions = {
        [String(house.propertyIds["counter"])]: {
          thing: house.thingId,
          start,
          reached: Date.now() - days * 86_400_000,
          given: [],
        },
      };
      await bench.unload();
      // Another id, since a node's successor in one process takes over from it, whatever the store has.
      historyId = `history ${days} days ago`;
      const next = await begin({ property: "counter" });
      await new Promise<void>((resolve) =>
        next
          .node(historyId)
          .context()
          .set("archive", { positions }, undefined, () => resolve()),
      );
      const again = next.node(historyId);
      again.warn = (text: unknown) => warnings.push(String(text));
      again.status = (status: unknown) => statuses.push((status as { text: string }).text);
      await run(next);
    };
    await reachedBefore(8);
    assert.equal(warnings.length, 0);
    await reachedBefore(9.5);
    assert.match(warnings[0] ?? "", /^History of counter was read up to .* only, and is soon deleted/);
    await reachedBefore(11);
    assert.match(warnings[1] ?? "", /^History of counter from .* to .* was deleted before it was read/);
    assert.ok(statuses.includes("arduino-cloud-history.status.near"));
    assert.equal(statuses.at(-1), "arduino-cloud-history.status.lost");
    const asked = house.simulator.observed.requests.filter(({ path }) => /\/devices\/.*\/properties/.test(path));
    assert.equal(asked.length, 4, "once for each runtime");
  });

  it("warns once where a window begins before what the plan keeps, and works without knowing", async () => {
    house.simulator.choices.retentionDays = 10;
    const runtime = await begin({ since: "window", property: "counter" });
    const warnings: string[] = [];
    runtime.node("history").warn = (text: unknown) => warnings.push(String(text));
    await run(runtime);
    await run(runtime);
    await until("the warning", () => warnings.length > 0);
    await run(runtime);
    assert.deepEqual(warnings, [
      'The plan keeps the history of thing "House" for 10 days: what is older is not there.',
    ]);
    await bench.unload();
    house.simulator.faults.rest.push({ match: /devices\/.*\/properties/, status: 403, times: Infinity });
    const later = await begin({ property: "counter" });
    const [message] = await run(later);
    assert.deepEqual([message?.payload, message?.["retentionDays"]], [[], undefined]);
  });
});
