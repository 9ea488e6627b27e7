import assert from "node:assert/strict";
import { type House, presentRequests, startHouse } from "../../support/simulated-account";
import { settle, until } from "../../support/wait";
import { type TestRuntime, load, type Received } from "../../support/node-helper";

const start = Date.parse("2026-03-01T00:00:00Z");
const window = { from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z" };
interface Row {
  time: string;
  property: string;
  value: unknown;
}
interface Parts {
  id: string;
  type: string;
  index: number;
  len: number;
  count?: number;
  parts?: unknown;
}

describe("arduino-cloud-history", () => {
  let house: House;
  let bench: TestRuntime;

  beforeEach(async () => {
    house = await startHouse({ simulator: { choices: { retentionDays: 36_500 } } });
  });

  const store = (variable: string, offset: number, value: string | number | boolean | object): void => {
    const { store: cloud } = house.simulator;
    cloud.propertyNamed(house.thingId, variable)?.history.push({ time: start + offset, value: value as string });
  };
  const fill = (count: number): void => {
    for (let index = 0; index < count; index++) store("counter", Math.floor(index / 3), index);
  };
  const pages = (): number => house.simulator.observed.requests.filter(({ path }) => path.includes("/series/")).length;
  const history = (more: object = {}): Record<string, unknown> => ({
    id: "history",
    type: "arduino-cloud-history",
    account: "account",
    thing: house.thingId,
    property: "counter",
    ...window,
    output: "rows",
    wires: [["out"]],
    ...more,
  });
  const around = [
    { id: "out", type: "helper" },
    { id: "catch", type: "catch", wires: [["caught"]] },
    { id: "caught", type: "helper" },
    { id: "complete", type: "complete", scope: ["history"], wires: [["completed"]] },
    { id: "completed", type: "helper" },
  ];
  const begin = async (more: object = {}, flow: Record<string, unknown>[] = []): Promise<TestRuntime> =>
    (bench = await load(house, [history(more), ...around, ...flow]));
  const codes = (at: Received[]): unknown[] => at.map(({ error }) => (error as { code?: string }).code);
  const rows = (messages: Received[]): Row[] => messages.flatMap(({ payload }) => payload as Row[]);
  const counted = (messages: Received[]): unknown[] => rows(messages).map(({ value }) => value);
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

  it("gives rows in one message, and keeps the rest of it", async () => {
    store("temperature", 0, 21.299999237060547);
    store("relay", 500, true);
    store("message", 1_000, 'say "hi"');
    store("lamp", 2_000, { swi: true, hue: 1, sat: 2, bri: 3 });
    const runtime = await begin({ property: "" });
    runtime.node("history").receive({ payload: "old", mine: 1, parts: { id: "x" } });
    const [message] = await runtime.arrived("out");
    const { _msgid: id, ...rest } = message ?? {};
    assert.equal(typeof id, "string");
    assert.deepEqual(rest, {
      payload: [
        { time: "2026-03-01T00:00:00Z", property: "temperature", value: 21.3 },
        { time: "2026-03-01T00:00:00.5Z", property: "relay", value: true },
        { time: "2026-03-01T00:00:01Z", property: "message", value: 'say "hi"' },
        { time: "2026-03-01T00:00:02Z", property: "lamp", value: { swi: true, hue: 1, sat: 2, bri: 3 } },
      ],
      mine: 1,
      complete: true,
    });
    await runtime.arrived("completed");
    assert.equal(house.simulator.observed.connects.length, 0, "reading needs no session with the broker");
  });

  it("gives points of a chart, without what has no numbers, and warns of that once", async () => {
    store("temperature", 0, 20);
    store("relay", 1, true);
    store("message", 2, "text");
    const runtime = await begin({ property: "", output: "chart" });
    const warnings: unknown[] = [];
    runtime.node("history").warn = (text: unknown) => warnings.push(text);
    runtime.node("history").receive({});
    runtime.node("history").receive({});
    const [message] = await runtime.arrived("out", 2);
    assert.deepEqual(message?.payload, [
      { x: start, y: 20, series: "temperature" },
      { x: start + 1, y: 1, series: "relay" },
    ]);
    assert.equal(warnings.length, 2, "message and lamp");
  });

  it("names the line of one variable as property in names its values, unless the message does", async () => {
    store("counter", 0, 20);
    const runtime = await begin({ output: "chart" });
    for (const message of [{}, { topic: "" }, { topic: "mine" }]) runtime.node("history").receive(message);
    const topics = (await runtime.arrived("out", 3)).map(({ topic }) => topic);
    assert.deepEqual(topics, ["counter", "counter", "mine"]);
    await runtime.unload();
    const whole = await begin({ property: "", output: "chart" });
    whole.node("history").receive({});
    assert.ok(!("topic" in ((await whole.arrived("out"))[0] ?? {})));
  });

  it("gives CSV, quoted where it must be", async () => {
    store("message", 0, 'a,"b"\r\nc');
    store("lamp", 1_000, { swi: false, hue: 1, sat: 2, bri: 3 });
    const runtime = await begin({ property: "", output: "csv" });
    runtime.node("history").receive({});
    const [message] = await runtime.arrived("out");
    const { thingId, propertyIds } = house;
    assert.equal(
      message?.payload,
      "timestamp,thing_id,thing_name,property_id,property_name,property_type,value,aggregation_statistic\r\n" +
        `2026-03-01T00:00:00Z,${thingId},House,${propertyIds["message"]},message,CHARSTRING,"a,""b""\r\nc",\r\n` +
        `2026-03-01T00:00:01Z,${thingId},House,${propertyIds["lamp"]},lamp,HOME_COLORED_LIGHT,` +
        `"{""swi"":false,""hue"":1,""sat"":2,""bri"":3}",\r\n`,
    );
  });

  it("takes from the message only what is blank", async () => {
    for (let index = 0; index < 20; index++) store("temperature", index * 30_000, index);
    const blank = { thing: "", property: "", from: "", to: " ", mode: "", interval: "", aggregation: "" };
    const runtime = await begin({ ...blank, output: "csv" });
    const named = { thingId: "House", property: "temperature", from: start, to: start + 300_000 };
    runtime.node("history").receive({ ...named, mode: "aggregate", interval: 60, aggregation: "sum" });
    const [message] = await runtime.arrived("out");
    const lines = String(message?.payload).split("\r\n").slice(1, -1);
    assert.deepEqual(
      lines.map((line) => line.split(",").slice(-2)),
      [1, 5, 9, 13, 17].map((sum) => [String(sum), "SUM"]),
    );
    await bench.unload();
    const set = await begin({ limit: 2, mode: "raw", property: "temperature" });
    set.node("history").receive({ from: "now", to: "nonsense", mode: "sample", property: "relay" });
    assert.deepEqual(counted(await set.arrived("out")), [0, 1]);
  });

  it("reads the last day where nothing else is said", async () => {
    house.simulator.store.record(house.thingId, "counter", 7, Date.now() - 3_600_000);
    house.simulator.store.record(house.thingId, "counter", 6, Date.now() - 90_000_000);
    const runtime = await begin({ from: "", to: "" });
    runtime.node("history").receive({});
    assert.deepEqual(counted(await runtime.arrived("out")), [7]);
  });

  it("streams in parts that a join node understands, all values once", async () => {
    fill(2_500);
    const join = { id: "join", type: "join", mode: "auto", build: "object", wires: [["joined"]] };
    const runtime = await begin({ output: "stream", batch: 900, wires: [["out", "join"]] }, [
      join,
      { id: "joined", type: "helper" },
    ]);
    runtime.node("history").receive({ mine: 1, complete: "old", parts: { id: "outer" } });
    const messages = await runtime.arrived("out", 3);
    assert.deepEqual(counted(messages), upTo(2_500));
    assert.deepEqual(
      messages.map((message) => (message.payload as Row[]).length),
      [900, 900, 700],
    );
    const parts = messages.map((message) => message["parts"] as Parts);
    assert.deepEqual(
      parts,
      [{}, {}, { count: 3 }].map((more, index) => ({
        id: parts[0]?.id,
        type: "array",
        index,
        len: 900,
        parts: { id: "outer" },
        ...more,
      })),
    );
    assert.deepEqual(
      messages.map((message) => ["complete" in message, message["complete"], message["mine"]]),
      [
        [false, undefined, 1],
        [false, undefined, 1],
        [true, true, 1],
      ],
    );
    assert.deepEqual(counted(await runtime.arrived("joined")), upTo(2_500));
    await runtime.arrived("completed");
  });

  it("gives one message where there is nothing", async () => {
    const runtime = await begin({ output: "stream" });
    runtime.node("history").receive({});
    const [message] = await runtime.arrived("out");
    assert.deepEqual([message?.payload, message?.["complete"]], [[], true]);
    assert.equal((message?.["parts"] as Parts).count, 1);
  });

  it("waits for the flow: for every node wired to it, through junctions, with errors or without", async () => {
    fill(3_500);
    const flow = [
      { id: "junction", type: "junction", wires: [["slow"]] },
      { id: "slow", type: "helper" },
    ];
    const runtime = await begin({ output: "stream", wires: [["out", "junction"]] }, flow);
    const held: ((error?: Error) => void)[] = [];
    const slow = runtime.node("slow");
    slow.removeAllListeners("input");
    slow.on("input", (message, _send, done) => {
      // As core's split does.
      Reflect.deleteProperty(message, "_msgid");
      held.push(done);
    });
    runtime.node("history").receive({});
    for (let count = 1; count <= 3; count++) {
      await until(`message ${count}`, () => held.length === count && pages() >= Math.min(4, count + 1));
      // By another request, the page that was read ahead has come.
      await fetch(house.simulator.restUrl);
      await settle();
      assert.deepEqual([runtime.at("out").length, held.length], [count, count]);
      assert.ok(pages() <= count + 1, "one page is read ahead at most");
      held.at(-1)?.(count === 2 ? new Error("it failed") : undefined);
    }
    await runtime.arrived("completed");
    assert.deepEqual(counted(runtime.at("out")), upTo(3_500));
  });

  it("goes on at msg.action next, and ends at cancel, with all that waits", async () => {
    fill(10);
    const runtime = await begin({ output: "stream", batch: 2, advance: "next" });
    const node = runtime.node("history");
    node.receive({ first: true });
    node.receive({ second: true });
    await runtime.arrived("out");
    node.receive({ action: "next" });
    await runtime.arrived("out", 2);
    await settle();
    assert.deepEqual(counted(runtime.at("out")), upTo(4));
    node.receive({ action: "cancel" });
    const caught = await runtime.arrived("caught", 2);
    assert.deepEqual(codes(caught), ["cancelled", "cancelled"]);
    node.receive({ action: "next" });
    node.receive({ action: "cancel" });
    node.receive({ action: "dance" });
    assert.deepEqual(codes(await runtime.arrived("caught", 3))[2], "invalid_input");
    assert.equal(runtime.at("out").length, 2);
    node.receive({ third: true });
    await runtime.arrived("out", 3);
    for (let count = 4; count <= 7; count++) {
      node.receive({ action: "next" });
      await runtime.arrived("out", count);
    }
    assert.deepEqual(counted(runtime.at("out").slice(2)), upTo(10));
  });

  it("ends with the node", async () => {
    fill(3_000);
    const runtime = await begin({ output: "stream", batch: 1_000, advance: "next" });
    runtime.node("history").receive({});
    await runtime.arrived("out");
    await bench.unload();
    const ofOld = await presentRequests(house);
    const before = ofOld().length;
    const successor = await begin();
    successor.node("history").receive({});
    await successor.arrived("out");
    assert.deepEqual([runtime.at("out").length, ofOld().length], [1, before]);
  });

  it("refuses more rows than fit into a message, and names what to do", async function () {
    this.timeout(120_000);
    fill(200_001);
    bench = await load(house, [history(), ...around], { requestsPerSecond: 1_000 });
    bench.node("history").receive({});
    const [message] = await bench.arrived("caught", 1, 110_000);
    assert.deepEqual(codes([message ?? {}]), ["too_large"]);
    assert.match((message?.["error"] as Error).message, /more than 200000 rows.*"stream"/);
  });

  it("ends each message that it can't answer with an error", async () => {
    const known = house.simulator.store.propertyNamed(house.thingId, "sensor");
    assert.ok(known);
    known.persist = false;
    const runtime = await begin({ thing: "", property: "", from: "", to: "", mode: "", interval: "" });
    const { thingId } = house;
    for (const message of [
      {},
      { thingId, from: "now", to: "-1h" },
      { thingId, from: Date.now() + 1e6, to: Date.now() + 2e6 },
      { thingId, from: "soon" },
      { thingId, mode: "all" },
      { thingId, mode: "sample", interval: 5 },
      { thingId, property: "message", mode: "aggregate" },
      { thingId, property: "message", mode: "buckets", aggregation: ["LAST", "MEAN"] },
      { thingId, property: "sensor" },
      { thingId, action: 7 },
      { thingId, property: "nothing" },
      { thingId: "Nowhere" },
    ])
      runtime.node("history").receive(message);
    const caught = await runtime.arrived("caught", 12);
    assert.deepEqual(codes(caught).sort(), [
      ...Array.from({ length: 10 }, () => "invalid_input"),
      ...Array.from({ length: 2 }, () => "not_found"),
    ]);
    runtime.node("history").receive({ thingId, property: "counter" });
    assert.deepEqual((await runtime.arrived("out"))[0]?.payload, []);
    assert.equal(runtime.at("completed").length, 1);
  });

  it("refuses messages where its settings are wrong", async () => {
    const wrong = [{ account: "" }, { output: "table" }, { chartFormat: "pie" }, { advance: "never" }, { batch: 0 }];
    for (const more of wrong) {
      const runtime = await begin(more);
      runtime.node("history").receive({});
      assert.deepEqual(codes(await runtime.arrived("caught")), ["not_configured"]);
      await bench.unload();
    }
  });
});
