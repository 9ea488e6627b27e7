import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Board } from "../../simulator/boards/board";
import {
  accountOf,
  completeOf,
  type FlowNode,
  flowTab,
  propertyIn,
  propertyOut,
  tab,
  watchers,
} from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";
import { type NodeRed, type Received, startNodeRed } from "../support/node-red";
import { assertNoSecrets } from "../support/secrets";

/** A function node that lets a message arrive with a payload that no other process could send. */
function maker(id: string, expression: string): FlowNode {
  const func = `msg.payload = ${expression}; return msg;`;
  return { id, type: "function", z: tab, x: 1, y: 1, func, outputs: 1, wires: [["out"]] };
}

describe("errors in a real Node-RED", function () {
  this.timeout(60_000);
  let house: House;
  let red: NodeRed;
  let board: Board;
  let count = 0;

  before(async () => {
    house = await startHouse({ readOnly: ["sensor"] });
    house.addThing("Twin", { a: "INT" });
    house.addThing("Twin", { a: "INT" });
    board = await house.board();
    red = await startNodeRed();
    const disabled = { ...accountOf(house), id: "disabled", d: true };
    await red.deploy([
      flowTab,
      accountOf(house),
      disabled,
      accountOf(house, { id: "empty", credentials: {} }),
      accountOf(house, { id: "typo", baseUrl: "htp://typo" }),
      ...watchers,
      propertyOut("out"),
      ...completeOf("out", "completed"),
      propertyOut("no-account", { account: "" }),
      propertyOut("of-disabled", { account: "disabled" }),
      propertyOut("of-empty", { account: "empty" }),
      propertyOut("of-typo", { account: "typo" }),
      propertyOut("bad-field", { queueLimit: "many" }),
      maker("function", "() => 1"),
      maker("circular", "(() => { const me = {}; me.me = me; return me; })()"),
      maker("bigint", "10n"),
      maker("symbol", "Symbol('s')"),
      maker("abyss", "(() => { let o = {}; for (let i = 0; i < 9000; i++) o = { o }; return o; })()"),
      maker("trap", "({ get hue() { throw new Error('sprung'); } })"),
      maker("deep", "(() => { let o = {}; for (let i = 0; i < 200; i++) o = { o }; return o; })()"),
    ]);
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

  /** Sends a message and waits for its error, which has to have the message with it. */
  async function errorOf(node: string, message: Record<string, unknown>): Promise<Received & { error: Fault }> {
    const mark = `mark ${String(++count)}`;
    const find = (): Received | undefined => red.received("errors").find((error) => error.mark === mark);
    red.send(node, { ...message, mark });
    await until(`the error of ${mark}`, () => find() !== undefined);
    return find() as Received & { error: Fault };
  }
  interface Fault {
    message: string;
    code: string;
    source: { id: string };
  }
  const to = (property: string, payload: unknown): Record<string, unknown> => ({
    thingId: house.thingId,
    property,
    payload,
  });

  const wrongValues: [property: string, payload: unknown][] = [
    ["counter", "seven"],
    ["counter", 1.5],
    ["counter", 2 ** 31],
    ["counter", NaN],
    ["temperature", Infinity],
    ["temperature", null],
    ["temperature", undefined],
    ["temperature", Buffer.from("21")],
    ["temperature", new Date()],
    ["temperature", [1]],
    ["temperature", ""],
    ["relay", 2],
    ["relay", "perhaps"],
    ["message", {}],
    ["lamp", { hue: 1, colour: "red" }],
    ["lamp", "no json"],
    ["lamp", { swi: true, hue: NaN, sat: 1, bri: 1 }],
  ];
  for (const [property, payload] of wrongValues) {
    it(`refuses ${payload === undefined ? "nothing" : JSON.stringify(payload).slice(0, 40)} for ${property}`, async () => {
      const { error, ...message } = await errorOf("out", to(property, payload));
      assert.equal(error.code, "invalid_value");
      assert.match(error.message, new RegExp(`"${property}"`));
      assert.deepEqual(message.payload, payload);
      assert.equal(error.source.id, "out");
    });
  }

  for (const node of ["function", "circular", "bigint", "symbol", "deep"]) {
    for (const property of ["temperature", "lamp", "message"]) {
      it(`refuses a payload that is a ${node} for ${property}`, async () => {
        assert.equal((await errorOf(node, to(property, 0))).error.code, "invalid_value");
      });
    }
  }

  it("survives a payload that throws when it is read, or that is too deep to be copied", async () => {
    // Node-RED itself can't copy it for the Catch node, so the error comes without the message.
    for (const [node, told] of [
      ["trap", /sprung/],
      ["abyss", /call stack/],
    ] as const) {
      red.send(node, to("lamp", 0));
      await until(`the error of ${node}`, () =>
        red.received("errors").some(({ error }) => told.test((error as Fault).message)),
      );
    }
  });

  it("refuses a circular payload that should name the variables", async () => {
    const { error } = await errorOf("circular", { thingId: house.thingId });
    assert.equal(error.code, "not_found");
  });

  it("refuses a huge payload, as text and as object", async () => {
    const text = await errorOf("out", to("message", "x".repeat(5_000_000)));
    assert.ok(["invalid_value", "too_large"].includes(text.error.code), text.error.code);
    assert.ok(text.error.message.length < 500);
    const entries = Array.from({ length: 100_000 }, (_, index) => [`key${String(index)}`, index]);
    const object = await errorOf("out", to("lamp", Object.fromEntries(entries)));
    assert.equal(object.error.code, "invalid_value");
    assert.ok(object.error.message.length < 1_000, `${object.error.message.length} characters`);
  });

  it("shows the reason on the node's status", async () => {
    const before = red.received("statuses").length;
    await errorOf("out", to("nothing", 1));
    const shown = { fill: "red", shape: "ring", text: "arduino-cloud-property-out.status.not-found" };
    await until("the status", () =>
      red
        .received("statuses")
        .slice(before)
        .some((message) => {
          const { fill, shape, text } = message.status as Record<string, unknown>;
          return sourceOf(message) === "out" && isDeepStrictEqual({ fill, shape, text }, shown);
        }),
    );
  });

  it("names what is unknown", async () => {
    const foreign = "00000000-0000-4000-8000-000000000000";
    const cases: [Record<string, unknown>, string, RegExp][] = [
      [{ ...to("counter", 1), thingId: "Nowhere" }, "not_found", /Nowhere/],
      [{ ...to("counter", 1), thingId: foreign }, "not_found", new RegExp(foreign)],
      [to("nothing", 1), "not_found", /nothing/],
      [to("sensor", 1), "read_only", /sensor/],
      [{ payload: 1, property: "counter" }, "invalid_input", /thing/],
      [{ payload: 1, thingId: house.thingId }, "invalid_input", /variable/],
      [{ ...to("counter", 1), thingId: 7 }, "invalid_input", /thingId/],
      [{ payload: 1, thingId: house.thingId, property: 7 }, "invalid_input", /property/],
    ];
    for (const [message, code, told] of cases) {
      const { error } = await errorOf("out", message);
      assert.equal(error.code, code, error.message);
      assert.match(error.message, told);
    }
  });

  it("tells that a name is ambiguous", async () => {
    const { error } = await errorOf("out", { thingId: "Twin", property: "a", payload: 1 });
    assert.equal(error.code, "ambiguous");
  });

  it("says what is wrong with the account or the settings, to each message", async () => {
    for (const node of ["no-account", "of-disabled", "of-empty", "of-typo", "bad-field"]) {
      const { error } = await errorOf(node, to("counter", 1));
      assert.ok(["not_configured", "invalid_input"].includes(error.code), `${node}: ${error.code}`);
    }
    const typo = await errorOf("of-typo", to("counter", 1));
    assert.match(typo.error.message, /baseUrl.*htp:\/\/typo/);
  });

  it("takes a good value after all of these, and completed none of them", async () => {
    board.report({ counter: 0 }).catch(() => undefined);
    red.send("out", to("counter", 99));
    await until("the write", () => board.writes.length > 0);
    assert.deepEqual(board.writes, [{ variable: "counter", value: 99 }]);
    await until("the completion", () => red.received("completed").length > 0);
    assert.deepEqual(
      red.received("completed").map(({ payload }) => payload),
      [99],
    );
  });

  it("tells of a thing or variable that property in does not find, without a message", async () => {
    const before = red.received("errors").length;
    await red.deploy([
      flowTab,
      accountOf(house),
      ...watchers,
      propertyIn(house, "errors", { id: "in-unknown-thing", thing: "Nowhere", wires: [[]] }),
      propertyIn(house, "errors", { id: "in-unknown-variable", property: house.thingId, wires: [[]] }),
      propertyIn(house, "errors", { id: "in-no-account", account: "", wires: [[]] }),
    ]);
    await until("all errors", () => red.received("errors").length - before === 3);
    const codes = red.received("errors").slice(before);
    assert.deepEqual(Object.fromEntries(codes.map((message) => [sourceOf(message, "error"), codeOf(message)])), {
      "in-unknown-thing": "not_found",
      "in-unknown-variable": "not_found",
      "in-no-account": "not_configured",
    });
  });
});

function sourceOf(message: Received, field: "status" | "error" = "status"): string {
  return (message[field] as { source: { id: string } }).source.id;
}

function codeOf(message: Received): string {
  return (message.error as { code: string }).code;
}
