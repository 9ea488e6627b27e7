import assert from "node:assert/strict";
import type { Board } from "../../simulator/boards/board";
import { accountOf, type FlowNode, flowTab, propertyIn, propertyOut, sink, tab, watchers } from "../support/flows";
import { type House, startHouse, usualVariables } from "../support/simulated-account";
import { until } from "../support/wait";
import { type NodeRed, startNodeRed } from "../support/node-red";
import { assertNoSecrets } from "../support/secrets";

describe("values in a real Node-RED", function () {
  this.timeout(60_000);
  let house: House;
  let red: NodeRed;
  let board: Board;

  before(async () => {
    house = await startHouse({ variables: { ...usualVariables, ratio: "FLOAT", limit: "FLOAT" } });
    board = await house.board();
    house.simulator.store.record(house.thingId, "limit", 30, Date.now());
    // What is told at this level is looked through for secrets too.
    red = await startNodeRed({ env: { THING_NAME: "House", PACE: "25", LOG_LEVEL: "trace" } });
  });
  after(async () => {
    try {
      await assertNoSecrets(red, house);
    } finally {
      await red.stop();
      await house.stop();
    }
  });
  afterEach(() => red.check());

  let run = 0;
  /** A label of its own for each test, since what was received before stays. */
  const label = (name: string): string => `${name}-${String(++run)}`;
  const deploy = async (...nodes: FlowNode[]): Promise<void> => {
    await red.deploy([flowTab, accountOf(house), ...watchers, ...nodes]);
    await subscribed();
  };
  const subscribed = (): Promise<void> =>
    until("the subscription", () =>
      house.simulator.observed.connections.some(
        ({ kind, subscriptions }) => kind === "user" && subscriptions.length > 0,
      ),
    );
  const payloads = (of: string): unknown[] => red.received(of).map(({ payload }) => payload);

  it("gives every value as it is: falsy ones, float32 in its shortest form, objects", async () => {
    const heard = label("heard");
    await deploy(propertyIn(house, heard, { thing: "House" }), sink(heard));
    const reports = [
      { temperature: 21.3 },
      { counter: 0 },
      { relay: false },
      { message: "" },
      { counter: -1 },
      { relay: true },
      { temperature: 0.1 },
      { lamp: { swi: false, hue: 30.5, sat: 0, bri: 70 } },
    ];
    for (const report of reports) await board.report(report);
    await until("all values", () => red.received(heard).length === reports.length);
    assert.deepEqual(
      red.received(heard).map(({ topic, payload }) => ({ [String(topic)]: payload })),
      reports,
    );
    const [first] = red.received(heard);
    assert.deepEqual(first?.thing, { id: house.thingId, name: "House" });
    assert.deepEqual(first.property, {
      id: house.propertyIds.temperature,
      name: "temperature",
      variableName: "temperature",
      type: "FLOAT",
    });
    assert.deepEqual([first.direction, first.source, "own" in first], ["reported", "live", false]);
    assert.ok(Math.abs(Number(first.timestamp) - Date.now()) < 60_000);
  });

  it("writes to the board, and hands the message on unchanged", async () => {
    const sent = label("sent");
    const before = board.writes.length;
    await deploy(
      propertyIn(house, "echo", { property: "counter" }),
      sink("echo"),
      propertyOut("out", { thing: "House", property: "counter", wires: [[sent]] }),
      sink(sent),
    );
    const values = ["7", 0, -1];
    for (const payload of values) red.send("out", { payload, extra: { kept: [1] } });
    await until("the board's echoes", () => red.received("echo").length === 3);
    await until("the messages", () => red.received(sent).length === 3);
    assert.deepEqual(payloads("echo"), [7, 0, -1]);
    assert.deepEqual(payloads(sent), values);
    assert.deepEqual(red.received(sent)[0]?.extra, { kept: [1] });
    assert.deepEqual(
      board.writes.slice(before).map(({ value }) => value),
      [7, 0, -1],
    );
  });

  it("tells in its log what it did, and topic and size of each message", () => {
    assert.match(red.log(), /\[debug\] \[arduino-cloud-account:.*\] things: list \(GET \/iot\/v2\/things\): 200 in /);
    assert.match(red.log(), /\[trace\] \[arduino-cloud-account:.*\] Sending \d+ bytes to \/a\/t\/.*\/e\/i\./);
  });

  it("takes thing and variable from the message, and several values in one payload", async () => {
    const before = board.writes.length;
    await deploy(propertyIn(house, "ignored"), sink("ignored"), propertyOut("out"));
    red.send("out", { payload: 1, thingId: house.thingId, topic: "counter" });
    red.send("out", { payload: false, thing: { id: house.thingId }, property: { variableName: "relay" } });
    red.send("out", { payload: "text", thingId: "House", property: house.propertyIds.message });
    red.send("out", { payload: { counter: 2, relay: true, message: "" }, thingId: "House", topic: "no legal name" });
    await until("all writes", () => board.writes.length - before === 6);
    const written = board.writes.slice(before).map(({ variable, value }) => [variable, value]);
    assert.deepEqual(written, [
      ["counter", 1],
      ["relay", false],
      ["message", "text"],
      ["counter", 2],
      ["relay", true],
      ["message", ""],
    ]);
  });

  it("sends nothing when one of several values is wrong", async () => {
    const before = board.writes.length;
    const errors = red.received("errors").length;
    await deploy(propertyIn(house, "ignored"), sink("ignored"), propertyOut("out", { thing: "House" }));
    red.send("out", { payload: { counter: 5, relay: "perhaps" } });
    await until("the error", () => red.received("errors").length > errors);
    red.send("out", { payload: { message: "after" } });
    await until("the next write", () => board.writes.length > before);
    assert.deepEqual(board.writes.slice(before), [{ variable: "message", value: "after" }]);
    assert.equal((red.received("errors").at(-1)?.error as { code: string }).code, "invalid_value");
  });

  it("copies from property in straight to property out", async () => {
    const other = house.addThing("Copy", { temperature: "FLOAT", lamp: "HOME_COLORED_LIGHT" });
    const copied = label("copied");
    await deploy(
      propertyIn(house, "out"),
      propertyOut("out", { thing: other }),
      propertyIn(house, copied, { thing: "Copy", direction: "requested" }),
      sink(copied),
    );
    await until("the second subscription", () =>
      house.simulator.observed.connections.some(({ subscriptions }) => subscriptions.includes(`/a/t/${other}/e/i`)),
    );
    const lamp = { swi: true, hue: 120, sat: 50, bri: 70 };
    await board.report({ temperature: 18.25 });
    await board.report({ lamp });
    await until("both copies", () => red.received(copied).length === 2);
    assert.deepEqual(payloads(copied), [18.25, lamp]);
    house.simulator.store.deleteThing(other);
  });

  it("tells the directions apart, and what it wrote itself", async () => {
    const [requested, both] = [label("requested"), label("both")];
    await deploy(
      propertyIn(house, requested, { property: "counter", direction: "requested" }),
      sink(requested),
      propertyIn(house, both, { property: "counter", direction: "both" }),
      sink(both),
      propertyOut("out", { thing: "House", property: "counter" }),
    );
    await until("both topics", () =>
      house.simulator.observed.connections.some(
        ({ kind, subscriptions }) => kind === "user" && subscriptions.length === 2,
      ),
    );
    red.send("out", { payload: 11 });
    await until("the echo", () => red.received(both).length === 2);
    const copy = { direction: "requested", own: true, payload: 11 };
    const outline = (of: string): unknown[] =>
      red.received(of).map(({ direction, own, payload }) => ({ direction, own, payload }));
    assert.deepEqual(outline(requested), [copy]);
    assert.deepEqual(outline(both), [copy, { direction: "reported", own: undefined, payload: 11 }]);
  });

  it("gives changes only, beyond the deadband", async () => {
    const [changes, band] = [label("changes"), label("band")];
    await deploy(
      propertyIn(house, changes, { property: "counter", emit: "changed" }),
      sink(changes),
      propertyIn(house, band, { property: "ratio", emit: "changed", deadband: "0.5" }),
      sink(band),
    );
    for (const counter of [1, 1, 0, 0, 1]) await board.report({ counter });
    for (const ratio of [10, 10.4, 10.6, 10.2, 9.9]) await board.report({ ratio });
    await until("the last value", () => red.received(band).length === 3);
    assert.deepEqual(payloads(changes), [1, 0, 1]);
    assert.deepEqual(payloads(band), [10, 10.6, 9.9]);
  });

  it("gives first the value that the cloud holds", async () => {
    const initial = label("initial");
    await deploy(propertyIn(house, initial, { property: "limit", initial: true }), sink(initial));
    await until("the initial value", () => red.received(initial).length === 1);
    await board.report({ limit: 31 });
    await until("the live value", () => red.received(initial).length === 2);
    assert.deepEqual(
      red.received(initial).map(({ payload, source }) => [payload, source]),
      [
        [30, "initial"],
        [31, "live"],
      ],
    );
  });

  it("resolves ${ENV} in fields", async () => {
    const heard = label("heard");
    await red.deploy([
      { ...flowTab, env: [{ name: "VARIABLE", value: "counter", type: "str" }] },
      accountOf(house, { messagesPerSecond: "${PACE}" }),
      propertyIn(house, heard, { thing: "${THING_NAME}", property: "${VARIABLE}" }),
      sink(heard),
    ]);
    await subscribed();
    await board.report({ counter: 3 });
    await until("the value", () => red.received(heard).length === 1);
    assert.equal(red.received(heard)[0]?.payload, 3);
  });

  it("works in subflows, two instances at once, each done with its own messages", async () => {
    const heard = label("heard");
    const before = board.writes.length;
    const inner = { z: "sub", thing: "House", property: "${VARIABLE}" };
    await red.deploy([
      flowTab,
      accountOf(house),
      {
        id: "sub",
        type: "subflow",
        name: "Sub",
        in: [{ wires: [{ id: "inner-out" }] }],
        out: [{ wires: [{ id: "inner-in", port: 0 }] }],
        env: [{ name: "VARIABLE", type: "str", value: "" }],
      },
      { ...propertyIn(house, "none", inner), id: "inner-in", wires: [[]] },
      propertyOut("inner-out", inner),
      ...["counter", "message"].map((value) => ({
        id: `instance-${value}`,
        type: "subflow:sub",
        z: tab,
        x: 1,
        y: 1,
        env: [{ name: "VARIABLE", type: "str", value }],
        wires: [[heard]],
      })),
      sink(heard),
    ]);
    await subscribed();
    red.send("instance-counter", { payload: 21 });
    red.send("instance-message", { payload: "sub" });
    await until("both echoes", () => red.received(heard).length === 2);
    assert.deepEqual(
      board.writes.slice(before).sort((a, b) => a.variable.localeCompare(b.variable)),
      [
        { variable: "counter", value: 21 },
        { variable: "message", value: "sub" },
      ],
    );
    assert.deepEqual(new Set(payloads(heard)), new Set([21, "sub"]));
  });

  it("leaves disabled nodes and tabs alone", async () => {
    const heard = label("heard");
    await deploy(
      propertyIn(house, heard, { property: "counter" }),
      propertyIn(house, heard, { id: "disabled-in", property: "counter", d: true }),
      { id: "off", type: "tab", label: "Off", disabled: true },
      propertyIn(house, "heard-off", { z: "off", property: "counter" }),
      sink("heard-off", { z: "off" }),
      sink(heard),
    );
    await board.report({ counter: 5 });
    await until("the value", () => red.received(heard).length > 0);
    await board.report({ counter: 6 });
    await until("the next value", () => red.received(heard).length > 1);
    assert.deepEqual(payloads(heard), [5, 6]);
    assert.deepEqual(payloads("heard-off"), []);
    // With nothing left that uses the account, its session ends.
    await red.deploy([flowTab, accountOf(house), propertyIn(house, heard, { d: true }), sink(heard)]);
    await until("the end of the session", () =>
      house.simulator.observed.connections.every(({ kind }) => kind !== "user"),
    );
  });
});
