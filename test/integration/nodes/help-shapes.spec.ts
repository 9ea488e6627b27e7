import assert from "node:assert/strict";
import type { Board } from "../../../simulator/boards/board";
import { helpEntries } from "../../support/help";
import { load, type Received, type TestRuntime } from "../../support/node-helper";
import { type House, startHouse } from "../../support/simulated-account";
import { original, textFile } from "../../support/texts";
import { until } from "../../support/wait";

/** What a page calls the type of a value. */
function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** Fails where messages have what the help of a node does not tell, and where it tells of what none of them has. */
function expectAsTold(set: string, messages: readonly Received[], brought: readonly string[] = []): void {
  const entries = helpEntries(textFile(original, `${set}.html`), "Outputs");
  const own = messages.map((message) => Object.keys(message).filter((name) => name !== "_msgid"));
  const sent = new Set(own.flat().filter((name) => !brought.includes(name)));
  assert.deepEqual([...sent].sort(), entries.map(({ name }) => name).sort(), set);
  expectWordsAsTold(set, messages);
  for (const { name, types } of entries)
    for (const message of messages)
      if (name in message && message[name] !== null && !types.includes("any"))
        assert.ok(types.includes(typeName(message[name])), `${set}: ${name} is ${typeName(message[name])}`);
}

/** Fails where a message has a word that the help does not list, in a property that has one of a few words. */
function expectWordsAsTold(set: string, messages: readonly Received[]): void {
  for (const { name, types, text } of helpEntries(textFile(original, `${set}.html`), "Outputs")) {
    const words = [...text.matchAll(/`([\w-]+)`/g)].map(([, word]) => word);
    if (types.join() !== "string" || words.length === 0) continue;
    for (const message of messages) if (name in message) assert.ok(words.includes(String(message[name])), name);
  }
}

/** The help of each node tells of the messages that it really sends: their properties, and what these may be. */
describe("messages are as the help tells", () => {
  let house: House;
  let board: Board;
  let runtime: TestRuntime;

  before(async () => {
    house = await startHouse({ simulator: { choices: { retentionDays: 36_500 } } });
    board = await house.board();
    for (const value of [20, 21])
      house.simulator.store.record(house.thingId, "temperature", value, Date.now() - 60_000 * value);
  });

  const one = { account: "account", property: "temperature" };
  const ask = async (node: string, message: object, count = 1): Promise<Received[]> => {
    const before = runtime.at("out").length;
    runtime.node(node).receive(message);
    return (await runtime.arrived("out", before + count)).slice(before);
  };
  const start = async (...nodes: object[]): Promise<void> => {
    const about = { thing: house.thingId, wires: [["out"]] };
    runtime = await load(house, [...nodes.map((node) => ({ ...about, ...node })), { id: "out", type: "helper" }], {
      requestsPerSecond: 500,
    });
  };

  it("property in", async () => {
    await start(
      { id: "in", type: "arduino-cloud-property-in", ...one, direction: "both", initial: true },
      { id: "set", type: "arduino-cloud-property-out", ...one, wires: [] },
    );
    await runtime.arrived("out");
    await board.report({ temperature: 23.5 });
    await until("the report", () => runtime.at("out").some(({ payload }) => payload === 23.5));
    runtime.node("set").receive({ payload: 24.5 });
    await until("what it wrote itself", () => runtime.at("out").some(({ own }) => own === true));
    expectAsTold("property-in", runtime.at("out"));
  });

  it("property get", async () => {
    await start(
      { id: "one", type: "arduino-cloud-property-get", ...one },
      { id: "all", type: "arduino-cloud-property-get", account: "account" },
    );
    expectAsTold("property-get", [...(await ask("one", {})), ...(await ask("all", {}))]);
  });

  it("property out", async () => {
    await start({ id: "set", type: "arduino-cloud-property-out", ...one });
    const brought = { payload: 22, topic: "mine", parts: { index: 1 } };
    const [message] = await ask("set", { ...brought });
    assert.deepEqual({ ...message, _msgid: "" }, { ...brought, _msgid: "" });
  });

  it("device status", async () => {
    await start({ id: "status", type: "arduino-cloud-device-status", account: "account", device: "" });
    expectAsTold("device-status", await runtime.arrived("out"));
  });

  it("history", async () => {
    const stream = { output: "stream", batch: 1 };
    await start(
      { id: "rows", type: "arduino-cloud-history", ...one },
      { id: "csv", type: "arduino-cloud-history", ...one, output: "csv" },
      { id: "archive", type: "arduino-cloud-history", ...one, ...stream, since: "last-run" },
    );
    const messages = [...(await ask("rows", {})), ...(await ask("csv", {})), ...(await ask("archive", {}, 2))];
    expectAsTold("history", messages);
  });

  it("manage", async () => {
    await start({ id: "manage", type: "arduino-cloud-manage", account: "account", resource: "things", operation: "" });
    const single = await ask("manage", { operation: "list" });
    const many = await ask("manage", { operation: "create", payload: [{ name: "Shed" }] });
    expectAsTold("manage", [...single, ...many], ["operation"]);
    assert.equal("statusCode" in (many[0] ?? {}), false);
  });
});
