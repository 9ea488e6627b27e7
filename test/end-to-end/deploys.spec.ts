import assert from "node:assert/strict";
import { encodeWrite } from "../../cloud/codec/senml-encode";
import type { Board } from "../../simulator/boards/board";
import {
  accountOf,
  again,
  completeOf,
  type FlowNode,
  flowTab,
  propertyIn,
  propertyOut,
  sink,
  watchers,
} from "../support/flows";
import { type House, startHouse } from "../support/simulated-account";
import { until } from "../support/wait";
import { type NodeRed, type Received, startNodeRed } from "../support/node-red";
import { assertNoSecrets } from "../support/secrets";

describe("deploys of a real Node-RED", function () {
  this.timeout(60_000);
  let house: House;
  let red: NodeRed;
  let board: Board;
  /** How many entries there were before the test. */
  let start: Record<"heard" | "errors" | "done" | "writes", number>;

  before(async () => {
    house = await startHouse({ variables: { counter: "INT", other: "INT" } });
    board = await house.board();
    red = await startNodeRed();
  });
  after(async () => {
    try {
      await assertNoSecrets(red, house);
    } finally {
      await red.stop();
      await house.stop();
    }
  });
  beforeEach(() => {
    const count = (label: string): number => red.received(label).length;
    start = { heard: count("heard"), errors: count("errors"), done: count("done"), writes: house.writes().length };
  });
  afterEach(async () => {
    red.check();
    house.simulator.faults.dropUnacked = 0;
    house.simulator.halfOpen(false);
    await house.simulator.brokerDown(false);
    await until("the board", () => board.ready);
  });

  const userConnections = () => house.simulator.observed.connections.filter(({ kind }) => kind === "user");
  const online = (): Promise<void> =>
    until("the session", () => userConnections().some(({ subscriptions }) => subscriptions.length > 0));
  const since = (label: "heard" | "errors" | "done"): Received[] => red.received(label).slice(start[label]);
  const payloads = (label: "heard" | "errors" | "done"): unknown[] => since(label).map(({ payload }) => payload);
  const written = (): unknown[] =>
    house
      .writes()
      .slice(start.writes)
      .map(({ value }) => value);
  const flow = (...more: FlowNode[]): FlowNode[] => [
    flowTab,
    accountOf(house),
    ...watchers,
    propertyIn(house, "heard", { property: "counter" }),
    sink("heard"),
    propertyOut("out", { thing: "House", property: "counter" }),
    ...completeOf("out", "done"),
    ...more,
  ];
  /** Property out with another look, so that a deploy of changed nodes starts it anew. */
  const changed = (nodes: FlowNode[], name: string): FlowNode[] =>
    again(nodes).map((node) => (node.id === "out" ? { ...node, name } : node));
  const lose = async (): Promise<void> => {
    await house.simulator.brokerDown(true);
    await until("the loss", () => userConnections().length === 0);
  };

  it("leaves one session, one copy of each value, no timer and no socket after 15 in a row", async () => {
    const tally = async (): Promise<Record<string, number>> => {
      const kinds = await red.resources();
      const count = (kind: string): number => kinds.filter((other) => other === kind).length;
      return { sockets: count("TCPSocketWrap") + count("TCPWrap"), timers: count("Timeout") };
    };
    await red.deploy(flow());
    await online();
    await board.report({ counter: 1 });
    await until("the value", () => since("heard").length === 1);
    const before = await tally();
    for (let round = 0; round < 15; round++) await red.deploy(again(flow()));
    await until("one session", () => userConnections().length === 1);
    await online();
    await board.report({ counter: 2 });
    red.send("out", { payload: 3 });
    await until("the values", () => since("heard").length === 3);
    assert.deepEqual(payloads("heard"), [1, 2, 3]);
    assert.equal(userConnections().length, 1);
    await until("no more sockets and timers than before", async () => !exceeds(await tally(), before));
    await red.deploy([flowTab]);
    await until("the end of the session", () => userConnections().length === 0);
  });

  it("keeps the session when only some nodes change", async () => {
    await red.deploy(flow());
    await online();
    const [connection] = userConnections();
    await red.deploy(changed(flow(), "renamed"), undefined, "nodes");
    red.send("out", { payload: 4 });
    await until("the value", () => since("heard").length === 1);
    assert.deepEqual(
      userConnections().map(({ clientId }) => clientId),
      [connection?.clientId],
    );
  });

  it("catches up subscriptions on order once: who unsubscribes and subscribes again begins anew", async () => {
    const thing = house.addThing("Ordered", { counter: "INT" });
    const topic = `/a/t/${thing}/e/o`;
    const ordered = (name: string): FlowNode[] => [
      ...flow(),
      propertyIn(house, "ordered", { name, inputs: 1, thing: "", catchUp: "all", catchUpDelay: "0.3" }),
      sink("ordered"),
    ];
    const subscribed = (isSo: boolean): Promise<void> =>
      until(`subscribed: ${isSo}`, () =>
        userConnections().some(({ subscriptions }) => [...subscriptions].includes(topic) === isSo),
      );
    const order = async (action: "subscribe" | "unsubscribe"): Promise<void> => {
      red.send("in-ordered", { action, thingId: thing, property: "counter" });
      await subscribed(action === "subscribe");
    };
    const store = (value: number): boolean => house.simulator.store.record(thing, "counter", value, Date.now());
    const live = (value: number): void => {
      store(value);
      house.simulator.inject(topic, encodeWrite({ property: "counter", value }));
    };
    const got = (count: number): Promise<void> =>
      until(`${count} values`, () => red.received("ordered").length >= count);

    await red.deploy(ordered("one"));
    await online();
    await order("subscribe");
    live(1);
    await got(1);
    await red.deploy(again(ordered("another")), undefined, "nodes");
    await subscribed(false);
    store(2);
    await order("subscribe");
    await got(2);
    live(3);
    await got(3);
    await order("unsubscribe");
    live(4);
    await order("subscribe");
    live(5);
    await got(4);
    assert.deepEqual(
      red.received("ordered").map(({ payload, source }) => [payload, source]),
      [
        [1, "live"],
        [2, "catch-up"],
        [3, "live"],
        [5, "live"],
      ],
    );
    house.simulator.store.deleteThing(thing);
  });

  for (const type of ["full", "nodes"] as const) {
    it(`hands waiting messages over, each done once (${type})`, async () => {
      await red.deploy(flow());
      await online();
      await lose();
      for (const payload of [1, 2, 3]) red.send("out", { payload, kept: { payload } });
      const started = performance.now();
      await red.deploy(changed(flow(), "one"), undefined, type);
      assert.ok(performance.now() - started < 10_000, "an outage makes no deploy slow");
      red.send("out", { payload: 4 });
      await red.deploy(changed(flow(), "two"), undefined, type);
      red.send("out", { payload: 5 });
      await house.simulator.brokerDown(false);
      await until("all writes", () => written().length >= 5);
      await until("all completions", () => since("done").length >= 5);
      assert.deepEqual(written(), [1, 2, 3, 4, 5]);
      assert.deepEqual(payloads("done"), [1, 2, 3, 4, 5]);
      assert.deepEqual(since("done")[0]?.kept, { payload: 1 });
      assert.deepEqual(since("errors"), []);
    });
  }

  it("hands over what was sent and not acknowledged", async () => {
    await red.deploy(flow());
    await online();
    house.simulator.faults.dropUnacked = 1;
    const before = board.writes.length;
    red.send("out", { payload: 1 });
    await until("the loss of the message", () => house.simulator.faults.dropUnacked === 0);
    await red.deploy(changed(flow(), "one"));
    await until("the completion", () => since("done").length === 1);
    await until("the write", () => board.writes.length > before);
    assert.deepEqual(board.writes.slice(before), [{ variable: "counter", value: 1 }]);
    assert.deepEqual(since("errors"), []);
  });

  it("cancels what waits for a node that is removed, disabled or bound elsewhere", async () => {
    const endings: FlowNode[][] = [
      flow().filter(({ id }) => id !== "out"),
      flow().map((node) => (node.id === "out" ? { ...node, d: true } : node)),
      flow().map((node) => (node.id === "out" ? { ...node, property: "other" } : node)),
    ];
    for (const ending of endings) {
      await red.deploy(flow());
      await online();
      await lose();
      start.errors = red.received("errors").length;
      for (const payload of [1, 2]) red.send("out", { payload });
      await red.deploy(again(ending), undefined, "nodes");
      await until("the errors", () => since("errors").length === 2);
      assert.deepEqual(
        since("errors").map(({ payload, error }) => [payload, (error as { code: string }).code]),
        [
          [1, "cancelled"],
          [2, "cancelled"],
        ],
      );
      await house.simulator.brokerDown(false);
    }
    assert.deepEqual(written(), []);
  });

  for (const outage of ["broker away", "half-open link", "everything away"]) {
    it(`closes soon in an outage (${outage})`, async () => {
      await red.deploy(flow());
      await online();
      if (outage === "half-open link") house.simulator.halfOpen(true);
      else await lose();
      if (outage === "everything away") await house.simulator.restDown(true);
      const shown = red.received("statuses").length;
      for (const payload of [1, 2]) red.send("out", { payload });
      await until("the messages under way", () =>
        red
          .received("statuses")
          .slice(shown)
          .some(({ status }) => /^[⏸↑] 2$/u.test((status as { text?: string }).text ?? "")),
      );
      const started = performance.now();
      await red.deploy([flowTab]);
      const took = performance.now() - started;
      await house.simulator.restDown(false);
      assert.ok(took < 10_000, `${Math.round(took)} ms`);
    });
  }

  it("lets an ordinary deploy correct a wrong secret, and loses nothing", async () => {
    const wrong = accountOf(house, { credentials: { clientId: house.account.clientId, clientSecret: "wrong" } });
    await red.deploy(flow().map((node) => (node.id === "account" ? wrong : node)));
    red.send("out", { payload: 8 });
    await until("the status", () => hasStatus("in-heard", "red", "unauthorized"));
    await until("the error", () => since("errors").some(({ error }) => (error as Fault).code === "unauthorized"));
    await red.deploy(flow(), undefined, "nodes");
    await until("the value both ways", () => payloads("heard").includes(8));
    assert.deepEqual(written(), [8]);
  });

  it("keeps an account that works apart from one that does not", async () => {
    await red.deploy(
      flow(
        accountOf(house, { id: "wrong", credentials: { clientId: house.account.clientId, clientSecret: "wrong" } }),
        accountOf(house, { id: "away", baseUrl: "http://127.0.0.1:1", brokerUrl: "ws://127.0.0.1:1/mqtt" }),
        propertyIn(house, "heard", { id: "in-wrong", account: "wrong", property: "counter" }),
        propertyOut("out-wrong", { account: "wrong", thing: "House", property: "counter", whenOffline: "reject" }),
        propertyOut("out-away", { account: "away", thing: "House", property: "counter", whenOffline: "reject" }),
      ),
    );
    await online();
    for (const payload of [1, 2, 3]) {
      red.send("out-wrong", { payload: 100 });
      red.send("out-away", { payload: 100 });
      red.send("out", { payload });
    }
    await until("the values", () => since("heard").length >= 3);
    assert.deepEqual(payloads("heard"), [1, 2, 3]);
    const offline = (): number => since("errors").filter(({ error }) => (error as Fault).code === "offline").length;
    await until("the errors", () => offline() === 6);
    assert.equal(userConnections().length, 1);
  });

  interface Fault {
    code: string;
  }

  function hasStatus(node: string, colour: string, text: string): boolean {
    return red.received("statuses").some(({ status }) => {
      const shown = status as { source: { id: string }; fill: string; text: string };
      return shown.source.id === node && shown.fill === colour && shown.text.endsWith(text);
    });
  }
});

function exceeds(after: Record<string, number>, before: Record<string, number>): boolean {
  return Object.entries(after).some(([kind, count]) => count > (before[kind] ?? 0));
}
